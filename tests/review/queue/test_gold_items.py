"""Gold items look like any other pair, and nothing on them ever counts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from configs.settings import settings
from registry.errors import ReviewError
from registry.linkage import candidates, runs
from registry.models import Candidate, GoldItem, GoldReview, Identity, Review
from review.pair import surroundings
from review.queue import assignment, gold_items, reservation, workload
from review.verdicts import decisions, history

pytestmark = pytest.mark.django_db


def take_and_judge(person, candidate, verdict="same", reason="family_agrees"):
    assert assignment.take_next(person).pk == candidate.pk
    return decisions.decide(person, candidate.pk, verdict, reason)


def test_verdicts_on_a_gold_item_are_kept_apart_and_everybody_gets_it_once(stock):
    lead, people = stock.user("lead"), [stock.user() for _ in range(4)]
    candidate = stock.candidate()
    item = gold_items.plant(lead, candidate.pk, "different")
    outcomes = [take_and_judge(person, candidate).outcome for person in people]
    assert outcomes == ["second"] * 4  # what a first verdict on any pair leads to
    candidate.refresh_from_db()
    assert candidate.status == "open" and candidate.reserved_by is None
    assert not Review.objects.exists() and not Identity.objects.exists()
    assert GoldReview.objects.filter(item=item).count() == 4
    assert all(assignment.take_next(person) is None for person in [*people, lead])
    (listed,) = gold_items.listing(lead)
    assert (listed.judged, listed.right) == (4, 0)


def test_numbers_of_verdicts_run_through_both_tables(stock):
    lead, person = stock.user("lead"), stock.user()
    golden = stock.candidate(probability=0.99)
    stock.candidate(probability=0.5)
    gold_items.plant(lead, golden.pk, "same")
    first = take_and_judge(person, golden)
    second = decisions.decide(person, assignment.take_next(person).pk, "same", "family_agrees")
    assert second.review_id == first.review_id + 1
    assert [v.review_id for v in workload.own_verdicts(person)] == [second.review_id, first.review_id]
    assert [v.review_id for v in workload.own_verdicts(person, before=second.review_id)] == [first.review_id]
    assert {v.ordinal for v in workload.own_verdicts(person)} == {1}
    day = workload.day(person)
    assert (day.decided_today, day.first) == (2, 0)


def test_a_verdict_on_a_gold_item_is_withdrawn_like_any_other(stock):
    lead, person, other = stock.user("lead"), stock.user(), stock.user()
    candidate = stock.candidate()
    gold_items.plant(lead, candidate.pk, "same")
    assignment.take_next(person)
    given = decisions.decide(person, candidate.pk, "different", "sibling", "a doubt")
    assert decisions.undoable(person, given.review_id) == ""
    assert decisions.undoable(other, given.review_id) == "unknown"
    undone = decisions.withdraw(person, given.review_id)
    assert (undone.verdict, undone.reason, undone.note, undone.held) == ("different", "sibling", "a doubt", True)
    assert [v.withdrawn for v in workload.own_verdicts(person)] == [True]
    decisions.decide(person, candidate.pk, "same", "family_agrees")
    assert GoldReview.objects.filter(withdrawn_at=None).count() == 1
    take_and_judge(other, candidate)
    number = GoldReview.objects.get(reviewer=person, withdrawn_at=None).pk
    assert decisions.undoable(person, number) == "judged_since"
    with pytest.raises(ReviewError):
        decisions.withdraw(person, number)


def test_a_gold_item_handed_over_goes_to_an_adjudicator_and_back_to_the_queue(stock):
    lead, person, judge, other = stock.user("lead"), stock.user(), stock.user("adjudicator"), stock.user()
    candidate = stock.candidate()
    gold_items.plant(lead, candidate.pk, "same")
    assignment.take_next(person)
    decisions.escalate(person, candidate.pk, "complex")
    assert assignment.take_next(other) is None
    take_and_judge(judge, candidate)
    assert assignment.take_next(person) is None
    take_and_judge(other, candidate)


def test_only_leads_plant_and_only_what_nobody_has_judged(stock):
    lead, candidate = stock.user("lead"), stock.candidate()
    for role in ("verifier", "adjudicator", "data", "auditor", "admin"):
        with pytest.raises(ReviewError) as refused:
            gold_items.plant(stock.user(role), candidate.pk, "same")
        assert refused.value.code == "role"
    for answer in ("cannot_tell", "", "perhaps"):
        with pytest.raises(ReviewError):
            gold_items.plant(lead, candidate.pk, answer)
    with pytest.raises(ReviewError):
        gold_items.plant(lead, 0, "same")
    stock.judge(candidate, "same")
    with pytest.raises(ReviewError) as refused:
        gold_items.plant(lead, candidate.pk, "same")
    assert refused.value.code == "judged"


def test_retired_it_is_an_ordinary_pair_and_its_verdicts_do_not_count(stock):
    lead, first = stock.user("lead"), stock.user()
    candidate = stock.candidate()
    item = gold_items.plant(lead, candidate.pk, "same")
    take_and_judge(first, candidate)
    gold_items.retire(lead, item.pk)
    assert take_and_judge(first, candidate).outcome == "second"
    assert take_and_judge(stock.user(), candidate).outcome == "verified"
    assert Review.objects.count() == 2
    with pytest.raises(ReviewError):
        gold_items.retire(lead, item.pk)
    with pytest.raises(ReviewError):
        gold_items.plant(lead, candidate.pk, "same")


def test_the_database_refuses_what_would_make_a_gold_item_count(stock):
    lead, person, candidate = stock.user("lead"), stock.user(), stock.candidate()
    item = gold_items.plant(lead, candidate.pk, "same")
    facts = {"candidate": candidate, "reviewer": person, "ordinal": 1, "verdict": "same", "reason": "other"}
    with pytest.raises(DatabaseError, match="gold"), transaction.atomic():
        Review.objects.create(**facts, decided_at=timezone.now(), shown={})
    for status in ("second", "disputed", "verified", "rejected"):
        with pytest.raises(DatabaseError, match="gold"), transaction.atomic():
            Candidate.objects.filter(pk=candidate.pk).update(status=status)
    judged = stock.candidate()
    stock.judge(judged, "same")
    with pytest.raises(DatabaseError, match="judged"), transaction.atomic():
        GoldItem.objects.create(candidate=judged, answer="same", planted_by=lead, planted_at=timezone.now())
    gold_items.judge(item, person, "same", "other")
    for change in ({"verdict": "different"}, {"reviewer": lead}, {"decided_at": timezone.now()}):
        with pytest.raises(DatabaseError), transaction.atomic():
            GoldReview.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        GoldReview.objects.all()._raw_delete("default")
    with pytest.raises(DatabaseError), transaction.atomic():
        GoldItem.objects.filter(pk=item.pk).update(candidate=stock.candidate())


def test_now_and_then_a_gold_item_stands_in_for_another_first_look(stock, monkeypatch):
    lead, person = stock.user("lead"), stock.user()
    likely, golden = stock.candidate(probability=0.9), stock.candidate(probability=0.2)
    gold_items.plant(lead, golden.pk, "same")
    monkeypatch.setattr(settings(), "gold_every", 1)
    assert assignment.take_next(person).pk == golden.pk
    decisions.decide(person, golden.pk, "same", "other")
    assert assignment.take_next(person).pk == likely.pk
    reservation.release(person, likely.pk)
    monkeypatch.setattr(settings(), "gold_every", 0)
    assert assignment.take_next(stock.user()).pk != golden.pk


def test_a_count_that_is_cut_short_is_not_lessened_by_a_gold_item(stock, monkeypatch):
    lead, person = stock.user("lead"), stock.user()
    golden = stock.candidate(probability=0.99)
    for _ in range(3):
        stock.candidate(probability=0.5)
    gold_items.plant(lead, golden.pk, "same")
    take_and_judge(person, golden)
    assert workload.day(person).first == 3
    monkeypatch.setattr(workload, "COUNTED", 2)
    assert workload.day(person).first == 2


def test_around_other_pairs_and_in_its_history_it_looks_judged_like_any_other(stock):
    lead, person, record = stock.user("lead"), stock.user(), stock.record()
    steps, states = [], []
    for planted in (True, False):
        judged = stock.candidate(left=record, probability=0.99)
        beside = stock.candidate(left=record, probability=0.1)
        if planted:
            gold_items.plant(lead, judged.pk, "same")
        take_and_judge(person, judged)
        steps.append([(s.step, s.verdict, s.outcome, s.person) for s in history.of_candidate(person, judged.pk).steps])
        around = surroundings.around(person, beside, beside.left_id, beside.right_id, blind=False)
        states.append({pair.candidate_id: pair.state for pair in around.others}[judged.pk])
    assert steps[0] == steps[1] and states == ["judged", "judged"]


def test_a_run_that_does_not_propose_it_again_leaves_a_gold_item(stock):
    lead, candidate = stock.user("lead"), stock.candidate()
    gold_items.plant(lead, candidate.pk, "same")
    candidates.store(runs.start("link", {}), [])
    assert Candidate.objects.filter(pk=candidate.pk).exists()


def test_a_corrected_row_ends_a_gold_item_as_any_pair(stock):
    lead, person, candidate = stock.user("lead"), stock.user(), stock.candidate()
    gold_items.plant(lead, candidate.pk, "same")
    given = take_and_judge(person, candidate)
    candidates.supersede([candidate.left_id])
    assert assignment.take_next(stock.user()) is None
    assert decisions.undoable(person, given.review_id) == "superseded"
    assert workload.own_verdicts(person)[0].superseded


def test_late_a_verdict_on_a_gold_item_looks_acted_upon(stock):
    lead, person, candidate = stock.user("lead"), stock.user(), stock.candidate()
    item = gold_items.plant(lead, candidate.pk, "same")
    old = GoldReview.objects.create(
        item=item, reviewer=person, verdict="same", reason="other", shown={},
        decided_at=timezone.now() - timedelta(hours=2),
    )  # fmt: skip
    assert decisions.undoable(person, old.pk) == "judged_since"
