"""Evidence before the machine's opinion, by keyboard alone, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from registry.models import Provisional, Review, Source
from tests.e2e.test_accessibility import violations

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("language", "width", "height"), [("uk", 1366, 768), ("en", 320, 700)])
def test_the_records_first_then_the_opinion_and_a_change_of_mind(desk, records, tmp_path, language, width, height):
    pairs = records.store_group(tmp_path)
    Source.objects.filter(slug="transfers").update(evidence_first=True)
    page = desk("maria", language=language, viewport={"width": width, "height": height})
    page.click("#take")
    page.wait_for_url(f"**/pairs/{pairs['Алексей'].pk}/")
    page.wait_for_load_state("load")
    expect(page.locator(".bar")).to_have_count(0)
    expect(page.locator("#around")).not_to_contain_text("София")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("y")
    expect(page.locator("#provisional")).to_be_visible()
    page.wait_for_load_state("load")
    assert page.locator(".bar").count() > 3
    expect(page.locator("#around")).to_contain_text("Софія")
    expect(page.locator("#verdict-same")).to_be_checked()
    expect(page.locator(".changed")).to_be_hidden()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("2")
    page.keyboard.press("8")
    expect(page.locator(".changed")).to_be_visible()
    assert violations(page) == []
    page.select_option("#changed", "family")
    page.locator(".confirm button").click()
    expect(page.locator("#kept")).to_be_visible()
    assert Provisional.objects.get().verdict == "same"
    given = Review.objects.get()
    assert (given.verdict, given.shown["provisional"]["changed"]) == ("different", "family")
