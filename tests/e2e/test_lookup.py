"""A caller's question in a real browser, by keyboard, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from registry.models import LookupAnswer
from tests.e2e.test_accessibility import violations

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("language", "width"), [("uk", 1366), ("en", 320)])
def test_a_question_is_asked_answered_and_put_before_the_reviewers(desk, records, tmp_path, language, width):
    records.store(tmp_path, records.RUSSIFIED)
    page = desk("natalia", "hotline", language=language, viewport={"width": width, "height": 768})
    assert page.url.endswith("/lookup/")
    assert violations(page) == []
    page.focus("#name")
    page.keyboard.type("Verbytskyi Oleksii")
    page.keyboard.press("Tab")
    page.keyboard.type("2014")
    page.select_option("#purpose", "relative")
    page.focus("#case")
    page.keyboard.type("118/26")
    page.keyboard.press("Enter")
    expect(page.locator("#answers li")).to_have_count(2)
    expect(page.locator("#answers")).not_to_contain_text("Тарасович")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("#answers button").first.click()
    expect(page.locator("[role=status]")).to_be_visible()
    assert LookupAnswer.objects.filter(lead_at__isnull=False).count() == 1
    reader = desk("maria", language=language)
    reader.click("#take")
    expect(reader.locator(".urgent")).to_be_visible()
