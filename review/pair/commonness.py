"""How common a value is in its own list: what says little, and what nearly singles a child out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from psycopg.sql import SQL, Composed, Literal

from registry.models import Record

FIELDS = {"surname": "surname", "given": "given", "birth": "birth_date"}
"""Normalised values that have an index (migration 0046), and the fields of the page in whose cells the count stands."""

MANY = 1_000
"""So many are counted; beyond that the number says nothing more."""

# Written as the index is, so that the planner finds it; equal hashes of 64 bits are equal values.
OTHERS = SQL("""
SELECT {field}, count(*) FROM (
    SELECT 1 FROM registry_record WHERE source_id = %(source)s AND is_current AND id <> %(record)s
      AND (payload -> 'values' ->> {field}) IS NOT NULL
      AND hashtextextended(payload -> 'values' ->> {field}, 0) = hashtextextended(%({value})s, 0)
    LIMIT %(many)s) others
""")


def shared(record: Record, values: Mapping[str, Any]) -> dict[str, int]:
    """Return how many other rows of a record's list have the same value, by field of the page; `MANY` at most.

    Args:
        record: The record.
        values: Its normalised values as far as the reader may see them.
    """
    asked = {field: str(values[field]) for field in FIELDS if values.get(field)}
    if not asked:
        return {}
    with connection.cursor() as cursor:
        parameters: dict[str, int | str] = {"source": record.source_id, "record": record.pk, "many": MANY, **asked}
        cursor.execute(SQL(" UNION ALL ").join(map(_others, asked)), parameters)
        return {FIELDS[field]: count for field, count in cursor.fetchall()}


def _others(field: str) -> Composed:
    return OTHERS.format(field=Literal(field), value=SQL(field))
