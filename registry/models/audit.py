"""The audit log: who did what to which object, each row bound to the one before by a hash; and what is counted."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTransform


class AuditEntry(models.Model):
    """One row of the log; ids, counts and hashes only.

    `seq`, `at`, `prev_hash` and `hash` are set by the database at insertion.
    """

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=200)
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=80)
    data = models.JSONField(default=dict)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = (
            models.Index(fields=["object_type", "object_id"], name="audit_by_object"),
            models.Index(fields=["actor", "-seq"], name="audit_by_actor"),
            GinIndex(KeyTransform("records", "data"), name="audit_by_record"),
        )


class OpeningKind(models.TextChoices):
    """What is counted: pairs, pairs passed over, documents, children beside a pair, and children as a whole."""

    PAIR = "pair"
    SKIP = "skip"
    DOCUMENT = "document"
    AROUND = "around"
    CHILD = "child"


class Opening(models.Model):
    """Something that a person has opened, the first time within a day; kept for two days."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="openings")
    kind = models.CharField(max_length=10, choices=OpeningKind.choices)
    number = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(name="opening_known_kind", condition=models.Q(kind__in=OpeningKind.values)),
        )
        indexes = (models.Index(fields=["user", "at"], name="opening_of_person"),)


class QueueLimit(models.Model):
    """When a person came near the limit of openings, when the queue closed for them, when a lead opened it again."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="queue_limit")
    warned_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)


PURPOSES = ("relative", "authority", "partner", "return")
"""What somebody asks for: a relative, a body of the state, a partner organisation, a child's return."""


class Lookup(models.Model):
    """One question: who asked, what for, under which case number, and how many answers they got.

    The database lets nobody change or remove it. `case` holds no name: letters of a file number and digits only.
    """

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    purpose = models.CharField(max_length=12)
    case = models.CharField(max_length=40)
    answers = models.PositiveSmallIntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(name="lookup_known_purpose", condition=Q(purpose__in=PURPOSES)),
            models.CheckConstraint(name="lookup_three_at_most", condition=Q(answers__lte=3)),
        )
        indexes = (models.Index(fields=["asked_by", "asked_at"], name="lookup_of_person"),)


class LookupAnswer(models.Model):
    """A record that a question was told of; `lead_at` when whoever asked put it before the reviewers."""

    lookup = models.ForeignKey(Lookup, on_delete=models.PROTECT, related_name="told")
    record = models.ForeignKey("Record", on_delete=models.CASCADE, related_name="+")
    lead_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["record"], name="lookup_lead", condition=Q(lead_at__isnull=False)),)
