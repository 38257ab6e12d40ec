"""Whatever people do and in whichever order, the decisions keep their rules; on a real PostgreSQL."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from registry.errors import ReviewError
from registry.models import ESCALATION_REASONS, REASONS, Identity, Review, Withdrawal
from review.queue import assignment, reservation
from review.verdicts import decisions

pytestmark = pytest.mark.django_db

VERDICTS = st.sampled_from(sorted(REASONS))


class Decisions(RuleBasedStateMachine):
    """Three people and one lead do what they like with one pair."""

    stock = None
    people = ("verifier", "verifier", "adjudicator", "lead")

    def __init__(self):
        super().__init__()
        self.point = transaction.atomic()
        self.point.__enter__()
        self.candidate = self.stock.candidate()
        self.users = [self.stock.user(role) for role in self.people]
        self.blind_withdrawn = set()

    def user(self, number):
        return self.users[number % len(self.users)]

    def teardown(self):
        transaction.set_rollback(True)
        self.point.__exit__(None, None, None)

    def attempt(self, call, *arguments):
        try:
            with transaction.atomic():
                return call(*arguments)
        except ReviewError:
            return None

    @rule(who=st.integers(0, 3))
    def take(self, who):
        taken = self.attempt(assignment.take_next, self.user(who))
        if taken is not None:
            assert taken.pk == self.candidate.pk
            mine = Review.objects.filter(candidate=taken, reviewer=self.user(who), withdrawal__isnull=True)
            assert not mine.exists()
            assert self.user(who).pk not in self.blind_withdrawn

    @rule(who=st.integers(0, 3), verdict=VERDICTS, note=st.sampled_from(["", "two marks"]))
    def decide(self, who, verdict, note):
        before = list(decisions.standing(self.candidate))
        made = self.attempt(decisions.decide, self.user(who), self.candidate.pk, verdict, "other", note)
        if made is not None:
            assert made.ordinal == len(before) + 1
            assert self.user(who).pk not in {review.reviewer_id for review in before}

    @rule(who=st.integers(0, 3))
    def skip_or_release(self, who):
        self.attempt(reservation.release, self.user(who), self.candidate.pk)

    @rule(who=st.integers(0, 3), reason=st.sampled_from(ESCALATION_REASONS))
    def escalate(self, who, reason):
        self.attempt(decisions.escalate, self.user(who), self.candidate.pk, reason, "")

    @rule(who=st.integers(0, 3))
    def undo(self, who):
        last = Review.objects.filter(reviewer=self.user(who)).order_by("-pk").first()
        if last is None:
            return
        free = decisions.undoable(self.user(who), last.pk) == ""
        undone = self.attempt(decisions.withdraw, self.user(who), last.pk)
        assert (undone is not None) == free
        if undone is not None and last.ordinal == 2:
            assert not undone.held
            self.blind_withdrawn.add(self.user(who).pk)

    @rule(who=st.integers(0, 3), other=st.integers(0, 3))
    def undo_of_another(self, who, other):
        last = Review.objects.filter(reviewer=self.user(other)).order_by("-pk").first()
        if self.user(who) != self.user(other) and last is not None:
            assert self.attempt(decisions.withdraw, self.user(who), last.pk) is None

    @invariant()
    def status_follows_from_the_standing_verdicts(self):
        self.candidate.refresh_from_db()
        standing = list(decisions.standing(self.candidate))
        wanted = decisions.outcome([review.verdict for review in standing]) if standing else "open"
        assert self.candidate.status == wanted
        assert [review.ordinal for review in standing] == list(range(1, len(standing) + 1))
        assert len({review.reviewer_id for review in standing}) == len(standing)

    @invariant()
    def verified_means_two_people_said_same(self):
        same = {r.reviewer_id for r in decisions.standing(self.candidate) if r.verdict == "same"}
        assert (self.candidate.status == "verified") == (len(same) >= 2) == Identity.objects.exists()

    @invariant()
    def nothing_is_deleted(self):
        kept = Review.objects.filter(candidate=self.candidate).count()
        assert kept == decisions.standing(self.candidate).count() + Withdrawal.objects.count()


class OnePerson(Decisions):
    """One person alone, a lead even, with all calls there are."""

    people = ("lead",)

    @rule(verdict=VERDICTS)
    def decide_at_once(self, verdict):
        self.attempt(assignment.take_next, self.users[0])
        self.attempt(decisions.decide, self.users[0], self.candidate.pk, verdict, "other", "")

    @invariant()
    def never_more_than_one_verdict(self):
        assert decisions.standing(self.candidate).count() <= 1
        assert self.candidate.status in {"open", "second"}
        assert not Identity.objects.exists()


def run(machine, stock, examples):
    bound = type(machine.__name__, (machine,), {"stock": stock})
    checks = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    chosen = settings(max_examples=examples, stateful_step_count=20, deadline=None, suppress_health_check=checks)
    run_state_machine_as_test(bound, settings=chosen)


def test_any_sequence_of_calls_by_four_people_keeps_the_rules(stock):
    run(Decisions, stock, 12)


def test_no_sequence_of_calls_by_one_person_ends_in_verified(stock):
    run(OnePerson, stock, 8)
