"""A verdict that is taken back undoes what it led to, and nothing that others decided before it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from registry.judgements import changes, log, replay
from registry.models import Candidate, Identity, Judgement, Says
from review.verdicts import decisions, reopening

pytestmark = pytest.mark.django_db(transaction=True)

REPEATED = ["same", "different", "cannot_tell"]


def opened_again(stock, *verdicts):
    """A pair that two people decided and a lead has opened again."""
    pair = stock.candidate()
    stock.judge(pair, *verdicts)
    reopening.reopen(stock.user("lead"), pair.pk, "second_thoughts")
    return Candidate.objects.get(pk=pair.pk)


def take_back_first(stock, pair, verdict):
    person = stock.user()
    decisions.withdraw(person, stock.judge(pair, verdict, by=[person]).review_id)


@pytest.mark.parametrize("verdict", REPEATED)
def test_a_child_that_was_opened_again_outlives_a_first_verdict_taken_back(stock, verdict):
    pair = opened_again(stock, "same", "same")
    take_back_first(stock, pair, verdict)
    assert Identity.objects.get().members.count() == 2
    assert Judgement.objects.get().says == Says.SAME and replay.states() == replay.stored()


@pytest.mark.parametrize("verdict", REPEATED)
def test_two_children_that_were_opened_again_stay_apart(stock, verdict):
    pair = opened_again(stock, "different", "different")
    take_back_first(stock, pair, verdict)
    left, right = pair.left_id, pair.right_id
    assert [one.says for one in log.among([left, right], Says.DIFFERENT)] == [Says.DIFFERENT]
    middle = stock.record()
    stock.judge(stock.candidate(pair.left, middle), "same", "same")
    assert stock.judge(stock.candidate(pair.right, middle), "same", "same").outcome == "contested"


def test_a_different_given_once_more_and_taken_back_leaves_the_earlier_one(stock):
    pair, people = opened_again(stock, "different", "different"), [stock.user(), stock.user()]
    last = stock.judge(pair, "different", "different", by=people)
    decisions.withdraw(people[1], last.review_id)
    assert len(log.among([pair.left_id, pair.right_id], Says.DIFFERENT)) == 1


def test_a_different_after_a_split_that_is_taken_back_leaves_the_split(stock):
    rows = [stock.record() for _ in range(4)]
    for left, right in pairwise(rows):
        made = stock.judge(stock.candidate(left, right), "same", "same")
    parts = [[row.pk for row in rows[:2]], [row.pk for row in rows[2:]]]
    asked = changes.ask(stock.user("lead"), "split", made.identity_id, "siblings", parts=parts)
    changes.decide(stock.user("lead"), asked.pk, allowed=True)
    people = [stock.user(), stock.user()]
    last = stock.judge(stock.candidate(rows[0], rows[3]), "different", "different", by=people)
    decisions.withdraw(people[1], last.review_id)
    assert len(log.among([row.pk for row in rows], Says.DIFFERENT)) == 4
    assert Identity.objects.filter(status="verified").count() == 2 and replay.states() == replay.stored()
