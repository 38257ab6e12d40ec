"""Pictures of the pages for the documentation.

`RIDNI_PICTURES=docs/images pytest tests/e2e/test_pictures.py` renews them.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_pictures_of_every_page_stay_small(desk, records, tmp_path):
    folder = Path(os.environ.get("RIDNI_PICTURES", tmp_path))
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
    assert all(picture.stat().st_size < 200_000 for picture in pictures)
