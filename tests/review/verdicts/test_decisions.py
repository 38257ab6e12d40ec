from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from configs.settings import settings as chosen
from registry import audit
from registry.errors import ReviewError
from registry.models import REASONS, AuditEntry, Candidate, Identity, Review, Verdict
from review.queue import assignment, reservation, workload
from review.verdicts import decisions

pytestmark = pytest.mark.django_db

S, D, C = "same", "different", "cannot_tell"


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([S], "second"), ([D], "second"), ([C], "second"),
        ([S, S], "verified"), ([D, D], "rejected"), ([C, C], "unresolved"),
        ([S, D], "disputed"), ([D, S], "disputed"), ([S, C], "disputed"), ([C, D], "disputed"),
        ([S, D, S], "verified"), ([D, S, S], "verified"), ([S, C, S], "verified"), ([C, S, S], "verified"),
        ([S, D, D], "rejected"), ([S, C, D], "rejected"), ([C, D, D], "rejected"),
        ([S, D, C], "unresolved"), ([C, D, S], "unresolved"), ([D, C, S], "unresolved"), ([S, C, C], "unresolved"),
    ],
)  # fmt: skip
def test_what_verdicts_lead_to(verdicts, expected, stock):
    candidate = stock.candidate()
    assert decisions.outcome(verdicts) == expected
    decision = stock.judge(candidate, *verdicts)
    candidate.refresh_from_db()
    assert decision.outcome == candidate.status == expected
    assert (decision.identity_id is not None) == Identity.objects.exists() == (expected == "verified")
    assert list(Review.objects.order_by("ordinal").values_list("verdict", flat=True)) == verdicts
    assert candidate.reserved_by is None and candidate.reserved_until is None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=st.lists(st.sampled_from(["take", "skip", "release", S, D, C]), max_size=12))
def test_no_sequence_of_calls_by_one_person_verifies(calls, stock):
    candidate, person = stock.candidate(), stock.user("lead")
    for call in calls:
        try:
            if call == "take":
                assignment.take_next(person)
            elif call in REASONS:
                decisions.decide(person, candidate.pk, call, "other")
            else:
                getattr(reservation, call)(person, candidate.pk)
        except ReviewError:
            continue
    candidate.refresh_from_db()
    assert candidate.status in {"open", "second"}
    assert Review.objects.filter(candidate=candidate).count() <= 1
    Candidate.objects.filter(pk=candidate.pk).update(reserved_by=None, reserved_until=None)


def test_queue_order_likeliest_then_second_reviews(stock):
    low, first, second = (stock.candidate(probability=chance) for chance in (0.5, 0.9, 0.9))
    stock.judge(second, "same")
    taken = []
    for _ in range(4):
        candidate = assignment.take_next(stock.user())
        taken.append(candidate and candidate.pk)
    assert taken == [second.pk, first.pk, low.pk, None]


def test_a_person_keeps_the_candidate_they_hold(stock):
    stock.candidate(probability=0.8)
    person = stock.user()
    held = assignment.take_next(person)
    better = stock.candidate(probability=0.99)
    assert assignment.take_next(person).pk == held.pk
    assert assignment.take_next(stock.user()).pk == better.pk
    assert AuditEntry.objects.filter(action="candidate.taken").count() == 2


def test_an_expired_lease_frees_the_candidate_but_loses_no_verdict(stock):
    candidate = stock.candidate()
    slow, quick = stock.user(), stock.user()
    past = timezone.now() - timedelta(minutes=1)
    assignment.take_next(slow)
    Candidate.objects.update(reserved_until=past)
    assert decisions.decide(slow, candidate.pk, S, "family_agrees").outcome == "second"

    assignment.take_next(quick)
    Candidate.objects.update(reserved_until=past)
    third = stock.user()
    assert assignment.take_next(third).pk == candidate.pk
    with pytest.raises(ReviewError) as refused:
        decisions.decide(quick, candidate.pk, S, "family_agrees")
    assert refused.value.code == "not_reserved"


def test_renew_release_and_skip(stock):
    first, second = stock.candidate(probability=0.9), stock.candidate(probability=0.8)
    person, other = stock.user(), stock.user()
    taken = assignment.take_next(person)
    soon = timezone.now() + timedelta(seconds=5)
    Candidate.objects.filter(pk=taken.pk).update(reserved_until=soon)
    assert reservation.renew(person, taken.pk).reserved_until > soon
    with pytest.raises(ReviewError):
        reservation.renew(other, taken.pk)
    with pytest.raises(ReviewError):
        reservation.skip(other, taken.pk)
    reservation.release(other, taken.pk)
    assert Candidate.objects.get(pk=first.pk).reserved_by == person
    reservation.skip(person, first.pk)
    assert assignment.take_next(person).pk == second.pk
    assert assignment.take_next(other).pk == first.pk
    reservation.release(person, second.pk)
    assert Candidate.objects.get(pk=second.pk).reserved_by is None
    assignment.take_next(person)
    reservation.skip(person, second.pk)
    assert assignment.take_next(person) is None


