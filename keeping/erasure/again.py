"""Erased rows that an older backup brings back: told beside the copies of keys, and erased again after a restore."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone

from registry import audit
from registry.ingestion import erased_rows
from registry.models import Erasure, Record, Scope, Tombstone, User


@dataclass(frozen=True)
class Again:
    """What came of rows that a backup brought back: how many are being erased, how many wait for people to ask anew."""

    rows: int
    left: int


def listed() -> list[dict[str, Any]]:
    """Return what is needed to erase all buried rows again: ids, keyed digests, the ground, and who wanted it."""
    found = Tombstone.objects.filter(erasure__asked_by__isnull=False).order_by("pk")
    columns = ("row_id", "digest", "erasure__ground", "erasure__asked_by__username", "erasure__decided_by__username")
    names = ("row", "digest", "ground", "asked_by", "allowed_by")
    return [dict(zip(names, told, strict=True)) for told in found.values_list(*columns).iterator()]


def allow(told: Iterable[Mapping[str, Any]]) -> Again:
    """Write down again the erasures of rows that are there and have no tombstone; the same two people wanted them.

    Whose account is gone, or may not any more, cannot have wanted it here: such rows are counted as left.
    """
    rows = left = 0
    for one in told:
        record = Record.objects.filter(pk=one["row"], tombstone__isnull=True).exclude(fingerprint="").first()
        if record is None or erased_rows.digest(record.source, record.key) != one["digest"]:
            continue
        if Erasure.objects.filter(row=record, finished_at=None, allowed=True).exists():
            continue
        people = {
            user.username: user for user in User.objects.filter(username__in=[one["asked_by"], one["allowed_by"]])
        }
        try:
            with transaction.atomic():
                made = Erasure.objects.create(
                    scope=Scope.RECORD,
                    row=record,
                    ground=one["ground"],
                    asked_by=people[one["asked_by"]],
                    asked_at=timezone.now(),
                )
                made.allowed, made.decided_by, made.decided_at = True, people[one["allowed_by"]], timezone.now()
                made.save(update_fields=["allowed", "decided_by", "decided_at"])
                audit.append("system", "erasure.again", "erasure", str(made.pk), {"row": record.pk})
            rows += 1
        except (KeyError, DatabaseError):
            left += 1
    return Again(rows, left)
