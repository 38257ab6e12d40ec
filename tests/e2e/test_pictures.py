"""Pictures of the pages for the documentation; every name in them is made up.

`RIDNI_PICTURES=docs pytest tests/e2e/test_pictures.py` renews those of `docs/images` and `docs/pictures`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_pictures_of_every_page_stay_small(desk, records, tmp_path):
    folder = Path(os.environ.get("RIDNI_PICTURES", tmp_path)) / "images"
    folder.mkdir(parents=True, exist_ok=True)
    records.store(tmp_path, records.RUSSIFIED, records.CARD, records.POST)

    def keep(page, name):
        page.screenshot(path=folder / f"{name}.png")

    keep(desk("maria", signed_in=False), "login")

    english = desk("petro", language="en")
    english.click("#take")
    english.wait_for_selector("#decision")
    keep(english, "pair-en")
    english.click("form[action$='/release/'] button")

    ukrainian = desk("oksana")
    keep(ukrainian, "queue")
    ukrainian.click("#take")
    ukrainian.wait_for_selector("#decision")
    keep(ukrainian, "pair-uk")
    ukrainian.keyboard.press("1")
    ukrainian.keyboard.press("5")
    keep(ukrainian, "pair-chosen-uk")
    ukrainian.keyboard.press("Enter")
    ukrainian.wait_for_url("**/decided/")
    keep(ukrainian, "decided")

    english.click("#take")
    english.wait_for_selector("#decision")
    keep(english, "pair-blind-en")
    english.click("form[action$='/release/'] button")

    narrow = desk("iryna", viewport={"width": 390, "height": 1200}, device_scale_factor=1)
    narrow.click("#take")
    narrow.wait_for_selector("#decision")
    keep(narrow, "pair-narrow")

    pictures = list(folder.glob("*.png"))
    assert len(pictures) >= 8
    assert all(picture.stat().st_size < 250_000 for picture in pictures)


def test_pictures_for_verifiers_stay_small(desk, records, tmp_path):
    folder = Path(os.environ.get("RIDNI_PICTURES", tmp_path)) / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    records.store_group(tmp_path)

    def keep(page, name, **options):
        page.screenshot(path=folder / f"{name}.png", **options)

    page = desk("maria", viewport={"width": 1180, "height": 860})
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
    page.wait_for_url("**/decided/")
    keep(page, "decided-uk")
    page.goto("/decisions/")
    keep(page, "decisions-uk")

    dark = desk("petro", language="en", locale="en", color_scheme="dark", viewport={"width": 1180, "height": 860})
    dark.click("#take")
    dark.wait_for_selector("#decision")
    keep(dark, "blind-dark-en")
    narrow = desk("olena", viewport={"width": 390, "height": 1400})
    narrow.click("#take")
    narrow.wait_for_selector("#decision")
    keep(narrow, "narrow-uk")

    pictures = list(folder.glob("*.png"))
    assert len(pictures) >= 12
    assert all(picture.stat().st_size < 250_000 for picture in pictures)
