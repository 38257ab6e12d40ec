"""Webhooks: the secrets that sign them, and the outbox, which the database fills in the transaction of each event."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from registry.models.feed.consumer import Consumer


class WebhookSecret(models.Model):
    """A secret with which webhooks to a consumer are signed, sealed; the two newest that have not ended both sign."""

    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="webhook_secrets")
    sealed = models.CharField(max_length=300)
    created_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)


class WebhookEndpoint(models.Model):
    """What is known of a consumer's endpoint: `off_since` when it said for good that it is gone (410)."""

    consumer = models.OneToOneField(
        Consumer, on_delete=models.PROTECT, primary_key=True, related_name="webhook_endpoint"
    )
    off_since = models.DateTimeField(null=True)


class WebhookState(models.TextChoices):
    """Where a message stands; dead: the schedule is over, and a person has to look."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


class WebhookMessage(models.Model):
    """A word to a consumer that something happened; written by the database with the event itself.

    Attributes:
        event: Number of the event.
        attempts: So many have been made.
        next_at: When the next is due; while one is under way, when it counts as lost.
        last_status: What was answered last: a status of HTTP, or 0 when there was no answer.
    """

    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="+", db_index=False)
    event = models.ForeignKey("IdentityEvent", on_delete=models.PROTECT, related_name="+")
    identity = models.ForeignKey("Identity", on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=WebhookState.choices, default=WebhookState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    last_status = models.PositiveSmallIntegerField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(name="webhook_once", fields=["consumer", "event"]),
            models.CheckConstraint(name="webhook_known_state", condition=Q(state__in=WebhookState.values)),
        )
        indexes = (
            models.Index(
                name="webhook_waiting", fields=["consumer", "identity", "event"], condition=Q(state="waiting")
            ),
        )
