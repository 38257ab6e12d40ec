"""Events of identities as CloudEvents 1.0: thin, ids and codes only, each with the cursor from which the next follows.

`id` is the event's cursor: unique within the feed (`source`), also when a restored backup gives numbers again. No
attribute and no word of `data` tells anything about a child; who wants to know asks for the identity.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from registry.identities.feed_position import Position, cursor_of
from registry.models import IdentityEvent

MEDIA_TYPE = "application/cloudevents-batch+json"
TYPE_PREFIX = "org.ridni.identity."
TOLD: Final = ("merged_into", "split_from", "into", "reason")
"""What of an event's data leaves: ids of identities, and codes. Numbers of records and pairs are of no use outside."""

Row = tuple[int, UUID, str, datetime, Mapping[str, Any]]
"""`seq`, `identity_id`, `kind`, `at` and `data` of an event."""


def after(sequence: int, limit: int, position: Position) -> list[dict[str, Any]]:
    """Return up to `limit` events that follow a number, in order and without gaps."""
    found = IdentityEvent.objects.filter(seq__gt=sequence).order_by("seq")
    rows = found.values_list("seq", "identity_id", "kind", "at", "data")[:limit]
    return [event(row, position) for row in rows]


def event(row: Row, position: Position) -> dict[str, Any]:
    """Write one event."""
    sequence, identity, kind, at, data = row
    return {
        "specversion": "1.0",
        "id": cursor_of(position.epoch, sequence),
        "source": source_of(position.feed),
        "type": TYPE_PREFIX + kind,
        "subject": str(identity),
        "time": at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "sequence": f"{sequence:020}",
        "datacontenttype": "application/json",
        "data": {"identity": str(identity)} | {key: data[key] for key in TOLD if key in data},
    }


def source_of(feed: UUID) -> str:
    """Return the `source` of a feed's events."""
    return f"urn:uuid:{feed}"
