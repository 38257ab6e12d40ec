"""Who may read which steps of a pair, and what reading them leads to."""

import pytest

from registry.errors import ReviewError
from registry.models import AuditEntry, Review
from review.pair import pair_view
from review.queue import assignment, reservation
from review.verdicts import decisions, history

pytestmark = pytest.mark.django_db


def steps(user, candidate):
    found = history.of_candidate(user, candidate.pk)
    return found.whole, [(step.step, step.person, step.own) for step in found.steps]


def test_until_it_is_decided_everybody_sees_their_own_steps_only(stock):
    candidate, first, lead, stranger = stock.candidate(), stock.user(), stock.user("lead"), stock.user()
    assignment.take_next(first)
    decisions.decide(first, candidate.pk, "same", "other")
    assert steps(first, candidate) == (False, [("taken", 1, True), ("decided", 1, True)])
    for person in (lead, stranger):
        with pytest.raises(ReviewError):
            history.of_candidate(person, candidate.pk)
    stock.judge(candidate, "different", by=[stranger])
    assert steps(first, candidate)[0] is False
    whole, found = steps(lead, candidate)  # disputed: who adjudicates sees both
    assert whole and found == [("taken", 1, False), ("decided", 1, False), ("decided", 2, False)]


def test_a_decided_pair_is_open_to_those_who_took_part_and_to_adjudicators(stock):
    candidate, first, second = stock.candidate(), stock.user(), stock.user()
    stock.judge(candidate, "different", "different", by=[first, second])
    assert steps(first, candidate) == (True, [("decided", 1, True), ("decided", 2, False)])
    assert steps(stock.user("adjudicator"), candidate)[0]
    with pytest.raises(ReviewError):
        history.of_candidate(stock.user(), candidate.pk)
    with pytest.raises(ReviewError):
        history.of_candidate(stock.user("auditor"), candidate.pk)


def test_nothing_is_taken_back_once_somebody_else_has_read_all_verdicts(stock):
    candidate, first, second = stock.candidate(), stock.user(), stock.user()
    stock.judge(candidate, "different", "different", by=[first, second])
    last = Review.objects.get(reviewer=second)
    assert decisions.undoable(second, last.pk) == ""
    history.of_candidate(second, candidate.pk)
    assert decisions.undoable(second, last.pk) == ""
    history.of_candidate(stock.user("lead"), candidate.pk)
    assert decisions.undoable(second, last.pk) == "seen_since"
    assert AuditEntry.objects.filter(action="candidate.history_seen").count() == 2


def test_nothing_is_taken_back_once_a_third_person_has_read_both_reasons(stock):
    """Else the third person, who gave the pair back, could be given it for a second look that is not blind."""
    candidate, first, second, third = stock.candidate(), stock.user(), stock.user(), stock.user("lead")
    stock.judge(candidate, "same", "different", by=[first, second])
    assignment.take_next(third)
    pair_view.pair(third, candidate.pk)
    reservation.release(third, candidate.pk)
    assert decisions.undoable(second, Review.objects.get(reviewer=second).pk) == "seen_since"


def test_a_history_keeps_both_the_verdict_and_its_withdrawal(stock):
    candidate, person = stock.candidate(), stock.user()
    stock.judge(candidate, "same", by=[person])
    decisions.withdraw(person, Review.objects.get().pk)
    decisions.escalate(person, candidate.pk, "safety")
    found = history.of_candidate(person, candidate.pk)
    assert [step.step for step in found.steps] == ["decided", "withdrawn", "taken", "escalated"]
    assert found.steps[-1].reason == "safety"
