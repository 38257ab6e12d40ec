"""What became of a quarantined row, by whose hand and why."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from keys.row_seals import RowKind
from registry.models.intake import QuarantinedRow
from registry.models.record import Record
from registry.models.sealed.sealed_row import SealedRow, SealedWords


class CorrectionKind(models.TextChoices):
    """How a row left quarantine."""

    BY_HAND = "by_hand"
    BY_DESCRIPTION = "by_description"
    NO_DATA = "no_data"


class Correction(SealedRow):
    """A row taken out of quarantine; append-only, and the row itself stays as it was delivered.

    `record` is what it became (or the known record whose values it repeats), none when it was declared to be no data.
    `fields` names the fields whose values were put in by hand; `reason` is ciphertext in the table.
    """

    row_kind = RowKind.CORRECTION

    row = models.OneToOneField(QuarantinedRow, on_delete=models.PROTECT, related_name="correction")
    kind = models.CharField(max_length=14, choices=CorrectionKind.choices)
    record = models.ForeignKey(
        Record, on_delete=models.DO_NOTHING, null=True, related_name="corrections", db_constraint=False
    )
    actor = models.CharField(max_length=200)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    reason = SealedWords("reason")
    fields = models.JSONField(default=list)
    config_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(name="correction_known_kind", condition=Q(kind__in=CorrectionKind.values)),
            models.CheckConstraint(name="correction_has_reason", condition=~Q(actor="")),
            models.CheckConstraint(
                name="correction_makes_a_record", condition=Q(kind="no_data") ^ Q(record__isnull=False)
            ),
        )
