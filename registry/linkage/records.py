"""Reading records in bulk, for the linkage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count
from psycopg.sql import SQL

from registry.errors import RegistryError
from registry.models import Record
from registry.sealing import sealed_rows


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


@dataclass(frozen=True, slots=True)
class ListedRecord:
    """A current record as it is shown in a list."""

    key: str
    version: int
    written: dict[str, Any]
    values: dict[str, Any]


def page(slug: str, *, offset: int, limit: int) -> tuple[list[ListedRecord], int]:
    """Return some of the current records of a source, in the order in which they came, and how many there are."""
    rows = Record.objects.filter(source__slug=slug, is_current=True).order_by("id")
    listed = [
        ListedRecord(row.key, row.version, row.payload.get("written", {}), row.payload.get("values", {}))
        for row in rows[offset : offset + limit]
    ]
    return listed, rows.count()


def keys_of(record_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Return source and key of records by id; ids of records that are no more are left out."""
    rows = Record.objects.filter(pk__in=set(record_ids)).values_list("id", "source__slug", "key")
    return {record: (source, key) for record, source, key in rows}


_RECORDS = SQL("""
SELECT s.slug, s.source_class, s.side, r.key, r.observed_on, {columns}
FROM registry_record r JOIN registry_source s ON s.id = r.source_id {with_key}
WHERE r.is_current
""")

CURRENT_RECORDS = _RECORDS.format(columns=sealed_rows.sealed("r"), with_key=sealed_rows.with_key("r"))
"""What `stored_records` opens, of current records that conditions choose: they follow."""

CURRENT = SQL("""
{all} AND (%(slugs)s::text[] IS NULL OR s.slug = ANY(%(slugs)s))
ORDER BY r.id
""").format(all=_RECORDS.format(columns=sealed_rows.sealed("r"), with_key=sealed_rows.with_all_keys("r")))


def stored_records(rows: Iterable[tuple[Any, ...]]) -> list[StoredRecord]:
    """Return the records that rows of `CURRENT_RECORDS` stand for."""
    values = sealed_rows.Records().values
    return [
        StoredRecord(columns[0], source, source_class, side, key, observed_on, values(columns))
        for source, source_class, side, key, observed_on, *columns in rows
    ]


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
            yield stored_records(rows)


def find(named: str) -> Record:
    """Return the record that a person names: its id, or SOURCE/KEY for the current version of a row.

    SOURCE/KEY@2 is version 2 of it.

    Raises:
        RegistryError: There is no such record.
    """
    found = Record.objects.select_related("source", "batch", "evidence")
    slug, slash, key = named.partition("/")
    if not slash:
        record = found.filter(pk=int(named)).first() if named.isdecimal() and len(named) < 19 else None
    else:
        rows = found.filter(source__slug=slug)
        record = rows.filter(key=key, is_current=True).first()
        row, _, version = key.rpartition("@")
        if record is None and version.isdecimal() and len(version) < 9:
            record = rows.filter(key=row, version=int(version)).first()
    if record is None:
        raise RegistryError("There is no such record", "", "Name it by its id or as SOURCE/KEY")
    return record


def current_keys(source_slugs: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield source and key of all current records of these sources."""
    rows = Record.objects.filter(is_current=True, source__slug__in=source_slugs)
    yield from rows.values_list("source__slug", "key").iterator(chunk_size=50_000)


def count_current(source_slugs: Sequence[str] | None = None) -> int:
    """Count the current records, of these sources or of all."""
    current = Record.objects.filter(is_current=True)
    return (current if source_slugs is None else current.filter(source__slug__in=source_slugs)).count()


def count_by_source() -> dict[str, int]:
    """Count the current records of each source."""
    rows = Record.objects.filter(is_current=True).values("source__slug").annotate(count=Count("id"))
    return {row["source__slug"]: row["count"] for row in rows}
