"""Custody: who got, read, opened and gave out which evidence; each entry is bound into the audit chain by its hash."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from keys.row_seals import RowKind
from registry.models.intake import Batch, Evidence, Source
from registry.models.record import Record
from registry.models.sealed.sealed_row import SealedRow


class CustodyAct(models.TextChoices):
    """What was done with evidence."""

    ACQUIRE = "acquire"
    PARSE = "parse"
    OPEN = "open"
    EXPORT = "export"
    REDACT = "redact"
    ERASE = "erase"


class CustodyEntry(SealedRow):
    """One act upon one piece of evidence; append-only.

    `facts` are in words, given by the person: for `acquire` who, when, how, from where, legal basis and handling code;
    for `open` and `export` the purpose; for `parse` the description and the counts; for `redact` and `erase` the
    erasure, and the hash of the other bytes. They may name a person's function or address, so they are ciphertext in
    the table, and the audit log holds only their hash. `at` and `hash` are set by the database, which also writes the
    row of the audit log: the facts are told to it once, for the hash, and not kept.
    """

    row_kind = RowKind.CUSTODY
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="custody")
    act = models.CharField(max_length=8, choices=CustodyAct.choices)
    at = models.DateTimeField()
    actor = models.CharField(max_length=200)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    record = models.ForeignKey(
        Record, on_delete=models.DO_NOTHING, null=True, related_name="+", db_index=False, db_constraint=False
    )
    bound = models.JSONField(db_column="facts", default=dict)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.CheckConstraint(name="custody_known_act", condition=Q(act__in=CustodyAct.values)),
            models.CheckConstraint(name="custody_names_actor", condition=~Q(actor="")),
        )

    @property
    def facts(self) -> dict[str, Any]:
        """The facts in words; empty once their key was destroyed."""
        return self.payload

    @facts.setter
    def facts(self, facts: dict[str, Any]) -> None:
        self.payload = facts

    def set_beside(self) -> None:
        """The database makes the hash of the facts, and forgets them."""
        self.bound = self.payload
