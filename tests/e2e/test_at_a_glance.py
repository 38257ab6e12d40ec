"""What decides stands above the fold, the verdict is within reach, and one key leads on: in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from registry.models import Candidate, Review
from tests.e2e.test_accessibility import violations

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

BOTTOM = "part => part.getBoundingClientRect().bottom"


def pair_page(desk, name, width, height, language="uk"):
    page = desk(name, language=language, viewport={"width": width, "height": height})
    page.click("#take")
    page.wait_for_url("**/pairs/*/")
    return page


@pytest.mark.parametrize("language", ["uk", "en"])
def test_what_decides_is_above_the_fold_of_a_small_laptop(desk, records, tmp_path, language):
    records.store(tmp_path, records.RUSSIFIED)
    page = pair_page(desk, "maria", 1366, 768, language)
    for part in (".chips", "tr.name", "tr:has(th:text-is('Дата народження')), tr:has(th:text-is('Date of birth'))"):
        assert page.locator(part).first.evaluate(BOTTOM) <= 768, part
    page.keyboard.press("1")
    assert page.locator(".confirm").evaluate(BOTTOM) <= 768
    height = page.evaluate("document.documentElement.scrollHeight")
    assert height <= 2_100, "half of the 4,200 pixels that such a page had"
    assert violations(page) == []


@pytest.mark.parametrize("width", [390, 320])
def test_the_verdict_stays_within_reach_on_a_phone(desk, records, tmp_path, width):
    (candidate,) = records.store(tmp_path, records.RUSSIFIED)
    page = pair_page(desk, "maria", width, 760)
    assert page.locator("tr.name th").evaluate(BOTTOM) <= 760
    for place in (0, 900, 10_000):
        page.evaluate(f"window.scrollTo(0, {place})")
        assert page.locator("#verdict-same").evaluate(BOTTOM) <= 760
        expect(page.locator("label[for=verdict-different]")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    bar = page.locator(".decide").evaluate(BOTTOM) - page.locator(".decide").evaluate(
        "d => d.getBoundingClientRect().top"
    )
    assert bar <= 240
    page.locator("#verdict-same").check()
    page.locator("#reason-same-family_agrees").check()
    assert violations(page) == []
    page.locator(".confirm button").click()
    page.wait_for_url("**/decided/")
    assert Review.objects.get(candidate=candidate).reason == "family_agrees"


def test_surroundings_stand_beside_the_records_on_a_wide_screen(desk, records, tmp_path):
    records.store_group(tmp_path)
    page = pair_page(desk, "maria", 1920, 1080)
    compare, around = (page.locator(part).bounding_box() for part in (".compare", "#around"))
    assert around["x"] > compare["x"] + compare["width"] and around["y"] < 400
    assert page.evaluate("document.documentElement.scrollWidth") <= 1920


def test_one_key_decides_the_clear_case_and_the_next_pair_comes(desk, records, tmp_path):
    pairs = records.store_group(tmp_path)
    page = pair_page(desk, "maria", 1366, 768)
    seen = [page.url]
    for key in ("y", "x"):
        page.keyboard.press(key)
        page.wait_for_url(lambda url: url not in seen)
        expect(page.locator("#kept")).to_be_visible()
        seen.append(page.url)
    given = dict(Review.objects.values_list("verdict", "reason"))
    assert given == {"same": "name_and_birth", "different": "name_conflict"}
    assert violations(page) == []
    page.keyboard.press("u")
    page.wait_for_url(seen[1])
    expect(page.locator("#verdict-different")).to_be_checked()
    assert Candidate.objects.filter(reserved_by__isnull=False).count() == 1
    assert len(pairs) == 4


def test_jumps_lead_back_to_where_they_began(desk, records, tmp_path):
    records.store_group(tmp_path)
    page = pair_page(desk, "maria", 1366, 500)
    page.evaluate("window.scrollTo(0, 120)")
    for key, way_back in (("g", "g"), ("o", "Escape"), ("?", "?")):
        page.keyboard.press(key)
        page.wait_for_function("window.scrollY !== 120")
        page.keyboard.press(way_back)
        page.wait_for_function("window.scrollY === 120")
    page.keyboard.press("g")
    page.keyboard.press("e")
    page.wait_for_url("**/original/")
    page.keyboard.press("e")
    page.wait_for_selector("#decision")
    page.wait_for_function("window.scrollY > 120")


def test_pages_of_the_account_are_one_press_away(desk):
    page = desk("maria")
    expect(page.locator(".own-pages")).to_be_hidden()
    page.focus(".person summary")
    page.keyboard.press("Enter")
    assert violations(page) == []
    page.get_by_role("link", name=re.compile("Пароль")).click()
    page.wait_for_url("**/password/")
