from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from registry.errors import RegistryError, ReviewError
from registry.evidence.custody import Actor, CollectionFacts
from registry.ingestion import batches, quarantine
from registry.ingestion.batches import Delivery
from registry.ingestion.rows import NewQuarantine, NewRecord
from registry.models import AuditEntry, Batch, Correction, Evidence, QuarantinedRow, Record
from review.queue import assignment, reservation
from sources.locator import Locator

pytestmark = pytest.mark.django_db

COLLECTED = CollectionFacts("data team", datetime(2024, 5, 1, tzinfo=UTC), "download", "a fictional office")


def row(key, name="Вигаданенко Зоряна", place=1, corrected=()):
    return NewRecord(key, None, Locator(row=place), "uk", {"full_name": name}, {"given": name}, {}, corrected)


def bad(place, key=""):
    return NewQuarantine(Locator(row=place), "no_name", "the row has no name", {"note": "Дописано"}, "list.csv", key)


@pytest.fixture
def batch(stock):
    """Two records, three rows in quarantine, one that is no data."""
    Evidence.objects.create(sha256="a" * 64, size=1)
    rows = [row("1"), bad(2, "2"), row("3"), row("1", "Інша", 4), bad(5)]
    batches.ingest_batch(stock.source(), "a" * 64, COLLECTED, rows, 1)
    return Batch.objects.get()


def waiting(batch):
    return [number for number, _ in quarantine.waiting(batch)]


def counts(batch):
    batch.refresh_from_db()
    assert batch.rows_read == 6
    return (batch.records_new, batch.records_changed, batch.records_unchanged, batch.quarantined, batch.non_data)


def test_rows_leave_by_hand_and_counts_follow(batch, stock):
    assert counts(batch) == (2, 0, 0, 3, 1)
    no_name, second, footer = waiting(batch)
    person = stock.user(
        "data",
    )
    outcome, record_id = quarantine.fix(
        no_name, row("2", "Дописанко Леся", 2, ("full_name",)), Actor(person.username, person), "read in the scan"
    )
    assert outcome == "new" and counts(batch) == (3, 0, 0, 2, 1)
    record = Record.objects.get(pk=record_id)
    assert record.locator == {"row": 2} and record.batch == batch and record.evidence == batch.evidence
    assert record.payload["corrected"] == ["full_name"] and record.entered_by == person
    quarantine.release(footer, Actor.operator("olena"), "a total")
    assert counts(batch) == (3, 0, 0, 1, 2)
    with pytest.raises(RegistryError, match="same key"):
        quarantine.fix(second, row("1", "Інша", 4), Actor.operator("olena"), "again")
    assert (
        quarantine.fix(second, row("1b", "Інша", 4, ("full_name",)), Actor.operator("olena"), "another child")[0]
        == "new"
    )
    assert counts(batch) == (4, 0, 0, 0, 2)
    assert waiting(batch) == []
    view = quarantine.get(no_name)
    assert view.written == {"note": "Дописано"} and view.why == "read in the scan" and view.record_id == record_id
    assert quarantine.page(None, 9) == ([], 0)
    assert [one.outcome for one in quarantine.page(None, 9, resolved=True)[0]] == ["new", "new", "non_data"]
    assert "Леся" not in str(list(AuditEntry.objects.values_list("data", flat=True)))
    (made,) = quarantine.corrections_of(record)
    assert (made.user, made.kind, made.fields) == (person, "by_hand", ["full_name"])


def test_a_row_leaves_once_and_never_without_a_reason(batch):
    number = waiting(batch)[0]
    for reason in ("", "   "):
        with pytest.raises(RegistryError, match="reason"):
            quarantine.release(number, Actor.operator("olena"), reason)
    quarantine.release(number, Actor.operator("olena"), "a total")
    with pytest.raises(RegistryError, match="left quarantine already"):
        quarantine.release(number, Actor.operator("olena"), "a total")
    with pytest.raises(RegistryError, match="unknown"):
        quarantine.fix(10**9, row("9"), Actor.operator("olena"), "why")
    assert Correction.objects.count() == 1


