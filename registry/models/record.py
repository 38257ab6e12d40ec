"""One observation of one child in one piece of evidence."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Value

from keys.row_seals import RowKind
from registry import row_content
from registry.models.intake import Batch, Evidence, Source
from registry.models.sealed.sealed_row import SealedRow


class Record(SealedRow):
    """A row as written and as normalised; a later snapshot with other values is a new version under the same key.

    The database lets nobody change a record; only `is_current` is taken from it when a new version comes, and
    `vanished` names the complete delivery that no longer holds the row (it is still current: the newest that is known).
    `version` counts versions as they arrive; a snapshot that comes late adds a version that never is current.

    `payload` is `{"written": {field: str | list}, "values": {…}, "romanised": {field: str}}`: ciphertext in the table,
    under a key of this version's own.
    `locator` says where in the evidence the row stands, as `sources.locator.Locator` writes it:
    `{"sheet", "row", "cells": {field: "B7"}}`, `{"message"}`, `{"css", "card"}`.
    `fingerprint` is the keyed BLAKE2 digest of the written values.
    `consent` is what the row says of consent to tracing: yes, no, unclear, '' for nothing; `shared` are keyed digests
    of a name and a birthday (`row_content.shared_of`), by which rows are counted that share them.
    `entered_by` is the person who took the values from a document or corrected them by hand, none for rows of lists;
    the payload's `corrected` then names the fields. Nobody judges what they entered.
    """

    row_kind = RowKind.RECORD
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="records", db_index=False)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="records")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="records", db_index=False)
    key = models.CharField(max_length=300)
    version = models.PositiveIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    observed_on = models.DateField(null=True)
    locator = models.JSONField()
    language = models.CharField(max_length=8, blank=True)
    fingerprint = models.CharField(max_length=64)
    vanished = models.ForeignKey(
        Batch, on_delete=models.PROTECT, null=True, related_name="vanished_records", db_index=False
    )
    consent = models.TextField(blank=True, default="", db_default="")
    shared = ArrayField(models.BigIntegerField(null=True), default=list, db_default=Value("{}"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(name="record_version_once", fields=["source", "key", "version"]),
            models.UniqueConstraint(name="record_one_current", fields=["source", "key"], condition=Q(is_current=True)),
            models.CheckConstraint(name="record_has_locator", condition=~Q(locator={})),
        )
        indexes = (
            models.Index(fields=["id"], name="record_superseded", condition=Q(is_current=False)),
            models.Index(fields=["source", "key"], name="record_speaks_of_consent", condition=~Q(consent="")),
        )

    @property
    def sealed_version(self) -> int:
        """The version is bound into the row's key."""
        return self.version

    def set_beside(self) -> None:
        """SQL sees what the row says of consent, and whether it shares a name or a birthday with another."""
        self.consent = row_content.consent_of(self.payload)
        self.shared = row_content.shared_of(self.payload.get("values", {}))
