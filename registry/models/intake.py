"""What comes in: the source of a list, its bytes, the batch read from them, and the rows that could not be read."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from keys.row_seals import RowKind
from registry import row_content
from registry.models.sealed.sealed_row import SealedRow, SealedWords


class Source(models.Model):
    """Who publishes a list, and on what terms it is held.

    `delivery` is `snapshot` where each delivery is the complete list, `delta` where it holds new and changed rows only.
    `one_row_per_child` says that two rows which the list holds at one date are never one child.
    `evidence_first` has its pairs judged by the records alone before the machine's opinion is shown.
    """

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=300)
    source_class = models.CharField(max_length=40)
    side = models.CharField(max_length=40)
    legal_basis = models.CharField(max_length=300)
    handling_code = models.CharField(max_length=40)
    reliability = models.CharField(max_length=40, blank=True)
    names_pseudonymised = models.BooleanField(default=False)
    retention_days = models.PositiveIntegerField(null=True)
    delivery = models.CharField(max_length=10, default="delta", db_default="delta")
    one_row_per_child = models.BooleanField(default=False, db_default=False)
    evidence_first = models.BooleanField(default=False, db_default=False)
    config_sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)


class Evidence(models.Model):
    """Original bytes, stored once under their SHA-256."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100, blank=True)
    stored_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.CheckConstraint(name="evidence_sha256_is_hex", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(name="evidence_size_not_negative", condition=Q(size__gte=0)),
        )


class Batch(SealedRow):
    """One reading of one piece of evidence for one source, with its custody facts and counts.

    Counts always add up: `rows_read = records_new + records_changed + records_unchanged + quarantined + non_data`. They
    follow the rows that leave quarantine, and the database checks them against what it holds.

    `as_of` is the day for which the whole delivery speaks; where it is unknown, the day of collection stands for it.
    `complete` tells a snapshot from a delta, `late` that a newer delivery had come before, `vanished` counts the rows
    that this snapshot no longer holds.

    Who collected it, how and from where are words of people: ciphertext in the table.
    """

    row_kind = RowKind.BATCH
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="batches")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="batches")
    collected_at = models.DateTimeField()
    legal_basis = models.CharField(max_length=300, blank=True, default="", db_default="")
    handling_code = models.CharField(max_length=40, blank=True, default="", db_default="")
    config_sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")
    as_of = models.DateField(null=True)
    complete = models.BooleanField(default=False, db_default=False)
    late = models.BooleanField(default=False, db_default=False)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    rows_read = models.BigIntegerField(default=0)
    records_new = models.BigIntegerField(default=0)
    records_changed = models.BigIntegerField(default=0)
    records_unchanged = models.BigIntegerField(default=0)
    quarantined = models.BigIntegerField(default=0)
    non_data = models.BigIntegerField(default=0)
    vanished = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(name="batch_once_per_evidence", fields=["source", "evidence"]),
            models.CheckConstraint(
                name="batch_counts_add_up",
                condition=Q(
                    rows_read=F("records_new")
                    + F("records_changed")
                    + F("records_unchanged")
                    + F("quarantined")
                    + F("non_data")
                ),
            ),
        )

    collected_by = SealedWords("by")
    collected_how = SealedWords("how")
    collected_from = SealedWords("from")


class QuarantineOutcome(models.TextChoices):
    """What a row became that left quarantine; a batch counts it there instead."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    NON_DATA = "non_data"


class QuarantinedRow(SealedRow):
    """A row that could not become a record; `reason` never quotes it.

    `payload`, which is ciphertext in the table, is `{"written": {…}, "file": name of the delivered file}`: the row as
    written; the file where known. `consent` is what it says of consent to tracing, yes, no or unclear, '' where it says
    nothing: a refusal holds while the row waits. `key` is the row's own key where it could be read. The row is never
    deleted, and it stays as it was delivered when it leaves quarantine: `outcome` says what it became, its correction
    who did that and why.
    """

    row_kind = RowKind.QUARANTINED
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="quarantined_rows")
    locator = models.JSONField()
    reason_code = models.CharField(max_length=60)
    reason = models.CharField(max_length=500)
    consent = models.CharField(max_length=10, blank=True, default="", db_default="")
    key = models.CharField(max_length=300, blank=True, default="", db_default="")
    resolved_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True, default="", db_default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="quarantine_known_outcome", condition=Q(outcome__in=["", *QuarantineOutcome.values])
            ),
            models.CheckConstraint(
                name="quarantine_resolved_somehow", condition=Q(resolved_at__isnull=True) ^ ~Q(outcome="")
            ),
        )
        indexes = (models.Index(name="quarantine_by_reason", fields=["batch", "reason_code"]),)

    def set_beside(self) -> None:
        """SQL sees what the row says of consent."""
        self.consent = row_content.consent_of(self.payload)
