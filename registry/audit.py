"""The append-only, hash-linked audit log.

The database chains the rows itself, one writer at a time until the writer's transaction ends. Append is therefore the
last step of a transaction: whoever holds the chain must not wait for another lock.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection, transaction

from registry import actors, checkpoints

CHUNK = 10_000
BEGINNING = "0" * 64


@dataclass(frozen=True)
class AuditReport:
    """The result of checking the chain.

    Attributes:
        checked: Rows read, the broken one included.
        first_broken_seq: `seq` of the first row that does not fit, or None when all do.
        why: What does not fit, '' when all do.
        last_hash: Hash of the last sound row. Kept outside the database, it also shows the loss of rows at the end.
    """

    checked: int
    first_broken_seq: int | None
    why: str
    last_hash: str

    @property
    def sound(self) -> bool:
        """Tell whether every row fits."""
        return self.first_broken_seq is None


class End(NamedTuple):
    """Where the log ends."""

    seq: int
    hash: str


def append(actor: str, action: str, object_type: str, object_id: str, data: Mapping[str, Any] | None = None) -> int:
    """Add a row and return its `seq`; part of the caller's transaction.

    Args:
        actor: Who does it (`registry.actors`); a bare id is an account's, `system` the account that runs this process.
        action: What was done, such as `candidate.decided`.
        object_type: Kind of the object.
        object_id: Id of the object.
        data: Ids, counts, codes and hashes; never a value of a record.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_auditentry (seq, at, actor, action, object_type, object_id, data, prev_hash, hash)"
            " VALUES (0, now(), %s, %s, %s, %s, %s, '', '') RETURNING seq",
            [actors.typed(actor), action, object_type, object_id, json.dumps(dict(data or {}))],
        )
        (seq,) = cursor.fetchone()
    checkpoints.write_when_due(int(seq))
    return int(seq)


def last() -> End:
    """Return the last row's number and hash."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, hash FROM registry_auditentry ORDER BY seq DESC LIMIT 1")
        return End(*(cursor.fetchone() or (0, BEGINNING)))


def verify() -> AuditReport:
    """Recompute the chain from its first row and name the first row that was changed, removed or put in."""
    expected_seq, prev_hash, checked = 1, BEGINNING, 0
    for seq, at, actor, action, object_type, object_id, data, prev, found in _rows():
        checked += 1
        if seq != expected_seq:
            return AuditReport(checked, expected_seq, "the row is missing", prev_hash)
        if prev != prev_hash:
            return AuditReport(checked, seq, "the row does not follow from the one before", prev_hash)
        head = json.dumps([seq, at, actor, action, object_type, object_id, prev], ensure_ascii=False)
        if hashlib.sha256((head + data).encode()).hexdigest() != found:
            return AuditReport(checked, seq, "the row was changed after it was written", prev_hash)
        expected_seq, prev_hash = seq + 1, found
    return AuditReport(checked, None, "", prev_hash)


def _rows() -> Iterator[tuple[int, str, str, str, str, str, str, str, str]]:
    """Stream the rows in order, with time and data as the text that was hashed."""
    after = 0
    with transaction.atomic(), connection.cursor() as cursor:
        while True:
            cursor.execute(
                """
                SELECT seq, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), actor, action,
                       object_type, object_id, data::text, prev_hash, hash
                FROM registry_auditentry WHERE seq > %s ORDER BY seq LIMIT %s
                """,
                [after, CHUNK],
            )
            rows = cursor.fetchall()
            if not rows:
                return
            yield from rows
            after = rows[-1][0]
