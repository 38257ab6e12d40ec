"""The blocking buckets of a record, by which the partners of new records are found without reading the old ones."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from registry.models.record import Record


class RecordBuckets(models.Model):
    """Keyed digests of a record's buckets; they go with the record and tell nothing without the deployment's key.

    `rules` names the blocking rules they were made by; digests of other rules are worthless.
    """

    record = models.OneToOneField(Record, on_delete=models.CASCADE, primary_key=True, related_name="buckets")
    rules = models.CharField(max_length=16)
    digests = ArrayField(models.BigIntegerField())

    class Meta:
        indexes = (GinIndex(fields=["digests"], name="buckets_digests", fastupdate=False),)
