"""A source corrects a row, or consent is withdrawn and given: the identity stays, and the feed hears of it at once."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.evidence.custody import Actor, CollectionFacts
from registry.identities import identities
from registry.ingestion import batches, quarantine
from registry.ingestion.rows import NewQuarantine, NewRecord
from registry.judgements import events, replay
from registry.models import Evidence, IdentityMember, QuarantinedRow, Record
from sources.locator import Locator

pytestmark = pytest.mark.django_db(transaction=True)

FACTS = CollectionFacts.stated("saved", "a fictional body")


@pytest.fixture
def deliver(stock):
    """Deliver a list of rows, key to written values, as a source would."""

    def deliver(slug, rows, day=None):
        source = stock.source(slug)
        number = next(stock.serial)
        evidence = Evidence.objects.create(sha256=f"{number:064x}", size=1)
        new = [
            NewRecord(
                key,
                day,
                Locator(row=place),
                "uk",
                written,
                {"consent": written["consent"]} if "consent" in written else {},
                {},
            )
            for place, (key, written) in enumerate(rows.items(), start=1)
        ]
        return batches.ingest_batch(source, evidence.sha256, FACTS, new)

    return deliver


def row(key):
    return Record.objects.filter(key=key, version=1).get()


@pytest.fixture
def identity(stock, deliver):
    deliver("family", {"A": {"full_name": "Вигаданенко Зоряна"}, "other": {"full_name": "Небуленко Іван"}})
    deliver("cards", {"B": {"given": "Зоряна"}})
    return stock.judge(stock.candidate(row("A"), row("B")), "same", "same").identity_id


@pytest.fixture(autouse=True)
def _replay():
    yield
    assert replay.states() == replay.stored()


def test_a_corrected_row_stays_a_member_and_names_the_version_that_was_verified(identity, deliver):
    deliver("family", {"A": {"full_name": "Вигаданенко Зоря"}, "other": {"full_name": "Небуленко Ігор"}})
    view = identities.get(identity, seen=frozenset(["identity", "other"]))
    assert [(record.version, record.verified_version) for record in view.records] == [(2, 1), (1, 1)]
    assert [value.original for value in view.values["full_name"]] == ["Вигаданенко Зоря"]
    last = events.after(0)[-1]
    newest = Record.objects.get(key="A", is_current=True)
    assert (last.kind, last.identity_id) == ("updated", identity)
    assert last.data == {"corrected": [newest.pk], "verified": [row("A").pk]}
    assert len(events.after(0)) == 2


def test_a_corrected_row_that_is_verified_anew_names_the_new_version(identity, deliver, stock):
    deliver("family", {"A": {"full_name": "Вигаданенко Зоря"}})
    newest = Record.objects.get(key="A", is_current=True)
    assert stock.judge(stock.candidate(newest, row("B")), "same", "same").identity_id == identity
    assert IdentityMember.objects.get(row=row("A")).record_id == newest.pk
    assert IdentityMember.objects.count() == 2


def test_two_versions_of_one_row_are_one_member(identity, deliver, stock):
    deliver("family", {"A": {"full_name": "Вигаданенко Зоря"}})
    newest, third = Record.objects.get(key="A", is_current=True), stock.record()
    assert stock.judge(stock.candidate(newest, third), "same", "same").identity_id == identity
    assert IdentityMember.objects.count() == 3


def test_a_correction_that_two_people_hold_for_another_child_is_a_contradiction(identity, deliver, stock):
    deliver("family", {"A": {"full_name": "Вигаданенко Ганна"}})
    pair = stock.candidate(Record.objects.get(key="A", is_current=True), row("B"))
    stock.judge(pair, "different", "different")
    pair.refresh_from_db()
    assert pair.status == "contested" and IdentityMember.objects.count() == 2


OLD, NEW = date(2022, 5, 1), date(2024, 5, 1)


def test_consent_withdrawn_and_given_again(identity, deliver):
    name = {"full_name": "Вигаданенко Зоряна"}
    deliver("family", {"A": {**name, "consent": "no"}}, OLD)
    assert [event.kind for event in events.after(1)] == ["updated", "withheld"]
    deliver("cards", {"B": {"given": "Зоряна", "consent": "yes"}}, NEW)
    assert [event.kind for event in events.after(3)] == ["updated", "restored"]
    assert identities.get(identity, for_tracing=True).id == identity


def test_a_refusal_elsewhere_says_nothing_here(identity, deliver):
    deliver("family", {"other": {"full_name": "Небуленко Іван", "consent": "no"}})
    assert [event.kind for event in events.after(0)] == ["verified"]


def test_who_is_verified_with_a_refusal_is_withheld_at_once(deliver, stock):
    deliver("family", {"A": {"full_name": "Вигаданенко Зоряна", "consent": "unclear"}}, OLD)
    stock.judge(stock.candidate(row("A")), "same", "same")
    assert [event.kind for event in events.after(0)] == ["verified", "withheld"]


def test_a_row_that_leaves_quarantine_is_told_of_once_when_all_is_done(identity, stock):
    sha256 = f"{next(stock.serial):064x}"
    Evidence.objects.create(sha256=sha256, size=1)
    doubtful = NewQuarantine(Locator(row=1), "no_day", "no day", {"consent": "?"}, "list.csv", "A")
    batches.ingest_batch(stock.source("family"), sha256, FACTS, [doubtful])
    assert [event.kind for event in events.after(1)] == ["withheld"]
    said = NewRecord(
        "A", NEW, Locator(row=1), "uk", {"full_name": "Вигаданенко", "consent": "yes"}, {"consent": "yes"}, {}
    )
    with CaptureQueriesContext(connection) as captured:
        quarantine.fix(QuarantinedRow.objects.get().pk, said, Actor.operator(), "asked the family")
    assert [event.kind for event in events.after(2)] == ["updated", "restored"]
    assert sum("n.id <> m.shown_id" in query["sql"] for query in captured) == 1
