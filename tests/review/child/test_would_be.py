"""A child, not a pair: what belongs together is handed out at once, and what follows from it is asked of nobody."""

from datetime import timedelta

import pytest
from django.utils import timezone

from configs.settings import settings as chosen
from registry.errors import ReviewError
from registry.judgements import follow
from registry.models import Candidate, Identity, IdentityMember, Opening, OpeningKind, Review
from review.child import would_be
from review.child.would_be import Pair, Unit, WouldBe
from review.queue import assignment, budget
from review.verdicts import child_verdicts

pytestmark = pytest.mark.django_db

REASONS = {"same": "name_and_birth", "different": "sibling", "cannot_tell": "too_little"}


def whole(stock, size, probability=0.9):
    """So many records, each likely to be each other; the pairs by their two places."""
    records = [stock.record() for _ in range(size)]
    pairs = {
        (a, b): stock.candidate(records[a], records[b], probability=probability)
        for a in range(size) for b in range(a + 1, size)
    }  # fmt: skip
    return records, pairs


def hold(person, candidate):
    lease = timezone.now() + timedelta(minutes=5)
    Candidate.objects.filter(reserved_by=person).update(reserved_by=None, reserved_until=None)
    Candidate.objects.filter(pk=candidate.pk).update(reserved_by=person, reserved_until=lease)


def say(person, candidate, said):
    hold(person, candidate)
    return child_verdicts.decide_child(person, candidate.pk, said, REASONS)


def test_two_people_tick_five_records_and_nothing_is_left_to_ask(stock):
    records, _ = whole(stock, 5)
    said = {record.pk: "same" for record in records}
    for person in (stock.user(), stock.user()):
        seed = assignment.take_next(person)
        assert len(child_verdicts.decide_child(person, seed.pk, said, REASONS)) == 4
    assert set(IdentityMember.objects.values_list("row_id", flat=True)) == {record.pk for record in records}
    assert Review.objects.count() == 8
    assert assignment.take_next(stock.user()) is None
    assert sorted(Candidate.objects.values_list("status", flat=True)) == ["implied"] * 6 + ["verified"] * 4


def test_who_is_another_child_is_told_apart_and_blocks(stock):
    records, _ = whole(stock, 3)
    said = {records[0].pk: "same", records[1].pk: "same", records[2].pk: "different"}
    for person in (stock.user(), stock.user()):
        say(person, Candidate.objects.filter(status__in=["second", "open"]).order_by("-status", "pk").first(), said)
    assert set(IdentityMember.objects.values_list("row_id", flat=True)) == {records[0].pk, records[1].pk}
    assert sorted(Candidate.objects.values_list("status", flat=True)) == ["implied", "rejected", "verified"]


def test_where_two_differ_a_third_person_gets_the_pair(stock):
    records, pairs = whole(stock, 3)
    say(stock.user(), pairs[0, 1], {record.pk: "same" for record in records})
    second = Candidate.objects.filter(status="second").order_by("pk").first()
    said = {records[0].pk: "same", records[1].pk: "same", records[2].pk: "different"}
    say(stock.user(), second, said)
    assert Candidate.objects.filter(status="disputed").count() == 1
    assert Identity.objects.get().members.count() == 2


def test_a_first_verdict_alone_makes_nothing_and_one_person_never_gives_two(stock):
    records, pairs = whole(stock, 4)
    person = stock.user()
    said = {record.pk: "same" for record in records}
    say(person, pairs[0, 1], said)
    assert not Identity.objects.exists()
    again = assignment.take_next(person)
    while again is not None:
        found = would_be.around(person, again)
        assert not {pair.id for pair in found.pairs} & set(Review.objects.values_list("candidate_id", flat=True))
        child_verdicts.decide_child(person, again.pk, said, REASONS)
        again = assignment.take_next(person)
    assert not Identity.objects.exists()


def test_what_is_left_open_stays_in_the_queue(stock):
    records, pairs = whole(stock, 3)
    say(stock.user(), pairs[0, 1], {records[0].pk: "same", records[1].pk: "same"})
    assert Review.objects.get().candidate_id == pairs[0, 1].pk
    person = stock.user()
    hold(person, pairs[0, 2])
    with pytest.raises(ReviewError) as caught:
        child_verdicts.decide_child(person, pairs[0, 2].pk, {records[0].pk: "same"}, REASONS)
    assert caught.value.code == "nothing_said"


def test_verified_rows_are_one_unit_and_unlikely_ones_stay_out(stock):
    a, b, c, twin = (stock.record() for _ in range(4))
    stock.judge(stock.candidate(a, b), "same", "same")
    seed = stock.candidate(b, c)
    stock.candidate(a, twin, probability=0.3)
    found = would_be.around(stock.user(), seed)
    assert found.units == (Unit((a.pk, b.pk), True), Unit((c.pk,), False)) and found.is_more_than_a_pair


