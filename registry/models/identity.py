"""What people have verified: identities, the candidates and records that make them up, and the event log."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from registry.models.candidate import Candidate
from registry.models.record import Record


class IdentityStatus(models.TextChoices):
    """Whether an identity stands for itself or for the one it was merged into."""

    VERIFIED = "verified"
    MERGED = "merged"


class Identity(models.Model):
    """The records that people have verified to be one child, under an opaque id that is never used again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    status = models.CharField(max_length=10, choices=IdentityStatus.choices, default=IdentityStatus.VERIFIED)
    created_at = models.DateTimeField()
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="aliases")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="identity_merged_somewhere", condition=Q(status="merged") ^ Q(merged_into__isnull=True)
            ),
            models.CheckConstraint(name="identity_known_status", condition=Q(status__in=IdentityStatus.values)),
        )
        indexes = (
            models.Index(
                fields=["created_at", "id"], name="identity_verified_in_order", condition=Q(status="verified")
            ),
        )


class IdentityLink(models.Model):
    """A verified candidate that holds two records of an identity together."""

    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="links")
    candidate = models.OneToOneField(Candidate, on_delete=models.PROTECT, related_name="link")


class IdentityMember(models.Model):
    """A record of an identity; a record belongs to one identity at most, and a merge moves it."""

    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="members")
    record = models.OneToOneField(Record, on_delete=models.PROTECT, related_name="membership")


class EventKind(models.TextChoices):
    """What happened to an identity."""

    PROPOSED = "proposed"
    VERIFIED = "verified"
    UPDATED = "updated"
    MERGED = "merged"
    SPLIT = "split"
    RETRACTED = "retracted"
    ERASED = "erased"


class IdentityEvent(models.Model):
    """One entry of the feed's log; `data` holds ids only.

    `seq` has no gaps and follows the order of commits, so a poller misses nothing.
    """

    seq = models.BigIntegerField(primary_key=True)
    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=EventKind.choices)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)

    class Meta:
        constraints = (models.CheckConstraint(name="event_known_kind", condition=Q(kind__in=EventKind.values)),)
