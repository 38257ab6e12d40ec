"""Whoever leads is told, on every page, that a child's safety may be at stake."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.test_accessibility import violations

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("language", "width"), [("uk", 1366), ("en", 320)])
def test_a_hand_over_for_safety_reaches_the_lead(desk, records, tmp_path, language, width):
    pairs = records.store_group(tmp_path)
    page = desk("maria", language=language)
    page.click("#take")
    page.wait_for_url(f"**/pairs/{pairs['Алексей'].pk}/")
    page.wait_for_load_state("load")
    page.keyboard.press("h")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#take")
    lead = desk("olena", "lead", language=language, viewport={"width": width, "height": 768})
    expect(lead.locator("#safety-waits")).to_be_visible()
    lead.locator("#safety-waits a").click()
    expect(lead.locator("#waiting dt").first).to_be_visible()
    assert violations(lead) == []
    assert lead.evaluate("document.documentElement.scrollWidth") <= width
    lead.goto("/")
    lead.click("#take")
    lead.wait_for_url(f"**/pairs/{pairs['Алексей'].pk}/")
