"""How common a value is in its own list: what says little, and what nearly singles a child out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from psycopg.sql import SQL, Composed, Literal

from registry import row_content
from registry.models import Record

FIELDS = {"surname": "surname", "given": "given", "birth": "birth_date"}
"""Normalised values of which digests are kept, and the fields of the page in whose cells the count stands."""

MANY = 1_000
"""So many are counted; beyond that the number says nothing more."""

# Written as the index is, so that the planner finds it; equal digests of 64 bits are equal values.
OTHERS = SQL("""
SELECT {field}, count(*) FROM (
    SELECT 1 FROM registry_record WHERE source_id = %(source)s AND is_current AND id <> %(record)s
      AND shared[{place}] IS NOT NULL AND shared[{place}] = %({value})s
    LIMIT %(many)s) others
""")


def shared(record: Record, values: Mapping[str, Any]) -> dict[str, int]:
    """Return how many other rows of a record's list have the same value, by field of the page; `MANY` at most.

    Args:
        record: The record.
        values: Its normalised values as far as the reader may see them.
    """
    digests = zip(row_content.SHARED, row_content.shared_of(values), strict=True)
    asked = {field: digest for field, digest in digests if digest is not None}
    if not asked:
        return {}
    with connection.cursor() as cursor:
        parameters: dict[str, int] = {"source": record.source_id, "record": record.pk, "many": MANY, **asked}
        cursor.execute(SQL(" UNION ALL ").join(map(_others, asked)), parameters)
        return {FIELDS[field]: count for field, count in cursor.fetchall()}


def _others(field: str) -> Composed:
    place = Literal(row_content.SHARED.index(field) + 1)
    return OTHERS.format(field=Literal(field), place=place, value=SQL(field))
