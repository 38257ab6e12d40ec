"""The feed's own place in time, who has received what of it, and reads that wait to enter the log."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from registry.models.feed.consumer import Consumer


class EpochReason(models.TextChoices):
    """Why an epoch of the feed began."""

    FIRST = "first"
    RESTORED = "restored"


class FeedEpoch(models.Model):
    """A stretch of the feed in which no number is given twice; a restored backup begins another.

    `feed` is the id of the feed, the same in all its epochs.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    feed = models.UUIDField(editable=False)
    started_at = models.DateTimeField()
    reason = models.CharField(max_length=10, choices=EpochReason.choices)

    class Meta:
        constraints = (
            models.CheckConstraint(name="epoch_known_reason", condition=Q(reason__in=EpochReason.values)),
            models.UniqueConstraint(name="epoch_first_once", fields=["reason"], condition=Q(reason="first")),
        )


class Delivery(models.Model):
    """A state of an identity that a consumer has received: once for each way and state, with the first and last time.

    Attributes:
        way: `feed`, `snapshot`, `webhook`, or the name of an adapter.
        sha256: Of the state's canonical JSON.
        status: What the state said: verified, merged, retracted, withheld, erased.
        sequence: The last event of the feed when it was given last.
    """

    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="+", db_index=False)
    identity = models.ForeignKey("Identity", on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    way = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=10)
    sequence = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(name="delivery_once", fields=["identity", "consumer", "way", "sha256"]),
            models.CheckConstraint(name="delivery_names_way", condition=~Q(way="")),
        )


class ConsumerPosition(models.Model):
    """How far a consumer has come: whoever asks for what follows a number has what came up to it."""

    consumer = models.OneToOneField(Consumer, on_delete=models.PROTECT, primary_key=True, related_name="position")
    epoch = models.ForeignKey(FeedEpoch, on_delete=models.PROTECT, related_name="+")
    sequence = models.BigIntegerField()
    at = models.DateTimeField()


class FeedRead(models.Model):
    """A read of the feed that the log does not tell yet; many of them become one row of it."""

    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    what = models.CharField(max_length=20)
    identities = ArrayField(models.UUIDField(), default=list)
