"""Taking a verdict back, handing a pair over, and what the database says to those who go round the services."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from registry import audit
from registry.errors import ReviewError
from registry.judgements import notes
from registry.models import AuditEntry, Candidate, Escalation, Note, Review, Withdrawal
from review.queue import assignment, reservation
from review.verdicts import decisions

pytestmark = pytest.mark.django_db(transaction=True)


def hold(person, candidate):
    lease = timezone.now() + timedelta(minutes=5)
    Candidate.objects.filter(pk=candidate.pk).update(reserved_by=person, reserved_until=lease)


def refused(call, *arguments):
    with pytest.raises(ReviewError) as caught:
        call(*arguments)
    return caught.value.code


def test_a_first_verdict_is_taken_back_and_given_anew(stock):
    candidate, person = stock.candidate(), stock.user()
    assignment.take_next(person)
    made = decisions.decide(person, candidate.pk, "same", "other", "the wrong key")
    assert decisions.undoable(person, made.review_id) == ""
    undone = decisions.withdraw(person, made.review_id)
    assert (undone.verdict, undone.note, undone.held) == ("same", "the wrong key", True)
    candidate.refresh_from_db()
    assert (candidate.status, candidate.reserved_by) == ("open", person)
    assert decisions.decide(person, candidate.pk, "different", "sibling").ordinal == 1
    assert Review.objects.count() == 2 and Withdrawal.objects.count() == 1
    assert refused(decisions.withdraw, person, made.review_id) == "withdrawn"
    actions = list(AuditEntry.objects.filter(object_type="candidate").order_by("seq").values_list("action", flat=True))
    assert actions[-4:] == ["candidate.decided", "candidate.withdrawn", "candidate.taken", "candidate.decided"]
    assert audit.verify().sound


def test_a_blind_verdict_taken_back_goes_to_somebody_else(stock):
    """The page after a verdict says what it led to; a second try would not be blind."""
    candidate, first, second, third = stock.candidate(), stock.user(), stock.user("lead"), stock.user()
    stock.judge(candidate, "same", "different", by=[first, second])
    review = Review.objects.get(reviewer=second)
    assert not decisions.withdraw(second, review.pk).held
    candidate.refresh_from_db()
    assert candidate.status == "second" and candidate.reserved_by is None
    assert assignment.take_next(second) is None
    hold(second, candidate)
    assert refused(decisions.decide, second, candidate.pk, "same", "other") == "already_reviewed"
    with pytest.raises(IntegrityError, match="review_once_per_person"), transaction.atomic():
        Review.objects.create(
            candidate=candidate, reviewer=second, ordinal=2, verdict="same", reason="other",
            decided_at=timezone.now(), shown={},
        )  # fmt: skip
    reservation.release(second, candidate.pk)
    assert assignment.take_next(third) == candidate
    assert decisions.decide(third, candidate.pk, "same", "other").outcome == "verified"


@pytest.mark.parametrize(
    ("verdicts", "whose", "code"),
    [(["same", "same"], 1, "verified"), (["same", "same"], 0, "verified"), (["same", "different"], 0, "judged_since")],
)
def test_what_others_acted_upon_stays(stock, verdicts, whose, code):
    candidate, people = stock.candidate(), [stock.user(), stock.user()]
    stock.judge(candidate, *verdicts, by=people)
    review = Review.objects.get(reviewer=people[whose])
    assert decisions.undoable(people[whose], review.pk) == code
    assert refused(decisions.withdraw, people[whose], review.pk) == code
    with pytest.raises(IntegrityError, match="acted upon"), transaction.atomic():
        Withdrawal.objects.create(review=review, by=people[whose], at=timezone.now())


def test_nothing_is_taken_back_while_somebody_else_looks(stock):
    candidate, first, second = stock.candidate(), stock.user(), stock.user()
    stock.judge(candidate, "same", by=[first])
    assignment.take_next(second)
    review = Review.objects.get()
    assert refused(decisions.withdraw, first, review.pk) == "in_other_hands"
    assert refused(decisions.withdraw, second, review.pk) == "unknown"
    with pytest.raises(IntegrityError, match="who gave it"), transaction.atomic():
        Withdrawal.objects.create(review=review, by=second, at=timezone.now())
    Candidate.objects.update(reserved_until=timezone.now() - timedelta(minutes=1))
    assert not decisions.withdraw(first, review.pk).held or Candidate.objects.get().reserved_by == first


@pytest.mark.parametrize("table", ["registry_withdrawal", "registry_escalation"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET at = now()", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_withdrawals_and_escalations_are_append_only(stock, table, statement):
    candidate, person = stock.candidate(), stock.user()
    stock.judge(candidate, "same", by=[person])
    decisions.withdraw(person, Review.objects.get().pk)
    decisions.escalate(person, candidate.pk, "complex")
    with pytest.raises(IntegrityError, match="refuses"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


def test_a_withdrawn_verdict_never_makes_two_people(stock):
    candidate, first, second = stock.candidate(), stock.user(), stock.user()
    stock.judge(candidate, "same", by=[first])
    decisions.withdraw(first, Review.objects.get().pk)
    reservation.release(first, candidate.pk)
    stock.judge(candidate, "same", by=[second])
    with pytest.raises(IntegrityError, match="two people"), transaction.atomic():
        Candidate.objects.filter(pk=candidate.pk).update(status="verified")


def test_an_escalated_pair_goes_to_adjudicators_and_stays_blind(stock):
    candidate, first, second = stock.candidate(probability=0.2), stock.user(), stock.user("lead")
    stock.candidate(probability=0.99)
    stock.judge(candidate, "same", by=[first])
    hold(second, candidate)
    assert refused(decisions.escalate, second, candidate.pk, "boredom") == "unknown_reason"
    decisions.escalate(second, candidate.pk, "safety", "ask for protection first")
    assert Note.objects.get().escalation == Escalation.objects.get()
    assert assignment.take_next(stock.user()).pk != candidate.pk
    reservation.release(second, candidate.pk)
    hold(second, candidate)
    assert refused(decisions.decide, second, candidate.pk, "same", "other") == "handed_over"
    reservation.release(second, candidate.pk)
    adjudicator = stock.user("adjudicator")
    assert assignment.take_next(adjudicator) == candidate
    made = decisions.decide(adjudicator, candidate.pk, "same", "other")
    assert (made.ordinal, made.outcome) == (2, "verified")
    assert Review.objects.get(ordinal=2).shown["blind"] is True


def test_a_verifier_holding_an_escalated_pair_is_refused(stock):
    candidate, person, other = stock.candidate(), stock.user(), stock.user()
    hold(person, candidate)
    decisions.escalate(person, candidate.pk, "know_child")
    hold(other, candidate)
    assert refused(decisions.decide, other, candidate.pk, "same", "other") == "adjudicators_only"


def test_disputed_pairs_are_with_the_adjudicators_already(stock):
    candidate, lead = stock.candidate(), stock.user("lead")
    stock.judge(candidate, "same", "different")
    hold(lead, candidate)
    assert refused(decisions.escalate, lead, candidate.pk, "complex") == "with_adjudicators"


def test_notes_have_a_length(stock):
    candidate, person = stock.candidate(), stock.user()
    hold(person, candidate)
    assert refused(decisions.decide, person, candidate.pk, "same", "other", "x" * 1001) == "note"
    decisions.decide(person, candidate.pk, "same", "other", "  a short one \n")
    assert notes.text_of(Note.objects.get()) == "a short one"
    Note.objects.all().delete()  # words of people can be erased; the verdict stays
    assert Review.objects.count() == 1


def test_nobody_judges_what_they_entered(stock):
    person = stock.user()
    candidate = stock.candidate(left=stock.record(entered_by=person))
    assert assignment.take_next(person) is None
    hold(person, candidate)
    assert refused(decisions.decide, person, candidate.pk, "same", "other") == "own_record"
    with pytest.raises(IntegrityError, match="entered a record"), transaction.atomic():
        Review.objects.create(
            candidate=candidate, reviewer=person, ordinal=1, verdict="same", reason="other",
            decided_at=timezone.now(), shown={},
        )  # fmt: skip
    reservation.release(person, candidate.pk)
    assert assignment.take_next(stock.user()) == candidate