def test_a_changed_description_takes_only_what_waits(batch):
    first, second, footer = waiting(batch)
    again = [(first, row("2", "Дописанко", 2)), (first, row("2/2", "Дописанко Інна", 2)), (second, row("1", "Інша", 4))]
    taken = quarantine.take_again(batch, iter(again), [footer], Actor.operator("olena"), "a column added", "c" * 64)
    assert (taken.new, taken.non_data, taken.waiting) == (2, 1, 1)
    batch.refresh_from_db()
    assert (batch.rows_read, batch.records_new, batch.quarantined, batch.non_data) == (7, 4, 1, 2)
    assert Record.objects.count() == 4
    repeated = quarantine.take_again(batch, iter(again), [footer], Actor.operator("olena"), "again", "c" * 64)
    assert (repeated.new, repeated.non_data, repeated.waiting) == (0, 0, 1)
    assert Record.objects.count() == 4
    assert not Record.objects.filter(entered_by__isnull=False).exists()
    assert {made.config_sha256 for made in Correction.objects.all()} == {"c" * 64}


def test_a_correction_of_a_later_delivery_is_a_new_version(batch, stock):
    Evidence.objects.create(sha256="b" * 64, size=1)
    rows = [row("1"), bad(2, "3")]
    batches.ingest_batch(stock.source(), "b" * 64, COLLECTED, rows, delivery=Delivery(as_of=date(2024, 6, 1)))
    later = Batch.objects.get(evidence__sha256="b" * 64)
    outcome, record_id = quarantine.fix(
        waiting(later)[0], row("3", "Зоря", 2, ("full_name",)), Actor.operator("x"), "scan"
    )
    assert outcome == "changed" and Record.objects.get(pk=record_id).version == 2
    later.refresh_from_db()
    assert (later.records_changed, later.records_unchanged, later.quarantined) == (1, 1, 0)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM registry_quarantinedrow",
        "UPDATE registry_quarantinedrow SET locator = '{}'",
        "UPDATE registry_quarantinedrow SET sealed = 'x'",
        "UPDATE registry_quarantinedrow SET consent = 'yes'",
        "UPDATE registry_quarantinedrow SET resolved_at = now()",
        "UPDATE registry_batch SET quarantined = 0, non_data = non_data + quarantined",
        "UPDATE registry_batch SET rows_read = rows_read + 1",
        "UPDATE registry_correction SET sealed = 'x'",
    ],
)
def test_the_database_lets_no_row_get_lost(batch, statement):
    quarantine.release(waiting(batch)[0], Actor.operator("olena"), "a total")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_nobody_judges_a_record_that_they_entered(batch, stock):
    person, other = stock.user("lead"), stock.user("lead")
    _, record_id = quarantine.fix(
        waiting(batch)[0], row("2", "Дописанко", 2, ("full_name",)), Actor(person.username, person), "scan"
    )
    candidate = stock.candidate(left=Record.objects.get(pk=record_id))
    assert assignment.take_next(person) is None
    assert assignment.take_next(other) == candidate
    reservation.release(other, candidate.pk)
    with pytest.raises(ReviewError) as refused:
        stock.judge(candidate, "same", by=[person])
    assert refused.value.code == "own_record"
    with (
        pytest.raises(IntegrityError, match="this person"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO registry_review (candidate_id, reviewer_id, ordinal, verdict, reason, decided_at, shown)"
            " VALUES (%s, %s, 1, 'same', 'other', now(), '{}')",
            [candidate.pk, person.pk],
        )
    with pytest.raises(IntegrityError, match="refuses"), transaction.atomic():
        Record.objects.filter(pk=record_id).update(entered_by=None)
    assert QuarantinedRow.objects.filter(outcome="new").count() == 1