def test_two_records_alone_are_a_pair(stock):
    assert not would_be.around(stock.user(), stock.candidate()).is_more_than_a_pair


def test_no_page_is_wider_than_an_eye_can_compare(stock):
    hub = stock.record()
    pairs = [stock.candidate(hub, stock.record()) for _ in range(20)]
    assert len(would_be.around(stock.user(), pairs[-1]).units) == would_be.MOST
    assert pairs[-1].pk in {pair.id for pair in would_be.around(stock.user(), pairs[-1]).pairs}


def test_a_pair_in_other_hands_is_left_to_them(stock):
    _, pairs = whole(stock, 3)
    hold(stock.user(), pairs[1, 2])
    found = would_be.around(stock.user(), pairs[0, 1])
    assert pairs[1, 2].pk not in {pair.id for pair in found.pairs}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({1: "same", 2: "same", 3: "same"}, {10: "same", 12: "same"}),
        ({1: "same", 2: "same", 3: "different"}, {10: "same", 12: "different"}),
        ({1: "same", 3: "cannot_tell"}, {12: "cannot_tell"}),
        ({1: "different", 2: "different"}, {}),
        ({1: "same", 2: "different", 3: "different"}, {10: "different", 12: "different"}),
        ({}, {}),
    ],
)
def test_ticks_become_as_few_verdicts_as_it_takes(said, expected):
    units = tuple(Unit((number,), False) for number in (1, 2, 3))
    pairs = (Pair(10, 1, 2, 0.9, False), Pair(11, 2, 3, 0.7, False), Pair(12, 1, 3, 0.8, False))
    assert would_be.verdicts(WouldBe(10, units, pairs), said) == expected


def test_what_somebody_has_judged_is_always_answered():
    units = tuple(Unit((number,), False) for number in (1, 2, 3))
    pairs = (Pair(10, 1, 2, 0.9, False), Pair(11, 2, 3, 0.7, True), Pair(12, 1, 3, 0.8, True))
    given = would_be.verdicts(WouldBe(10, units, pairs), {1: "same", 2: "same", 3: "same"})
    assert given == {11: "same", 12: "same"}
    given = would_be.verdicts(WouldBe(10, units, pairs), {1: "same", 2: "same", 3: "different"})
    assert given == {10: "same", 11: "different", 12: "different"}


def test_every_two_records_of_a_child_cost_as_much_as_a_pair(stock, monkeypatch):
    person, (_, pairs) = stock.user(), whole(stock, 7)
    monkeypatch.setattr(chosen(), "opened_per_hour", 4)
    seed = pairs[0, 1]
    hold(person, seed)
    assert len(would_be.look(person, seed.pk).columns) == 7
    assert budget.count(person).hour == 4  # the pair, and five further records
    assert len(would_be.look(person, seed.pk).columns) == 7  # again: nothing new is told


def test_a_child_that_is_dearer_than_what_is_left_is_not_shown(stock, monkeypatch):
    person, (_, pairs) = stock.user(), whole(stock, 7)
    monkeypatch.setattr(chosen(), "opened_per_hour", 3)
    hold(person, pairs[0, 1])
    with pytest.raises(ReviewError) as refused:
        would_be.look(person, pairs[0, 1].pk)
    assert refused.value.code == budget.CLOSED


def test_the_two_records_of_the_pair_itself_are_paid_for_once(stock):
    person, (records, pairs) = stock.user(), whole(stock, 5)
    hold(person, pairs[3, 4])
    would_be.look(person, pairs[3, 4].pk)
    opened = Opening.objects.filter(user=person, kind=OpeningKind.CHILD).values_list("number", flat=True)
    assert set(opened) == {records[0].pk, records[2].pk}  # every second of those that the pair does not show


def test_a_corrected_member_stands_apart_where_its_pair_waits(stock):
    """Three rows verified together; one is corrected and compared anew: is it still this child?"""
    records, pairs = whole(stock, 3)
    for both in ((0, 1), (1, 2)):
        stock.judge(pairs[both], "same", "same")
    type(records[0]).objects.filter(pk=records[0].pk).update(is_current=False)
    corrected = stock.record(batch=stock.batch(), key=records[0].key, version=2)
    follow.delivery(corrected.batch_id)
    again = stock.candidate(records[1], corrected)
    person = stock.user()
    hold(person, again)
    found = would_be.look(person, again.pk)
    assert [unit.rows for unit, _ in found.columns] == [(records[0].pk,), (records[1].pk, records[2].pk)]
    assert [unit.verified for unit, _ in found.columns] == [False, True]
    said = {records[0].pk: "same", records[1].pk: "same"}
    for one in (person, stock.user()):
        say(one, again, said)
    assert IdentityMember.objects.get(row=records[0]).record_id == corrected.pk
