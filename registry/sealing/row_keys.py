"""Keys of sealed rows, many at once: kept when the rows are stored, wrapped again, copied.

The database lets them go by an erasure alone (`registry_erase`).

What a key opens is bound into its wrapping (`keys.row_seals`): table, number and version of the row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from django.db import connection, transaction
from psycopg.sql import SQL, Identifier

import keys
from keys import Purpose
from keys.row_seals import Opening, RowKind, Wrapping
from registry.models import RowKey

_TOGETHER: Final = 5_000
_COPY = "COPY {} (kind, row_id, key_number, wrapped) FROM STDIN (FORMAT BINARY)"
_COPIED = ("int2", "int8", "int4", "bytea")

# A row that went while its key stayed has no version any more: its key opens nothing.
_OLD = """
SELECT k.row_id, CASE k.kind WHEN 1 THEN r.version ELSE 0 END, k.wrapped, k.key_number
FROM registry_rowkey k LEFT JOIN registry_record r ON k.kind = 1 AND r.id = k.row_id
WHERE k.kind = %(kind)s AND k.row_id > %(after)s AND k.key_number <> %(newest)s AND (k.kind <> 1 OR r.id IS NOT NULL)
ORDER BY k.row_id LIMIT %(together)s FOR UPDATE OF k
"""
_WRAPPED_AGAIN = """
UPDATE registry_rowkey k SET wrapped = n.wrapped, key_number = %s
FROM unnest(%s::bigint[], %s::bytea[]) AS n(row_id, wrapped) WHERE k.kind = %s AND k.row_id = n.row_id
"""
_FILL = """
INSERT INTO registry_rowkey (kind, row_id, key_number, wrapped)
SELECT k.kind, k.row_id, k.key_number, k.wrapped FROM copied_keys k
WHERE k.kind = %s AND EXISTS (SELECT 1 FROM {} r WHERE r.id = k.row_id)
ON CONFLICT DO NOTHING
"""
TABLES: Final = {
    RowKind.RECORD: "registry_record",
    RowKind.QUARANTINED: "registry_quarantinedrow",
    RowKind.CUSTODY: "registry_custodyentry",
    RowKind.BATCH: "registry_batch",
    RowKind.CORRECTION: "registry_correction",
}


def keep(kind: RowKind, drafts: Iterable[tuple[int, int, bytes]]) -> int:
    """Keep the keys of rows that this process or its helpers drafted, and return how many there were.

    Part of the transaction that stores the rows.

    Args:
        kind: The table.
        drafts: Number, version and nonce of each row; read once, as a stream.
    """
    wrapping = Wrapping(kind)
    number = wrapping.key_number
    return _copy((kind, row, number, wrapping.of_draft(bytes(nonce), row, version)) for row, version, nonce in drafts)


def wrap_again() -> int:
    """Wrap with the ring's newest key what older ones wrap, some thousand at a time, and return how many there were.

    A killed run is finished by the next; what others make meanwhile is theirs.
    """
    return sum(_wrapped_again(kind) for kind in RowKind)


def in_use() -> dict[Purpose, set[int]]:
    """Return for each purpose the numbers of the ring's keys that wrap keys of rows."""
    needed: dict[Purpose, set[int]] = {}
    for kind, number in RowKey.objects.values_list("kind", "key_number").distinct():
        needed.setdefault(RowKind(kind).purpose, set()).add(number)
    return needed


def wrapped() -> Iterator[tuple[int, int, int, bytes]]:
    """Yield table, row, number of the ring's key and wrapped key of every row, for a copy."""
    found = RowKey.objects.order_by("kind", "row_id").values_list("kind", "row_id", "key_number", "wrapped")
    for kind, row, number, key in found.iterator(chunk_size=20_000):
        yield kind, row, number, bytes(key)


def fill(rows: Iterable[tuple[int, int, int, bytes]]) -> None:
    """Put copied keys into the table of a restored home: those of its rows that have none.

    Rows that came after the backup are not there; rows of a backup that held them in clear were sealed just now.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE copied_keys (LIKE registry_rowkey) ON COMMIT DROP")
        _copy(rows, "copied_keys")
        for kind, table in TABLES.items():
            cursor.execute(SQL(_FILL).format(Identifier(table)), [kind])


def _copy(rows: Iterable[tuple[int, int, int, bytes]], table: str = "registry_rowkey") -> int:
    count = 0
    statement = SQL(_COPY).format(Identifier(table))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(_COPIED)
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def _wrapped_again(kind: RowKind) -> int:
    newest = keys.opened().ring.newest(kind.purpose).number
    done = after = 0
    while True:
        opening, wrapping = Opening(kind), Wrapping(kind)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_OLD, {"kind": kind, "after": after, "newest": newest, "together": _TOGETHER})
            rows = cursor.fetchall()
            again = [
                wrapping.wrap(opening.key(row, version, bytes(held), number), row, version)
                for row, version, held, number in rows
            ]
            cursor.execute(_WRAPPED_AGAIN, [wrapping.key_number, [row for row, *_ in rows], again, kind])
        done += len(rows)
        if len(rows) < _TOGETHER:
            return done
        after = rows[-1][0]
