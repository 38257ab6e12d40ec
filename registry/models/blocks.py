"""The blocking buckets of records, by which the partners of new records are found without reading the old ones.

A run over everything leaves `BucketPage`s, written at once and in order; a run over new records adds `RecordBuckets`, a
row for each. To keep an inverted index up to date row by row cost a run over a million records more than linking them.
"""

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


class BucketPage(models.Model):
    """Some buckets of a run over everything, in the order of their keyed digests, and the records that are in them.

    Attributes:
        rules: Name of the blocking rules.
        first, last: Their first and last digest.
        digests, records: Little-endian int64, and int32 of equal number: digests in ascending order, each with the
            number of a record that holds it.

    Records that have gone since, or have a new version, are passed over by whoever reads; the next run over everything
    writes all pages anew.
    """

    rules = models.CharField(max_length=16)
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    digests = models.BinaryField()
    records = models.BinaryField()

    class Meta:
        indexes = (models.Index(fields=["rules", "first", "last"], name="bucket_page_by_digest"),)


class LinkedRecord(models.Model):
    """A record that a run over everything has linked by the blocking rules `rules`."""

    # No constraint: a look-up for each of a million records says only what the run knows, which has just read them.
    record = models.OneToOneField(
        Record, on_delete=models.CASCADE, primary_key=True, related_name="linked", db_constraint=False
    )
    rules = models.CharField(max_length=16)
