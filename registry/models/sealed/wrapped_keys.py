"""Wrapped data keys, apart from what they open: a backup holds one or the other."""

from __future__ import annotations

from django.db import models


class DataKey(models.Model):
    """The key that seals one thing, wrapped; once the row is gone, every copy of the thing is noise.

    `kind` and `place` say what is sealed and are bound into the wrapping; `key_number` is the ring's key that wraps.
    """

    kind = models.CharField(max_length=20)
    place = models.CharField(max_length=100)
    wrapped = models.BinaryField()
    key_number = models.PositiveIntegerField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(name="data_key_once", fields=["kind", "place"]),)
        indexes = (models.Index(fields=["kind", "key_number"], name="data_key_by_ring_key"),)


class RowKey(models.Model):
    """The key that seals one row of a table of which there are very many rows: narrow, and with one index.

    `kind` is the table (`keys.row_seals.RowKind`), `row_id` the row's number; both, and the row's version, are bound
    into the wrapping. No foreign key: a copy of keys may be newer than the backup that it is laid beside.
    """

    pk = models.CompositePrimaryKey("kind", "row_id")
    kind = models.SmallIntegerField()
    row_id = models.BigIntegerField()
    key_number = models.IntegerField()
    wrapped = models.BinaryField()
