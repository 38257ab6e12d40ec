"""What several deliveries of one list say together: which rows each one held, and what changed between them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from registry.models.intake import Batch, Source
from registry.models.record import Record


class Sighting(models.Model):
    """A delivery that held a known record unchanged, and where it stands in that delivery's evidence."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="sightings", db_index=False)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="sightings")
    locator = models.JSONField()

    class Meta:
        constraints = (models.UniqueConstraint(name="sighting_once", fields=["batch", "record"]),)


class ChangeKind(models.TextChoices):
    """What a delivery showed of a row that was known before."""

    CHANGED = "changed"
    VANISHED = "vanished"
    REAPPEARED = "reappeared"


class RecordChange(models.Model):
    """An observation of change, append-only: what `batch` showed of the row `key`, next to what was known before.

    `from_record` and `to_record` are the versions before and after (none after it has vanished); `fields` names the
    written fields that differ, without their values. `observed_on` is the day for which the delivery speaks.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="changes", db_index=False)
    key = models.CharField(max_length=300)
    kind = models.CharField(max_length=10, choices=ChangeKind.choices)
    from_record = models.ForeignKey(
        Record, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    to_record = models.ForeignKey(
        Record, on_delete=models.DO_NOTHING, null=True, related_name="+", db_index=False, db_constraint=False
    )
    fields = models.JSONField(default=list)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="changes")
    observed_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(name="change_known_kind", condition=Q(kind__in=ChangeKind.values)),
            models.CheckConstraint(
                name="change_vanished_leads_nowhere", condition=Q(kind="vanished") ^ Q(to_record__isnull=False)
            ),
        )
        indexes = (models.Index(fields=["source", "key"], name="change_by_key"),)
