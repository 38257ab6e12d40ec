"""Pages of buckets: written whole by a run over everything, and looked into for the partners of new records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from django.db import connection
from psycopg.sql import SQL

from registry import binary_copy

ENTRIES: Final = 160
"""Buckets of one page: 1,920 bytes, which PostgreSQL keeps in the row itself."""

DIGEST: Final = np.dtype("<i8")
RECORD: Final = np.dtype("<i4")

Digests = npt.NDArray[np.int64]
Records = npt.NDArray[np.int64]

# Of each digest the last page that begins below it, and all that begin with it: a full bucket goes over many pages.
LOOK_UP = SQL("""
SELECT p.digests, p.records FROM registry_bucketpage p WHERE p.id IN (
    SELECT near.id FROM unnest(%(digests)s::bigint[]) AS wanted(digest)
    CROSS JOIN LATERAL (
        SELECT id, last FROM registry_bucketpage WHERE rules = %(rules)s AND first < wanted.digest
        ORDER BY first DESC, last DESC LIMIT 1) near
    WHERE near.last >= wanted.digest
    UNION
    SELECT same.id FROM unnest(%(digests)s::bigint[]) AS wanted(digest)
    CROSS JOIN LATERAL (
        SELECT id FROM registry_bucketpage WHERE rules = %(rules)s AND first = wanted.digest OFFSET 0) same)
""")


def write(rules: str, owners: Records, digests: Digests) -> None:
    """Put the pages of a run in the place of all earlier ones; part of the caller's transaction.

    Args:
        rules: Name of the blocking rules.
        owners: Record id of each bucket.
        digests: Keyed digest of each bucket.
    """
    order = np.argsort(digests, kind="stable")
    owners, digests = owners[order], digests[order]
    statement = SQL("COPY registry_bucketpage (rules, first, last, digests, records) FROM STDIN (FORMAT BINARY)")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM registry_bucketpage")
        with cursor.copy(statement) as copy:
            for piece in binary_copy.pieces(*_pages(rules, owners, digests)):
                copy.write(piece)
        cursor.execute("ANALYZE registry_bucketpage (rules, first, last)")


def holders(rules: str, digests: Sequence[int]) -> list[int]:
    """Return the ids of records that hold one of these digests, by the pages of these rules, in ascending order."""
    wanted = np.unique(np.asarray(digests, dtype=np.int64))
    if not len(wanted):
        return []
    with connection.cursor() as cursor:
        cursor.execute(LOOK_UP, {"rules": rules, "digests": wanted.tolist()})
        pages = cursor.fetchall()
    held = np.frombuffer(b"".join(page for page, _ in pages), DIGEST)
    owners = np.frombuffer(b"".join(page for _, page in pages), RECORD)
    near = np.minimum(np.searchsorted(wanted, held), len(wanted) - 1)
    found: list[int] = np.unique(owners[wanted[near] == held]).tolist()
    return found


def _pages(rules: str, owners: Records, digests: Digests) -> Iterator[dict[str, npt.NDArray[Any]]]:
    """Yield the columns of the full pages, then those of the rest."""
    full = len(digests) // ENTRIES * ENTRIES
    for part, width in ((slice(0, full), ENTRIES), (slice(full, None), len(digests) - full)):
        if not width or not len(digests[part]):
            continue
        rows = digests[part].reshape(-1, width)
        name = np.frombuffer(rules.encode("ascii"), np.uint8)
        yield {
            "rules": np.broadcast_to(name, (len(rows), len(name))),
            "first": rows[:, 0],
            "last": rows[:, -1],
            "digests": np.ascontiguousarray(rows, DIGEST).view(np.uint8),
            "records": owners[part].reshape(-1, width).astype(RECORD).view(np.uint8),
        }
