"""The log of what happened to identities, in the order of commits and without gaps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from registry.models import EventKind, Identity, IdentityEvent

EVENTS_LOCK = 7_201_003


def record(identity: Identity, kind: EventKind, data: Mapping[str, Any]) -> IdentityEvent:
    """Add an event within the caller's transaction; `data` holds ids only.

    The next writer waits until this transaction has ended, so a number is visible only after all smaller ones, and
    none is lost.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [EVENTS_LOCK])
    return IdentityEvent.objects.create(
        seq=last_seq() + 1, identity=identity, kind=kind, at=timezone.now(), data=dict(data)
    )


def after(seq: int, limit: int = 100) -> list[IdentityEvent]:
    """Return up to `limit` events that follow `seq`, in order; 0 starts from the beginning."""
    return list(IdentityEvent.objects.filter(seq__gt=seq).order_by("seq")[:limit])


def last_seq() -> int:
    """Return the number of the latest event; 0 before the first."""
    return IdentityEvent.objects.aggregate(last=Max("seq"))["last"] or 0
