"""Rows of sources: what stays when a source corrects a row. A row is named by the first record under its key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from psycopg.sql import SQL

from registry.sealing import sealed_rows
from sources.fields import TABLE

IDENTITIES_LOCK = 7_201_004

ROWS = """
SELECT r.id, f.id FROM unnest(%s::bigint[]) wanted(id) JOIN registry_record r ON r.id = wanted.id
JOIN LATERAL (SELECT id FROM registry_record v WHERE v.source_id = r.source_id AND v.key = r.key
              ORDER BY v.version LIMIT 1) f ON true
"""

CURRENT = """
SELECT f.id, coalesce((SELECT c.id FROM registry_record c
                       WHERE c.source_id = f.source_id AND c.key = f.key AND c.is_current), f.id)
FROM registry_record f WHERE f.id = ANY(%s)
"""


SILENT = frozenset(field.name for field in TABLE.values() if field.access_class in ("contact", "consent"))
"""Fields that help nobody to tell children apart."""

VERSIONS = SQL("""
SELECT {columns} FROM registry_record old
JOIN registry_record now ON now.source_id = old.source_id AND now.key = old.key AND now.id <> old.id {with_keys}
WHERE old.id = ANY(%(old)s) AND now.id = ANY(%(now)s)
""").format(
    columns=SQL(", ").join([sealed_rows.sealed("old"), sealed_rows.sealed("now")]),
    with_keys=SQL(" ").join([sealed_rows.with_key("old"), sealed_rows.with_key("now")]),
)


def of_records(records: Iterable[int]) -> dict[int, int]:
    """Return the row of each record, by record id."""
    return _pairs(ROWS, records)


def current(rows: Iterable[int]) -> dict[int, int]:
    """Return the newest version of each row, by row."""
    return _pairs(CURRENT, rows)


def saying_the_same(old: Iterable[int], now: Iterable[int]) -> set[int]:
    """Return those of some records that say just what an old version of their row says of the child: nothing new."""
    opened, wide = sealed_rows.Records(), sealed_rows.COLUMNS
    with connection.cursor() as cursor:
        cursor.execute(VERSIONS, {"old": list(old), "now": list(now)})
        return {row[wide] for row in cursor.fetchall() if _says(opened, row[:wide]) == _says(opened, row[wide:])}


def _says(opened: sealed_rows.Records, columns: Sequence[Any]) -> list[dict[str, Any]]:
    """Return what a version says of the child, as written and as understood."""
    payload = opened.payload(columns)
    parts = (payload.get(part, {}) for part in ("written", "values"))
    return [{name: value for name, value in part.items() if name not in SILENT} for part in parts]


def lock() -> None:
    """Let one transaction at a time change identities, so that `created_at` and events follow the order of commits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IDENTITIES_LOCK])


def try_lock() -> bool:
    """Take the same lock if nobody holds it; tells whether it was taken."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [IDENTITIES_LOCK])
        return bool(cursor.fetchone()[0])


def _pairs(statement: str, ids: Iterable[int]) -> dict[int, int]:
    if not (wanted := list(ids)):
        return {}
    with connection.cursor() as cursor:
        cursor.execute(statement, [wanted])
        return dict(cursor.fetchall())
