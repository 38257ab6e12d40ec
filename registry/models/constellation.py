"""What pairs say of one another: the pair behind a pair."""

from __future__ import annotations

from django.db import models

from registry.models.candidate import Candidate
from registry.models.record import Record
from registry.narrow_columns import NarrowForeignKey, RealField


class Support(models.Model):
    """The pair of records that speaks loudest for a candidate by one collective term, as the last run found it.

    Of a decided candidate it stays as it was when people decided. There are very many rows and they are written anew
    with each run, so nothing but their own columns is checked; a record that was erased since is left out by readers.
    """

    candidate = NarrowForeignKey(
        Candidate, on_delete=models.DO_NOTHING, related_name="support", db_index=False, db_constraint=False
    )
    term = models.CharField(max_length=20)
    bits = RealField()
    by_left = NarrowForeignKey(
        Record, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    by_right = NarrowForeignKey(
        Record, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        constraints = (models.UniqueConstraint(name="support_once", fields=["candidate", "term"]),)
        indexes = (models.Index(fields=["by_left", "by_right"], name="support_by_pair"),)