def test_nobody_gets_what_they_have_judged(stock):
    candidate = stock.candidate()
    person = stock.user("lead")
    stock.judge(candidate, S, by=[person])
    assert assignment.take_next(person) is None
    Candidate.objects.update(reserved_by=person, reserved_until=timezone.now() + timedelta(hours=1))
    with pytest.raises(ReviewError) as refused:
        decisions.decide(person, candidate.pk, S, "other")
    assert refused.value.code == "already_reviewed"


def test_disputed_goes_to_adjudicators_first(stock):
    stock.candidate(probability=0.99)
    disputed = stock.candidate(probability=0.3)
    stock.judge(disputed, S, D)
    assert assignment.take_next(stock.user("verifier")).pk != disputed.pk
    adjudicator = stock.user("adjudicator")
    assert assignment.take_next(adjudicator).pk == disputed.pk
    assert decisions.decide(adjudicator, disputed.pk, S, "other").outcome == "verified"
    again = stock.candidate()
    stock.judge(again, S, C)
    verifier = stock.user()
    Candidate.objects.filter(pk=again.pk).update(
        reserved_by=verifier, reserved_until=timezone.now() + timedelta(hours=1)
    )
    with pytest.raises(ReviewError) as refused:
        decisions.decide(verifier, again.pk, S, "other")
    assert refused.value.code == "adjudicators_only"


@pytest.mark.parametrize("role", ["data", "auditor", "admin"])
def test_other_roles_do_not_judge(stock, role):
    candidate = stock.candidate()
    with pytest.raises(ReviewError) as refused:
        assignment.take_next(stock.user(role))
    assert refused.value.code == "role"
    with pytest.raises(ReviewError):
        decisions.decide(stock.user(role), candidate.pk, S, "other")


def test_unknown_words_and_decided_candidates_are_refused(stock):
    candidate, person = stock.candidate(), stock.user()
    assignment.take_next(person)
    for verdict, reason, code in [("maybe", "other", "unknown_verdict"), (S, "name_conflict", "unknown_reason")]:
        with pytest.raises(ReviewError) as refused:
            decisions.decide(person, candidate.pk, verdict, reason)
        assert refused.value.code == code
    stock.judge(candidate, D, D)
    with pytest.raises(ReviewError):
        decisions.decide(person, candidate.pk, S, "other")
    assert set(REASONS) == set(Verdict.values)


def test_what_was_shown_is_kept_without_the_score_on_blind_reviews(stock):
    candidate = stock.candidate()
    stock.judge(candidate, S, D, S)
    first, second, third = Review.objects.order_by("ordinal")
    assert first.shown["probability"] == third.shown["probability"] == 0.9
    assert second.shown["blind"] is True and isinstance(second.shown["swapped"], bool)
    assert not {"weight", "probability", "scenario"} & set(second.shown)
    assert first.shown["records"] == [candidate.left_id, candidate.right_id]


def test_counts_and_audit(stock):
    stock.judge(stock.candidate(), S, S)
    stock.candidate()
    assert workload.waiting(100) == {"open": 1, "second": 0, "disputed": 0, "listed_twice": 0}
    assert workload.waiting(0) == {"open": 0, "second": 0, "disputed": 0, "listed_twice": 0}
    assert [
        entry.data["outcome"] for entry in AuditEntry.objects.filter(action="candidate.decided").order_by("seq")
    ] == [
        "second",
        "verified",
    ]
    assert audit.verify().sound


def test_unlikely_pairs_are_not_offered_unless_somebody_has_judged_them(stock, monkeypatch):
    unlikely, likely, edge, second, disputed = (stock.candidate(probability=p) for p in (0.29, 0.8, 0.3, 0.1, 0.05))
    stock.judge(second, S)
    stock.judge(disputed, S, D)
    monkeypatch.setattr(chosen(), "review_from", 0.3)
    assert workload.waiting(100)["open"] == 2
    assert workload.day(stock.user()).first == 2 and workload.day(stock.user()).second == 1
    assert [assignment.take_next(stock.user(role)) for role in ("lead", *["verifier"] * 4)] == [
        disputed,
        likely,
        edge,
        second,
        None,
    ]
    monkeypatch.setattr(chosen(), "review_from", 0.0)
    assert assignment.take_next(stock.user()) == unlikely
