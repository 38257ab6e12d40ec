"""A new record, or a corrected one, is held against verified children as wholes; nothing of them changes by it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from registry.evidence.custody import CollectionFacts
from registry.ingestion import batches
from registry.ingestion.rows import NewRecord
from registry.judgements import changes, events, follow, replay
from registry.linkage import urgency
from registry.models import Candidate, Evidence, Identity, IdentityMember, NewEvidence, Record
from review.queue import assignment
from sources.locator import Locator

pytestmark = pytest.mark.django_db


def said(**bits):
    return [{"field": name, "level": 1, "bits": worth, "code": "x", "sentence": "x"} for name, worth in bits.items()]


def pair(stock, left, right, probability=0.5, **bits):
    left, right = sorted((left, right), key=lambda record: record.pk)
    return stock.candidate(left, right, probability=probability, weight=sum(bits.values()), explanation=said(**bits))


def relinked(*records):
    """What a run does in the end."""
    follow.run([record.pk for record in records] if records else None)


@pytest.fixture
def child(stock):
    """A renamed child: a report with the old surname, a list with the new one."""
    report, listed = (stock.record(batch=stock.batch(slug)) for slug in ("report", "list"))
    stock.judge(pair(stock, report, listed, surname=-4.0, given=5.0, birth=6.0), "same", "same")
    return report, listed


@pytest.fixture(autouse=True)
def _nothing_changes_silently():
    yield
    assert replay.states() == replay.stored()
    told = list(NewEvidence.objects.order_by("identity_id", "record_id").values("best", "together", "probability"))
    relinked()
    again = NewEvidence.objects.order_by("identity_id", "record_id").values("best", "together", "probability")
    assert list(again) == told, "what is kept as verdicts fall is what a run over everything finds"


def test_a_new_record_is_held_against_the_child_as_a_whole(child, stock):
    report, listed = child
    card = stock.record(batch=stock.batch("card"))
    pair(stock, report, card, 0.2, surname=-5.0, given=4.0, eyes=2.0)
    pair(stock, listed, card, 0.6, surname=8.0, given=4.0)
    relinked(card)
    found = NewEvidence.objects.get()
    assert (found.row_id, found.record_id, found.compared, found.before) == (card.pk, card.pk, 2, None)
    assert (found.best, found.worst) == (12.0, 1.0)
    assert found.together == pytest.approx(7.0 + 4.0 + 2.0, abs=0.01)  # of two surnames, either: one bit less
    assert [event.kind for event in events.after(0)] == ["verified"] and IdentityMember.objects.count() == 2


def test_the_true_record_is_handed_out_before_a_namesake(child, stock):
    report, listed = child
    true, namesake = (stock.record(batch=stock.batch(slug)) for slug in ("card", "other"))
    pair(stock, listed, true, 0.7, surname=8.0, given=4.0)
    pair(stock, report, true, 0.1, surname=-5.0, birth=6.0)
    likelier = pair(stock, listed, namesake, 0.8, surname=8.0, given=4.0)
    pair(stock, report, namesake, 0.1, surname=-5.0, birth=-7.0)
    assert assignment.peek(stock.user(), assignment.EVERYTHING)[0] == likelier
    relinked(true, namesake)
    first = assignment.peek(stock.user(), assignment.EVERYTHING)[0]
    assert {first.left_id, first.right_id} == {listed.pk, true.pk} and "new_evidence" in first.urgent_for
    urgency.refresh()  # as a run over everything, or the next day, works it out
    assert assignment.peek(stock.user(), assignment.EVERYTHING)[0] == first
    before = Candidate.objects.get(pk=first.pk).urgency
    stock.judge(first, "different", "different")
    assert not NewEvidence.objects.filter(row=true).exists()
    assert Candidate.objects.exclude(pk=first.pk).filter(right=true).get().status == "implied"
    assert before > Candidate.objects.get(pk=likelier.pk).urgency > 1


def test_it_stands_until_people_have_decided(child, stock):
    report, listed = child
    card, other = stock.record(batch=stock.batch("card")), stock.record(batch=stock.batch("other"))
    one = pair(stock, listed, card, surname=8.0)
    pair(stock, report, other, given=3.0)
    pair(stock, card, other, eyes=2.0)
    relinked(card, other)
    assert NewEvidence.objects.count() == 2
    stock.judge(one, "same", "same")
    found = NewEvidence.objects.get()
    assert (found.row_id, found.compared, found.together) == (other.pk, 2, 5.0), "the new member speaks of it as well"
    identity = Identity.objects.get()
    asked = changes.ask(stock.user("lead"), "retract", identity.pk, "slip")
    changes.decide(stock.user("lead"), asked.pk, allowed=True)
    assert not NewEvidence.objects.exists()
    assert set(Candidate.objects.filter(status="open").values_list("urgency", flat=True)) == {1.0}


def deliver(stock, record, name):
    evidence = Evidence.objects.create(sha256=f"{next(stock.serial):064x}", size=1)
    row = NewRecord(record.key, None, Locator(row=1), "uk", {"full_name": name}, {}, {})
    batches.ingest_batch(
        stock.source(record.source.slug),
        evidence.sha256,
        CollectionFacts("tests", timezone.now(), "made", "a body"),
        [row],
    )
    return Record.objects.get(source=record.source, key=record.key, is_current=True)


def test_a_corrected_member_is_scored_anew_and_what_was_said_before_stays_known(child, stock):
    report, listed = child
    now = deliver(stock, report, "Вигаданенко Ганна")
    assert not NewEvidence.objects.exists(), "nobody has compared it yet"
    again = pair(stock, now, listed, 0.1, surname=-4.0, given=-6.0, birth=6.0)
    relinked(now)
    found = NewEvidence.objects.get()
    assert (found.row_id, found.record_id, found.before, found.together) == (report.pk, now.pk, 7.0, -4.0)
    assert IdentityMember.objects.count() == 2 and "new_evidence" in Candidate.objects.get(pk=again.pk).urgent_for
    stock.judge(again, "same", "same")
    assert not NewEvidence.objects.exists()
    assert IdentityMember.objects.get(row=report).record_id == now.pk


def test_a_record_that_its_source_corrects_is_new_evidence_no_more_until_it_is_compared(child, stock):
    _, listed = child
    card = stock.record(batch=stock.batch("card"))
    pair(stock, listed, card, surname=8.0)
    relinked(card)
    assert NewEvidence.objects.get().record_id == card.pk
    now = deliver(stock, card, "Небуленко Іван")
    assert not NewEvidence.objects.exists()
    pair(stock, listed, now, surname=-8.0)
    relinked(now)
    assert NewEvidence.objects.get().together == -8.0


def test_a_corrected_record_is_asked_about_again_though_two_people_told_it_apart(child, stock):
    report, listed = child
    card = stock.record(batch=stock.batch("card"))
    stock.judge(pair(stock, listed, card, surname=8.0), "different", "different")
    implied = pair(stock, report, card, surname=8.0)
    relinked(card)
    assert Candidate.objects.get(pk=implied.pk).status == "implied" and not NewEvidence.objects.exists()
    now = deliver(stock, card, "Вигаданенко Зоряна")
    pairs = [pair(stock, member, now, surname=8.0) for member in child]
    relinked(now)
    assert {Candidate.objects.get(pk=one.pk).status for one in pairs} == {"open"}
    assert NewEvidence.objects.get().compared == 2


def test_what_a_run_proposes_between_members_is_asked_of_nobody(child, stock):
    report, listed = child
    third = stock.record(batch=stock.batch("third"))
    stock.judge(pair(stock, listed, third, surname=8.0), "same", "same")
    proposed = pair(stock, report, third, surname=8.0)
    relinked(report)
    assert Candidate.objects.get(pk=proposed.pk).status == "implied"


def test_a_correction_of_consent_alone_asks_nobody_again(child, stock):
    """Consent and contact tell no children apart: decided pairs of that row stay decided, whichever way they were."""
    report, listed = child
    card = stock.record(batch=stock.batch("card"))
    stock.judge(pair(stock, listed, card, surname=8.0), "different", "different")
    for record in (report, card):
        written = {**record.payload["written"], "consent": "так", "contact": "+380 00 000 00 01"}
        type(record).objects.filter(pk=record.pk).update(is_current=False)
        now = stock.record(written, batch=stock.batch(record.source.slug), key=record.key, version=2)
        follow.delivery(now.batch_id)
        again = pair(stock, listed, now, surname=8.0)
        relinked(now)
        assert Candidate.objects.get(pk=again.pk).status == "implied"
    assert not NewEvidence.objects.exists()
