"""A refusal holds for the whole identity and all that touches it, until an explicit yes of a later day."""

from __future__ import annotations

import io
from datetime import date
from uuid import UUID

import pytest

from pipelines.ingestion import jobs
from registry import exports
from registry.errors import UnknownIdentity
from registry.evidence.custody import Actor, CollectionFacts
from registry.identities import identities
from registry.ingestion import quarantine
from registry.linkage import candidates
from registry.models import QuarantinedRow, Record, Sighting
from sources.description.load import load_config

pytestmark = pytest.mark.django_db

SECRET = "Потаємна Зоряна"


def leaving(stock) -> str:
    """All that leaves with names: both exports and the feed."""
    out = io.StringIO()
    for kind in ("candidates", "identities"):
        lead, other = stock.user("lead"), stock.user("lead")
        asked = exports.ask(lead, kind, "tracing", "a fictional body")
        exports.decide(other, asked.pk, allowed=True)
        exports.fetch(lead, asked.pk, out)
    bare = [key for row in candidates.export_rows(leaving=True) for key in (row[1], row[3])]
    assert ("B" in bare) == (SECRET in out.getvalue()) or not Record.objects.filter(key="B").exists()
    return out.getvalue() + " ".join(str(view.id) for view in identities.page(for_tracing=True))


@pytest.fixture
def child(stock):
    """Two verified records of one child; `say` adds what a list says of one of them."""

    class Child:
        def __init__(self) -> None:
            self.lists = {"A": stock.batch("family_reports"), "B": stock.batch("cards")}
            self.records = {
                key: stock.record({"full_name": SECRET}, batch=batch, key=key) for key, batch in self.lists.items()
            }
            self.identity = str(stock.judge(stock.candidate(*self.records.values()), "same", "same").identity_id)

        def say(self, key, said, day=None):
            values = {} if said is None else {"consent": said}
            batch = self.lists[key]
            last = Record.objects.filter(source=batch.source, key=key).order_by("-version")[0]
            Record.objects.filter(pk=last.pk).update(is_current=False)
            return stock.record(
                {"full_name": SECRET}, batch=batch, key=key, version=last.version + 1, values=values, observed_on=day
            )

        def leaves(self):
            out = leaving(stock)
            found = self.identity in out
            assert found == (SECRET in out)
            if not found:
                with pytest.raises(UnknownIdentity):
                    identities.get(UUID(self.identity), for_tracing=True)
            return found

    return Child()


OLD, MIDDLE, NEW = date(2022, 5, 1), date(2023, 5, 1), date(2024, 5, 1)


def test_nothing_said_leaves(child):
    assert child.leaves()


@pytest.mark.parametrize("said", ["no", "unclear"])
def test_a_refusal_reaches_the_other_records_candidates(child, stock, said):
    child.say("A", said, MIDDLE)
    stock.candidate(child.records["B"], stock.record(batch=stock.batch("third")))
    assert not child.leaves()


@pytest.mark.parametrize(
    ("words", "leaves"),
    [
        ([("A", "no", MIDDLE), ("A", "yes", NEW)], True),
        ([("A", "no", MIDDLE), ("B", "yes", NEW)], True),
        ([("A", "no", MIDDLE), ("A", "yes", OLD)], False),
        ([("A", "no", MIDDLE), ("B", "yes", OLD)], False),
        ([("A", "no", MIDDLE), ("B", "yes", MIDDLE)], False),
        ([("A", "no", MIDDLE), ("A", "yes", MIDDLE)], True),
        ([("A", "yes", NEW), ("A", "no", MIDDLE)], True),
        ([("A", "yes", MIDDLE), ("B", "no", OLD)], True),
        ([("A", "yes", MIDDLE), ("B", "no", NEW)], False),
        ([("A", "no", MIDDLE), ("A", None, NEW), ("B", None, NEW)], False),
        ([("A", "no", MIDDLE), ("A", "unclear", NEW)], False),
        ([("A", "no", None), ("B", "yes", None)], False),
        ([("A", "no", None), ("A", "yes", None)], True),
        ([("A", "no", MIDDLE), ("A", "yes", None)], False),
        ([("A", "no", None), ("B", "yes", NEW)], False),
        ([("A", "no", OLD), ("B", "yes", MIDDLE), ("A", "no", NEW)], False),
        ([("A", "unclear", OLD), ("B", "yes", MIDDLE)], True),
    ],
)
def test_only_a_newer_yes_lifts_a_refusal_in_whatever_order_they_come(child, words, leaves):
    for key, said, day in words:
        child.say(key, said, day)
    assert child.leaves() is leaves


def test_a_refusal_that_is_delivered_again_is_as_new_as_that_delivery(child, stock):
    refused = child.say("A", "no", OLD)
    child.say("B", "yes", MIDDLE)
    assert child.leaves()
    again = stock.batch("family_reports")
    type(again).objects.filter(pk=again.pk).update(as_of=NEW)
    Sighting.objects.create(batch=again, record=refused, locator={"row": 1})
    assert not child.leaves()


def test_a_refusal_of_one_who_is_merged_in_holds_for_the_whole(child, stock):
    assert child.leaves()
    refused = stock.record(values={"consent": "no"}, batch=stock.batch("third"))
    stock.judge(stock.candidate(refused, child.records["A"]), "same", "same")
    assert not child.leaves()


def test_a_row_stored_before_unclear_words_were_kept_is_unclear(stock):
    record = stock.record({"full_name": SECRET, "consent": "див. примітку"})
    stock.candidate(record)
    record.refresh_from_db()
    assert record.consent == "unclear"
    assert SECRET not in leaving(stock)


@pytest.mark.parametrize(
    ("row", "leaves"),
    [
        ("A,,2012-03-12,не згодна", False),
        ("A,,2012-03-12,див. примітку", False),
        ("A,,2012-03-12,так", True),
        ("A,,2012-03-12,", True),
        (f"A,{SECRET},2012-03-12,\nA,{SECRET},2012-03-12,відмова", False),
        (",,2012-03-12,не згодна", True),
    ],
)
def test_a_refusal_holds_while_its_row_waits_in_quarantine(child, stock, tmp_path, row, leaves):
    config, file = tmp_path / "family_reports.yaml", tmp_path / "late.csv"
    config.write_text(
        "source_class: family\nreader: csv\nkey: id\nfields: {full_name: name, birth_date: born, consent: consent}\n",
        encoding="utf-8",
    )
    file.write_text(f"id,name,born,consent\n{row}\n", encoding="utf-8")
    jobs.run(jobs.prepare(load_config(config), config, file, CollectionFacts.stated("saved", "a fictional body")))
    waiting = QuarantinedRow.objects.get()
    assert child.leaves() is leaves
    quarantine.release(waiting.pk, Actor.operator(), "a test entry")
    assert child.leaves()


def test_a_row_that_waited_before_consent_was_read_is_unclear(child, stock):
    batch = child.lists["A"]
    QuarantinedRow.objects.create(
        batch=batch,
        locator={"row": 9},
        reason_code="no_name",
        reason="no name",
        key="A",
        payload={"written": {"consent": "?"}},
    )
    assert not child.leaves()


def test_the_protective_match_goes_on(stock):
    refused = stock.record({"full_name": SECRET}, values={"consent": "no"})
    candidate = stock.candidate(refused)
    assert stock.judge(candidate, "same", "same").identity_id
