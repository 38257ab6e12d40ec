"""Sealed rows, many at once: stored with their keys, and opened where they are read.

A statement that reads many records selects the columns of `sealed` beside its own, and joins `with_key`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction
from psycopg.sql import SQL, Composed, Identifier

from keys.row_seals import NONCE, Opening, RowKind
from registry import row_content
from registry.models.sealed.sealed_row import SealedRow
from registry.sealing import row_keys

_TOGETHER: Final = 5_000
COLUMNS: Final = 5
"""How many `sealed` writes."""


def sealed(alias: str) -> Composed:
    """Write the columns of a record that `Records` opens, over an alias of its table."""
    columns = SQL("{0}.id, {0}.version, {1}.wrapped, {1}.key_number, {0}.sealed")
    return columns.format(Identifier(alias), Identifier(f"{alias}_key"))


def with_key(alias: str) -> Composed:
    """Write the join of a record with its key: one look into the index for each, whatever the planner knows of them."""
    join = SQL("""
LEFT JOIN LATERAL (SELECT k.wrapped, k.key_number FROM registry_rowkey k
                   WHERE k.kind = 1 AND k.row_id = {0}.id OFFSET 0) {1} ON true
""")
    return join.format(Identifier(alias), Identifier(f"{alias}_key"))


def with_all_keys(alias: str) -> Composed:
    """Write the same join for statements that read all records."""
    join = SQL("LEFT JOIN registry_rowkey {1} ON {1}.kind = 1 AND {1}.row_id = {0}.id")
    return join.format(Identifier(alias), Identifier(f"{alias}_key"))


class Records:
    """Opens records as statements select them; one whose key was destroyed comes as an empty one."""

    def __init__(self) -> None:
        self._opening = Opening(RowKind.RECORD)

    def values(self, columns: Sequence[Any]) -> dict[str, Any]:
        """Return the normalised values of the columns that `sealed` wrote.

        Raises:
            KeysError: The row was changed, or is another's.
        """
        content = self._content(*columns)
        return {} if content is None else row_content.values_of(content)

    def payload(self, columns: Sequence[Any]) -> dict[str, Any]:
        """Return the payload of the columns that `sealed` wrote.

        Raises:
            KeysError: The row was changed, or is another's.
        """
        content = self._content(*columns)
        return row_content.GONE if content is None else row_content.unpacked(content)

    def _content(self, row: int, version: int, wrapped: Any, key_number: int, sealed: Any) -> bytes | None:
        if wrapped is None:
            return None
        return self._opening.content(row, version, bytes(wrapped), key_number, bytes(sealed))


def store(rows: Sequence[SealedRow]) -> None:
    """Store new rows of one table that were given payloads, with their keys."""
    if not rows:
        return
    for row in rows:
        row.seal()
    with transaction.atomic():
        made = type(rows[0]).objects.bulk_create(rows, batch_size=_TOGETHER)
        row_keys.keep(rows[0].row_kind, ((row.pk, row.sealed_version, bytes(row.sealed[:NONCE])) for row in made))
