"""One person's verdict on one candidate; the database lets nobody change or remove it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from registry.models.candidate import Candidate


class Verdict(models.TextChoices):
    """What a person may say about a pair."""

    SAME = "same"
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


class Review(models.Model):
    """A verdict, its reason, and what was shown when it was given (`shown`: ids, scores and hashes only)."""

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="reviews")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews")
    ordinal = models.PositiveSmallIntegerField()
    verdict = models.CharField(max_length=12, choices=Verdict.choices)
    reason = models.CharField(max_length=40)
    decided_at = models.DateTimeField()
    shown = models.JSONField()

    class Meta:
        constraints = (
            models.UniqueConstraint(name="review_once_per_person", fields=["candidate", "reviewer"]),
            models.UniqueConstraint(name="review_ordinal_once", fields=["candidate", "ordinal"]),
            models.CheckConstraint(name="review_three_at_most", condition=Q(ordinal__range=(1, 3))),
            models.CheckConstraint(name="review_known_verdict", condition=Q(verdict__in=Verdict.values)),
        )
        indexes = (models.Index(fields=["reviewer", "decided_at"], name="review_by_person"),)
