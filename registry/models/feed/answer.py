"""What consumers answer: what became of an identity with them, or that they dispute it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from registry.models.feed.consumer import Consumer

DISPUTE_REASONS = ("two_children", "wrong_values", "false_source", "other_child", "asked_by_family", "other")
"""Why a consumer disputes an identity."""


class AnswerKind(models.TextChoices):
    """What a consumer says of an identity."""

    LINKED = "linked"
    REUNIFIED = "reunified"
    RETURNED = "returned"
    DISPUTED = "disputed"
    CANNOT_USE = "cannot_use"


class DisputeSettlement(models.TextChoices):
    """What a third person says of a dispute: the identity stands, or it is wrong and its retraction is asked for."""

    STANDS = "stands"
    WRONG = "wrong"


class ConsumerAnswer(models.Model):
    """One answer; nothing of it changes but, once, how a dispute is settled.

    Attributes:
        identity: The one that stood under the id at that time.
        on: The day of which it speaks, if the consumer knows it.
        reason: Of a dispute, one of `DISPUTE_REASONS`.
        key: The consumer's own idempotency key; `digest` is of what was sent with it.
    """

    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="answers")
    identity = models.ForeignKey("Identity", on_delete=models.PROTECT, related_name="answers")
    kind = models.CharField(max_length=12, choices=AnswerKind.choices)
    on = models.DateField(null=True)
    reason = models.CharField(max_length=20, blank=True, default="")
    key = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    settlement = models.CharField(max_length=10, blank=True, default="", choices=DisputeSettlement.choices)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(name="answer_once", fields=["consumer", "key"]),
            models.CheckConstraint(name="answer_known_kind", condition=Q(kind__in=AnswerKind.values)),
            models.CheckConstraint(name="answer_dispute_has_reason", condition=Q(kind="disputed") ^ Q(reason="")),
            models.CheckConstraint(
                name="answer_settled_whole",
                condition=Q(settlement="", settled_by__isnull=True, settled_at__isnull=True)
                | Q(
                    settlement__in=["stands", "wrong"],
                    kind="disputed",
                    settled_by__isnull=False,
                    settled_at__isnull=False,
                ),
            ),
        )
        indexes = (
            models.Index(
                name="answer_holds", fields=["identity"], condition=Q(kind="disputed") & ~Q(settlement="stands")
            ),
        )
