"""Pictures of the pages for the documentation; every name in them is made up.

`RIDNI_PICTURES=docs pytest tests/e2e/test_pictures.py` renews those of `docs/images`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.e2e.pictures import thinned

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

DOCS = Path(__file__).parents[2] / "docs"
SIZE = {"width": 1180, "height": 860}


@pytest.fixture
def folder(tmp_path):
    """The folder for pictures, whose size is checked when all are taken."""
    folder = Path(os.environ.get("RIDNI_PICTURES", tmp_path)) / "images"
    folder.mkdir(parents=True, exist_ok=True)
    yield folder
    pictures = [thinned(picture) for picture in folder.glob("*.png")]
    assert all(picture.stat().st_size < 250_000 for picture in pictures)


def test_pictures_of_judging(desk, records, tmp_path, folder):
    records.store_group(tmp_path)

    def keep(page, name, **options):
        page.screenshot(path=folder / f"{name}.png", **options)

    keep(desk("guest", signed_in=False, viewport={"width": 1180, "height": 560}), "login-uk")
    page = desk("maria", viewport=SIZE)
    page.click("#order summary")
    page.click("#filter summary")
    keep(page, "queue-uk", full_page=True)
    page.goto("/groups/")
    keep(page, "groups-uk")
    page.click(".groups a")
    page.wait_for_selector(".rows")
    keep(page, "group-uk")
    page.click("#take")
    page.wait_for_selector("#around")
    keep(page, "pair-uk")
    page.locator("#around").screenshot(path=folder / "around-uk.png")
    page.locator("#others").screenshot(path=folder / "others-uk.png")
    page.keyboard.press("1")
    page.keyboard.press("6")
    page.keyboard.press("h")
    page.keyboard.press("n")
    page.keyboard.type("мати в зверненні та в списку та сама")
    page.locator(".decide").screenshot(path=folder / "verdict-uk.png")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    page.wait_for_selector("#back")
    keep(page, "originals-uk", full_page=True)
    page.click("#back")
    page.wait_for_selector("#decision")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Enter")
    page.wait_for_selector("#kept")
    page.goto("/decided/")
    keep(page, "decided-uk")
    page.goto("/decisions/")
    keep(page, "decisions-uk")

    dark = desk("petro", language="en", locale="en", color_scheme="dark", viewport=SIZE)
    dark.click("#take")
    dark.wait_for_selector("#decision")
    keep(dark, "blind-dark-en")
    narrow = desk("olena", viewport={"width": 390, "height": 1400})
    narrow.click("#take")
    narrow.wait_for_selector("#decision")
    keep(narrow, "narrow-uk")
    assert len(list(folder.glob("*-uk.png"))) >= 12


def test_pictures_of_the_pages_of_the_team(desk, records, tmp_path, folder):
    pair, card, *_ = records.store(tmp_path, records.RUSSIFIED, records.CARD, records.POST)

    def keep(page, name):
        page.screenshot(path=folder / f"{name}.png", full_page=True)

    english = desk("petro", language="en", locale="en")
    english.click("#take")
    english.wait_for_selector("#decision")
    english.screenshot(path=folder / "pair-en.png")
    english.keyboard.press("1")
    english.keyboard.press("4")
    english.keyboard.press("Enter")
    english.wait_for_selector("#kept, #take")
    second = desk("iryna", viewport=SIZE)
    second.click("#take")
    second.wait_for_selector("#decision")
    assert second.url.endswith(f"/pairs/{pair.pk}/")
    second.keyboard.press("1")
    second.keyboard.press("5")
    second.keyboard.press("Enter")
    second.wait_for_selector("#kept, #take")
    second.goto(f"/pairs/{pair.pk}/history/")
    keep(second, "history-uk")
    second.goto("/second-factor/")
    keep(second, "second-factor-uk")

    data = desk("danylo", "data", viewport=SIZE)
    keep(data, "documents-uk")
    data.goto("/exports/")
    data.fill("input[name=recipient]", "Архів")
    data.click("form[action$='/ask/'] button")
    data.wait_for_load_state()
    lead = desk("lesia", "lead", viewport=SIZE)
    lead.goto("/quality/")
    lead.fill("#candidate", str(card.pk))
    lead.click("form[action$='/gold/'] button")
    lead.wait_for_selector("form[action$='/retire/']")
    keep(lead, "quality-uk")
    lead.goto("/exports/")
    keep(lead, "exports-uk")
    admin = desk("olha", "admin", viewport=SIZE)
    keep(admin, "accounts-uk")
    auditor = desk("ada", "auditor", viewport=SIZE)
    auditor.screenshot(path=folder / "log-uk.png")
    assert len(list(folder.glob("*-uk.png"))) >= 7


def test_every_picture_is_shown_somewhere():
    texts = "".join(file.read_text(encoding="utf-8") for file in (*DOCS.glob("*.md"), DOCS.parent / "README.md"))
    pictures = {picture.name for picture in (DOCS / "images").iterdir()}
    assert not {name for name in pictures if f"images/{name})" not in texts}
