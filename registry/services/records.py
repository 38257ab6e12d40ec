"""Reading records in bulk, for the linkage."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from registry.models import Record


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A current record with its normalised values."""

    id: int
    source: str
    source_class: str
    side: str
    key: str
    observed_on: date | None
    values: dict[str, Any]


CURRENT = """
SELECT r.id, s.slug, s.source_class, s.side, r.key, r.observed_on, r.payload -> 'values'
FROM registry_record r JOIN registry_source s ON s.id = r.source_id
WHERE r.is_current AND (%(slugs)s::text[] IS NULL OR s.slug = ANY(%(slugs)s))
ORDER BY r.id
"""


def iter_current(source_slugs: Sequence[str] | None = None, chunk: int = 50_000) -> Iterator[list[StoredRecord]]:
    """Stream the current records in the order of their ids through a server-side cursor, a consistent snapshot.

    Args:
        source_slugs: Only these sources; None for all.
        chunk: Records per list.
    """
    slugs = None if source_slugs is None else list(source_slugs)
    with connection.chunked_cursor() as cursor:
        cursor.execute(CURRENT, {"slugs": slugs})
        while rows := cursor.fetchmany(chunk):
            yield [
                StoredRecord(number, source, source_class, side, key, observed_on, json.loads(values))
                for number, source, source_class, side, key, observed_on, values in rows
            ]


def current_keys(source_slugs: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield source and key of all current records of these sources."""
    rows = Record.objects.filter(is_current=True, source__slug__in=source_slugs)
    yield from rows.values_list("source__slug", "key").iterator(chunk_size=50_000)


def count_current(source_slugs: Sequence[str] | None = None) -> int:
    """Count the current records, of these sources or of all."""
    current = Record.objects.filter(is_current=True)
    return (current if source_slugs is None else current.filter(source__slug__in=source_slugs)).count()
