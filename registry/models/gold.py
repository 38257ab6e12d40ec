"""Gold items: candidates whose answer is known beforehand, judged like any other; kept apart from what counts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from registry.models.candidate import Candidate
from registry.models.review import Verdict


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
