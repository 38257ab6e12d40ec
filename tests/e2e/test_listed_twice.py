"""Two people judge rows of one list in a real browser, and two more find the child that both rows are of."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from registry.linkage import candidates, runs
from registry.linkage.proposals import NewCandidate
from registry.models import Candidate, Identity, IdentityEvent, IdentityMember

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def pairs(records, tmp_path):
    """A report and the row of a list, and that row with another one of the same list."""
    one_list = replace(records.RUSSIFIED, left=replace(records.RUSSIFIED.left, source="transfers"))
    found, beside = records.store(tmp_path, records.RUSSIFIED, one_list)
    new = NewCandidate(beside.left_id, found.right_id, 14.0, 0.9, "same_row_twice", [], listed_twice=True)
    candidates.store(runs.start("link", {"seed": 1}), [new], withdraw=False)
    Candidate.objects.filter(pk=beside.pk).delete()
    twice = Candidate.objects.get(listed_twice=True)
    return found, twice


def judge(page, *keys):
    for key in keys:
        page.keyboard.press(key)
    page.wait_for_selector("#kept, #take")


def test_rows_listed_twice_go_together_and_only_a_report_finds_the_child(desk, records, tmp_path):
    found, twice = pairs(records, tmp_path)
    for name, language, words in (
        ("maria", "uk", ("Записано двічі?", "Два рядки одного списку", "Інша особа")),
        ("oksana", "en", ("Listed twice?", "Two rows of one list", "Another person")),
    ):
        page = desk(name, language=language)
        heading, notice, other = words
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        page.locator("#take-twice").focus()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/pairs/{twice.pk}/")
        expect(page.locator("h1")).to_have_text(heading)
        expect(page.locator("#listed-twice")).to_contain_text(notice)
        expect(page.locator("label[for=verdict-different]")).to_contain_text(other)
        expect(page.locator("#verdict-same")).to_have_count(0)
        judge(page, "1", "4", "Enter")
    expect(page.locator("main")).to_contain_text("Nobody was found by it")
    twice.refresh_from_db()
    assert twice.status == "twice" and not Identity.objects.exists() and not IdentityEvent.objects.exists()

    for name in ("petro", "iryna"):
        page = desk(name)
        page.locator("#take").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/pairs/*/")
        assert page.url.endswith(f"/{found.pk}/"), "the queue of children gives the pair with the report"
        judge(page, "1", "4", "Enter")
    expect(page.locator("main")).to_contain_text("особу підтверджено")
    held = set(IdentityMember.objects.values_list("record_id", flat=True))
    assert held == {found.left_id, found.right_id, twice.left_id}
    assert list(IdentityEvent.objects.values_list("kind", flat=True)) == ["verified"]
