from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from registry.access import accounts
from registry.errors import RegistryError
from registry.evidence import store
from registry.ingestion import quarantine
from registry.judgements import events
from registry.models import Candidate, QuarantinedRow, Review
from review.queue import assignment, workload
from review.verdicts import decisions
from sources.locator import Locator

pytestmark = pytest.mark.django_db


def test_a_day_counts_what_waits_for_this_person(stock):
    person = stock.user("lead")
    stock.candidate()
    stock.judge(stock.candidate(), "same")
    stock.judge(stock.candidate(), "same", by=[person])
    stock.judge(stock.candidate(), "same", "different")
    stock.judge(stock.candidate(), "same", "different", by=[person, stock.user("lead")])
    assert workload.day(person) == workload.Day(decided_today=2, first=1, second=1, disputed=1)
    assert workload.day(stock.user()) == workload.Day(decided_today=0, first=1, second=2, disputed=2)


def test_what_was_handed_over_is_counted_for_adjudicators_and_for_nobody_else(stock):
    first, second, lead = stock.user(), stock.user(), stock.user("lead")
    stock.judge(stock.candidate(), "same", by=[first])
    decisions.escalate(second, assignment.take_next(second).pk, "complex")
    stock.candidate()
    decisions.escalate(first, assignment.take_next(first).pk, "know_child")
    assert workload.day(lead) == workload.Day(decided_today=0, first=0, second=0, disputed=0, handed_over=2)
    decisions.escalate(lead, assignment.take_next(lead).pk, "safety")
    assert workload.day(lead).handed_over == 1, "nobody judges what they handed over"
    adjudicator = stock.user("adjudicator")
    assert workload.day(adjudicator).handed_over == 2
    assert workload.day(first) == workload.Day(decided_today=1, first=0, second=0, disputed=0, handed_over=0)
    decisions.decide(adjudicator, assignment.take_next(adjudicator).pk, "different", "other")
    assert workload.day(adjudicator).handed_over == 1


def test_held_says_when_the_lease_has_run_out(stock):
    person = stock.user()
    assert workload.held(person) is None
    candidate = stock.candidate()
    assignment.take_next(person)
    held = workload.held(person)
    assert (held.candidate_id, held.expired) == (candidate.pk, False)
    Candidate.objects.update(reserved_until=timezone.now() - timedelta(seconds=1))
    assert workload.held(person).expired


def test_own_verdicts_page_backwards(stock):
    person = stock.user("lead")
    for verdict in ("same", "different", "cannot_tell"):
        stock.judge(stock.candidate(), verdict, by=[person])
    stock.judge(stock.candidate(), "same")
    first = workload.own_verdicts(person, limit=2)
    rest = workload.own_verdicts(person, before=first[-1].review_id, limit=2)
    assert [own.verdict for own in first + rest] == ["cannot_tell", "different", "same"]
    assert Review.objects.count() == 4


def test_quarantine_shows_place_and_reason_but_no_content(stock):
    batch = stock.batch()
    for number in range(3):
        QuarantinedRow.objects.create(
            batch=batch,
            locator={"row": number},
            reason_code="no_name",
            reason="the row has no name",
            payload={"written": {"note": "Вигаданенко"}},
            resolved_at=datetime(2024, 1, 1, tzinfo=UTC) if number == 2 else None,
            outcome="non_data" if number == 2 else "",
        )
    shown, total = quarantine.page("family_reports", 1)
    assert total == 2 and [row.locator for row in shown] == [Locator(row=0)]
    assert shown[0].evidence_sha256 == batch.evidence.sha256
    assert "Вигаданенко" not in str(shown)
    assert quarantine.page("other", 10) == ([], 0)
    assert quarantine.page(None, 10)[1] == 2


def test_people_change_their_password_and_language():
    user = accounts.add("zoriana", "fictional-horse-42")
    accounts.set_language(user, "en")
    accounts.set_password(user, "another-horse-43")
    user.refresh_from_db()
    assert user.language == "en" and user.check_password("another-horse-43")
    with pytest.raises(RegistryError):
        accounts.set_password(user, "short")
    with pytest.raises(RegistryError):
        accounts.set_language(user, "fr")


def test_last_event_and_soundness(stock, tmp_path):
    assert events.last_seq() == 0
    stock.judge(stock.candidate(), "same", "same")
    assert events.last_seq() == 1
    file = tmp_path / "list"
    file.write_bytes(b"a fictional list")
    stored = store.store(file)
    assert store.is_sound(stored.sha256)
    stored.path.chmod(0o600)
    stored.path.write_bytes(b"a fictional LIST")
    assert not store.is_sound(stored.sha256)
    assert not store.is_sound("e" * 64)
