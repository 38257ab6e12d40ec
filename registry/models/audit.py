"""The audit log: who did what to which object, each row bound to the one before by a hash."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
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
