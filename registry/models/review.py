"""Verdicts, their withdrawal, handing over to an adjudicator, and gold items, whose verdicts are kept apart.

The database lets nobody change or remove a verdict.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from registry.models.candidate import Candidate
from registry.models.identity import Reopening


class Verdict(models.TextChoices):
    """What a person may say about a pair; `twice`, not `same`, where nobody is sought (`Candidate.listed_twice`)."""

    SAME = "same"
    TWICE = "twice"
    DIFFERENT = "different"
    CANNOT_TELL = "cannot_tell"


REASONS: dict[str, tuple[str, ...]] = {
    Verdict.SAME: (
        "name_and_birth",
        "alteration_explained",
        "family_agrees",
        "route_agrees",
        "document_or_traits",
        "other",
    ),
    Verdict.TWICE: ("copied", "corrected", "entered_again", "moved_on", "other"),
    Verdict.DIFFERENT: ("name_conflict", "birth_conflict", "family_conflict", "route_conflict", "sibling", "other"),
    Verdict.CANNOT_TELL: (
        "too_little",
        "contradiction",
        "common_name",
        "unclear_evidence",
        "ask_witness",
        "other",
    ),
}
"""Reason codes by verdict."""


ESCALATION_REASONS = ("safety", "complex", "know_child", "bad_record", "other")
"""Why a pair is handed over to an adjudicator."""


class Review(models.Model):
    """A verdict, its reason, and what was shown when it was given (`shown`: ids, scores and hashes only).

    `ordinal` is its place among the verdicts that stand. The database refuses a second standing verdict of one person
    or of one ordinal, and any verdict of a person who has withdrawn a blind one on the same pair.
    """

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="reviews")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews")
    ordinal = models.PositiveSmallIntegerField()
    verdict = models.CharField(max_length=12, choices=Verdict.choices)
    reason = models.CharField(max_length=40)
    decided_at = models.DateTimeField()
    shown = models.JSONField()

    class Meta:
        constraints = (
            models.CheckConstraint(name="review_three_at_most", condition=Q(ordinal__range=(1, 3))),
            models.CheckConstraint(name="review_known_verdict", condition=Q(verdict__in=Verdict.values)),
        )
        indexes = (
            models.Index(fields=["reviewer", "decided_at"], name="review_by_person"),
            models.Index(fields=["candidate", "reviewer"], name="review_of_candidate"),
        )


def standing() -> QuerySet[Review]:
    """Return the verdicts that count: neither withdrawn nor given before their pair was opened again."""
    since = Reopening.objects.filter(candidate=OuterRef("candidate"), after_review__gte=OuterRef("pk"))
    return Review.objects.filter(~Exists(since), withdrawal__isnull=True)


CHANGED_BECAUSE = ("bits", "family", "originals", "slip", "other")
"""Why a verdict is another than the provisional one that was given before the machine's opinion."""


class Provisional(models.Model):
    """What a person said of a pair by its records alone, before they saw the machine's opinion; once for each person.

    It counts for nothing: the verdict that follows does, and its `shown` says of both. `shown` as of a verdict.
    """

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="provisional")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=12, choices=Verdict.choices)
    reason = models.CharField(max_length=40)
    given_at = models.DateTimeField()
    shown = models.JSONField()

    class Meta:
        constraints = (
            models.UniqueConstraint(name="provisional_once", fields=["candidate", "reviewer"]),
            models.CheckConstraint(name="provisional_known_verdict", condition=Q(verdict__in=Verdict.values)),
        )


class Withdrawal(models.Model):
    """A verdict taken back by the person who gave it, while nobody had acted upon it."""

    review = models.OneToOneField(Review, on_delete=models.PROTECT, related_name="withdrawal")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Escalation(models.Model):
    """A pair handed over to an adjudicator instead of a verdict; who hands it over does not judge it any more."""

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="escalations")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(name="escalation_known_reason", condition=Q(reason__in=ESCALATION_REASONS)),
        )
        indexes = (models.Index(fields=["candidate", "by"], name="escalation_of_candidate"),)


NOTED = ("review", "escalation", "reopening", "change", "contradiction")
"""What a note may be about."""


def of_one_of(names: tuple[str, ...]) -> Q:
    """Return the condition that exactly one of these references is there."""
    one = Q()
    for name in names:
        one |= Q(**{f"{other}__isnull": other != name for other in names})
    return one


class Note(models.Model):
    """Free words to a verdict or to what took one back; kept apart from them, so that they can be erased.

    They are ciphertext with a key of their own (`registry.judgements.notes` writes and reads them).
    """

    review = models.OneToOneField(Review, on_delete=models.PROTECT, null=True, related_name="note")
    escalation = models.OneToOneField(Escalation, on_delete=models.PROTECT, null=True, related_name="note")
    reopening = models.OneToOneField("Reopening", on_delete=models.PROTECT, null=True, related_name="note")
    change = models.OneToOneField("IdentityChange", on_delete=models.PROTECT, null=True, related_name="note")
    contradiction = models.OneToOneField("Contradiction", on_delete=models.PROTECT, null=True, related_name="note")
    sealed = models.BinaryField()

    class Meta:
        constraints = (models.CheckConstraint(name="note_of_one_thing", condition=of_one_of(NOTED)),)


class GoldItem(models.Model):
    """A candidate that the lead has planted with its known answer.

    While it is planted the candidate stays open, and the database refuses any verdict on it that counts.
    """

    candidate = models.OneToOneField(Candidate, on_delete=models.PROTECT, related_name="gold")
    answer = models.CharField(max_length=12, choices=Verdict.choices)
    planted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    planted_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(name="gold_known_answer", condition=Q(answer__in=[Verdict.SAME, Verdict.DIFFERENT])),
        )


class GoldReview(models.Model):
    """One person's verdict on a gold item; it tells of the person, never of the pair.

    Append-only; it may only be withdrawn, once, as other verdicts may.
    """

    item = models.ForeignKey(GoldItem, on_delete=models.PROTECT, related_name="reviews")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="gold_reviews")
    verdict = models.CharField(max_length=12, choices=Verdict.choices)
    reason = models.CharField(max_length=40)
    decided_at = models.DateTimeField()
    note = models.CharField(max_length=1000, blank=True, default="")
    shown = models.JSONField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="gold_review_once_per_person", fields=["item", "reviewer"], condition=Q(withdrawn_at__isnull=True)
            ),
            models.CheckConstraint(name="gold_review_known_verdict", condition=Q(verdict__in=Verdict.values)),
        )
        indexes = (models.Index(fields=["reviewer", "decided_at"], name="gold_review_by_person"),)
