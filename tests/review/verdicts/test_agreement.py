"""Agreement, gold items, pace and drift against figures worked out by hand."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from configs.settings import settings
from registry.errors import ReviewError
from registry.models import AuditEntry, Candidate
from review.queue import assignment, breaks, gold_items
from review.verdicts import agreement, decisions, reopening

SAME, DIFFERENT, UNSURE = "same", "different", "cannot_tell"


def test_kappa_of_a_table_worked_by_hand():
    # 20 both same, 5 and 10 mixed, 15 both different: observed 0.7, by chance 0.5 * 0.6 + 0.5 * 0.4 = 0.5, kappa 0.4.
    pairs = [(SAME, SAME)] * 20 + [(SAME, DIFFERENT)] * 5 + [(DIFFERENT, SAME)] * 10 + [(DIFFERENT, DIFFERENT)] * 15
    found = agreement.agreement(pairs)
    assert (found.pairs, found.share) == (50, 0.7)
    assert found.kappa == pytest.approx(0.4)


def test_kappa_with_three_verdicts_worked_by_hand():
    # Observed 4/6; first: 3 same, 2 different, 1 unsure; second: 2, 2, 2; by chance (3*2 + 2*2 + 1*2) / 36 = 1/3.
    pairs = [(SAME, SAME), (SAME, SAME), (SAME, UNSURE), (DIFFERENT, DIFFERENT), (DIFFERENT, DIFFERENT)]
    found = agreement.agreement([*pairs, (UNSURE, UNSURE)])
    assert found.share == pytest.approx(5 / 6)
    assert found.kappa == pytest.approx((5 / 6 - 1 / 3) / (2 / 3))


def test_kappa_where_it_means_nothing():
    assert agreement.agreement([]) == agreement.Agreement(0, None, None)
    assert agreement.agreement([(SAME, SAME)] * 9) == agreement.Agreement(9, 1.0, None)
    opposite = agreement.agreement([(SAME, DIFFERENT), (DIFFERENT, SAME)])
    assert opposite.kappa == pytest.approx(-1.0)


def test_drift_of_two_shares_worked_by_hand():
    # 40 of 100 before, 30 of 50 now: pooled 70/150, error sqrt(7/15 * 8/15 * 3/100), z = 0.2 / error = 2.315.
    before = [SAME] * 40 + [DIFFERENT] * 60
    found = agreement.drift(before + [SAME] * 30 + [UNSURE] * 20)
    assert (found.before, found.recent) == (0.4, 0.6)
    assert found.z == pytest.approx(0.2 / math.sqrt(7 / 15 * 8 / 15 * 0.03))
    assert found.notable
    assert not agreement.drift(before + [SAME] * 22 + [UNSURE] * 28).notable


def test_no_drift_where_there_is_too_little_or_no_variety():
    assert agreement.drift([SAME] * 99) == agreement.Drift(None, None, None)
    assert agreement.drift([SAME] * 100) == agreement.Drift(1.0, 1.0, None)


def test_pace_is_median_and_quartiles():
    assert agreement.pace([]) == agreement.Pace(0, None, None, None)
    assert agreement.pace([7]) == agreement.Pace(1, 7, 7, 7)
    assert agreement.pace([8, 2, 4, 6]) == agreement.Pace(4, 3.5, 5, 6.5)
    assert agreement.pace([1, 2, 3, 4, 100]) == agreement.Pace(5, 2, 3, 4)


def test_wilsons_interval():
    # 8 of 10 (Wilson 1927; the figures of Brown, Cai and DasGupta 2001): 0.490 to 0.943.
    low, high = agreement.wilson(8, 10)
    assert (round(low, 3), round(high, 3)) == (0.49, 0.943)
    assert agreement.wilson(0, 0) == (0.0, 1.0)
    assert agreement.wilson(10, 10)[1] == 1.0


def test_weeks_are_counted_from_monday_and_empty_ones_are_there():
    def on(day):
        return datetime(2025, 3, day, 12, tzinfo=UTC)

    found = agreement.weeks([(on(3), SAME), (on(9), UNSURE), (on(19), SAME), (on(20), DIFFERENT)])
    assert [(w.monday.day, w.verdicts, w.same, w.cannot_tell) for w in found] == [
        (3, 2, 1, 1), (10, 0, 0, 0), (17, 2, 1, 0),
    ]  # fmt: skip
    assert agreement.weeks([]) == ()


@pytest.mark.django_db
def test_the_report_of_a_small_team(stock):
    lead, maria, petro, iryna = (stock.user(role) for role in ("lead", "verifier", "verifier", "adjudicator"))
    family, other = stock.batch(), stock.batch("paper")
    for one, two in [(SAME, SAME), (DIFFERENT, DIFFERENT), (SAME, DIFFERENT), (UNSURE, UNSURE)]:
        pair = stock.candidate(stock.record(batch=family), stock.record(batch=other))
        stock.judge(pair, one, two, by=[maria, petro])
        if {one, two} == {SAME, DIFFERENT}:
            stock.judge(pair, SAME, by=[iryna])
    golden = stock.candidate()
    gold_items.plant(lead, golden.pk, DIFFERENT)
    stock.judge(golden, DIFFERENT, SAME, by=[maria, petro])
    report = agreement.report(lead)
    names = {m.name: m for m in report.reviewers}
    assert [m.name for m in report.reviewers] == sorted(m.username for m in (maria, petro, iryna))
    together = report.together
    assert (together.verdicts, together.agreement.pairs, together.agreement.share) == (9, 4, 0.75)
    # First: 2 same, 1 different, 1 unsure; second: 1, 2, 1; by chance (2 + 2 + 1) / 16.
    assert together.agreement.kappa == pytest.approx((12 / 16 - 5 / 16) / (11 / 16))
    assert (together.hits.right, together.hits.judged) == (1, 2)
    assert (names[maria.username].hits.right, names[petro.username].hits.right) == (1, 0)
    assert names[maria.username].agreement == names[petro.username].agreement
    assert names[iryna.username].agreement.pairs == 0
    assert [m.name for m in report.sources] == ["family_reports", "paper"]
    assert report.sources[1].agreement.pairs == 4
    assert sum(week.verdicts for week in together.weeks) == 9


@pytest.mark.django_db
def test_pace_is_measured_from_taking_to_judging(stock):
    lead, maria = stock.user("lead"), stock.user()
    pair = stock.candidate()
    assignment.take_next(maria)
    decisions.decide(maria, pair.pk, SAME, "other")
    (measured,) = agreement.report(lead).reviewers
    taken = AuditEntry.objects.get(action="candidate.taken")
    assert measured.pace.verdicts == 1 and 0 < measured.pace.middle < 30
    assert taken.actor == f"user:{maria.pk}"


@pytest.mark.django_db
def test_withdrawn_verdicts_are_not_measured(stock):
    lead, maria = stock.user("lead"), stock.user()
    pair = stock.candidate()
    assignment.take_next(maria)
    given = decisions.decide(maria, pair.pk, SAME, "other")
    decisions.withdraw(maria, given.review_id)
    assert agreement.report(lead).together.verdicts == 0


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["verifier", "adjudicator", "data", "auditor", "admin"])
def test_only_the_lead_gets_figures(stock, role):
    with pytest.raises(ReviewError):
        agreement.report(stock.user(role))
    with pytest.raises(ReviewError):
        gold_items.listing(stock.user(role))


def test_a_stretch_ends_with_a_break():
    now = timezone.now()

    def ago(*minutes):
        return [now - timedelta(minutes=m) for m in minutes]

    assert breaks.measure([], now) == breaks.Stretch(0, 0)
    assert breaks.measure(ago(11), now) == breaks.Stretch(0, 0)
    assert breaks.measure(ago(60, 20, 15, 9, 1), now) == breaks.Stretch(4, 20)
    assert breaks.measure(ago(*range(59, 0, -5)), now) == breaks.Stretch(12, 59)


def test_a_pause_is_proposed_after_so_many_minutes_or_verdicts(monkeypatch):
    monkeypatch.setattr(settings(), "pause_after_minutes", 50)
    monkeypatch.setattr(settings(), "pause_after_verdicts", 25)
    assert not breaks.Stretch(24, 49).long
    assert breaks.Stretch(25, 5).long and breaks.Stretch(2, 50).long


@pytest.mark.django_db
def test_the_stretch_of_a_person_counts_gold_items_too(stock):
    lead, maria = stock.user("lead"), stock.user()
    first, second = stock.candidate(), stock.candidate()
    gold_items.plant(lead, first.pk, SAME)
    stock.judge(first, SAME, by=[maria])
    stock.judge(second, SAME, by=[maria])
    assert breaks.stretch(maria).verdicts == 2
    assert Candidate.objects.get(pk=first.pk).status == "open"


@pytest.mark.django_db
def test_verdicts_before_a_pair_was_opened_again_are_held_against_each_other(stock):
    """Two agreed on *different*; two others on *same*: two agreements, and nobody disagreed with anybody."""
    lead, candidate = stock.user("lead"), stock.candidate()
    stock.judge(candidate, DIFFERENT, DIFFERENT)
    reopening.reopen(lead, candidate.pk, "new_evidence")
    stock.judge(candidate, SAME)
    assert agreement.report(lead).together.agreement == agreement.Agreement(1, 1.0, None)
    stock.judge(candidate, SAME)
    found = agreement.report(lead)
    assert (found.together.agreement.pairs, found.together.agreement.share) == (2, 1.0)
    assert all(person.agreement.share == 1.0 for person in found.reviewers)
