"""A child's safety goes before everything, and whoever leads hears of it."""

from __future__ import annotations

import re

import pytest

from review.queue import assignment, waiting
from review.verdicts import decisions

pytestmark = pytest.mark.django_db


def hand_over(stock, pair, reason):
    person = stock.user()
    assert assignment.reservation.reserve(person, pair).pk == pair.pk
    decisions.escalate(person, pair.pk, reason)


def test_safety_comes_before_disputes_and_likelier_pairs(stock):
    disputed, likely, unlikely = (stock.candidate(probability=chance) for chance in (0.99, 0.9, 0.02))
    stock.judge(disputed, "same", "different")
    hand_over(stock, likely, "complex")
    hand_over(stock, unlikely, "safety")
    order = [assignment.take_next(stock.user("adjudicator")).pk for _ in range(3)]
    assert order == [unlikely.pk, disputed.pk, likely.pk]
    assert assignment.take_next(stock.user()) is None, "adjudicators alone are given them"


def test_the_lead_sees_what_waits_with_reasons_and_since_when(stock, sign_in):
    pairs = [stock.candidate() for _ in range(4)]
    hand_over(stock, pairs[0], "know_child")
    hand_over(stock, pairs[1], "safety")
    stock.judge(pairs[2], "same")
    stock.judge(pairs[3], "same", "different")
    assert [(one.reason, one.pairs) for one in waiting.handed_over()] == [("safety", 1), ("know_child", 1)]
    lead = sign_in("olena", "lead")
    html = lead.get("/quality/").content.decode()
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))
    assert "1 pair was handed over for that" in text and "before everything else" in text
    assert "handed over: a child's safety may be at stake" in text.replace("&#x27;", "'")
    assert re.search(r"for a second verdict ?1 pair, the first since \d\d\.\d\d\.\d{4}", text)
    assert re.search(r"for a third person ?1 pair", text)
    assert re.search(r"verdicts a day.*\d\d\.\d\d\.: 3 ", text)
    assert "safety-waits" in lead.get("/").content.decode()
    assert "safety-waits" not in sign_in("maria").get("/").content.decode()


def test_once_judged_it_waits_no_more(stock):
    pair = stock.candidate()
    hand_over(stock, pair, "safety")
    assert waiting.for_safety() is not None
    stock.judge(pair, "same")
    assert waiting.for_safety() is None
