"""Does the database say what was done? All that the chain binds is held against it, and nothing stops the check."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import connection, transaction
from psycopg.sql import SQL

from keys import KeysError
from registry import audit, checkpoints, storable
from registry.checkpoints import Finding
from registry.evidence import custody, store
from registry.judgements import replay
from registry.models import Tombstone
from registry.sealing import sealed_rows

SHOWN = 20
"""At most so many findings of one kind are told."""

BOUND = {
    "review": ("id", "verdict"),
    "withdrawal": ("id", "withdrawal"),
    "escalation": ("id", "hand-over"),
    "identityevent": ("seq", "identity event"),
    "user": ("id", "account"),
    "judgement": ("id", "judgement"),
    "reopening": ("id", "reopening"),
    "identitychange": ("id", "change of an identity"),
    "contradiction": ("id", "contradiction"),
    "erasure": ("id", "erasure"),
    "tombstone": ("id", "tombstone"),
    "redaction": ("id", "redaction"),
    "hold": ("id", "hold"),
}
"""Tables that the database binds into the chain by trigger: their key, and what a row is called."""

UNBOUND = """
SELECT coalesce(a.object_id, t.{key}::text),
       CASE WHEN a.seq IS NULL THEN 'has no row in the audit log' WHEN t.{key} IS NULL THEN 'was removed'
            ELSE 'was changed after audit row ' || a.seq END
FROM registry_{table} t
FULL JOIN (
    SELECT DISTINCT ON (object_id) seq, object_id, data ->> 'hash' AS hash FROM registry_auditentry
    WHERE action = 'bound.{table}' ORDER BY object_id, seq DESC
) a ON a.object_id = t.{key}::text
WHERE a.seq IS NULL OR t.{key} IS NULL OR a.hash IS DISTINCT FROM registry_{table}_hash(t)
ORDER BY a.seq LIMIT {shown}
"""


PAYLOADS = SQL("SELECT r.key, r.fingerprint, {columns} FROM registry_record r {with_key} ORDER BY r.id")
_TOGETHER = 5_000


def findings(told: Callable[[str], None] = lambda title: None) -> Iterator[Finding]:
    """Yield all that does not fit, the log itself first.

    Args:
        told: Called with the title of each step before it begins.
    """
    steps: tuple[tuple[str, Callable[[], Iterator[Finding]]], ...] = (
        ("audit log", _chain),
        ("checkpoints", checkpoints.verify),
        ("custody log", _custody),
        ("verdicts and accounts", _bound),
        ("identities", _identities),
        ("payloads", _payloads),
        ("evidence", _evidence),
    )
    for title, step in steps:
        told(title)
        yield from step()


def _chain() -> Iterator[Finding]:
    report = audit.verify()
    if not report.sound:
        yield Finding(f"audit row {report.first_broken_seq}", f"{report.why}; {report.checked} rows were checked")


def _custody() -> Iterator[Finding]:
    for one in custody.broken(SHOWN):
        row = f"audit row {one.audit_seq}, " if one.audit_seq else ""
        yield Finding(f"{row}custody entry {one.entry_id or '?'}", one.why)


def _bound() -> Iterator[Finding]:
    for table, (key, title) in BOUND.items():
        with connection.cursor() as cursor:
            cursor.execute(UNBOUND.format(table=table, key=key, shown=SHOWN))
            for number, why in cursor.fetchall():
                yield Finding(f"{title} {number}", why)


def _identities() -> Iterator[Finding]:
    """Replay the events: they say which rows make up which identity, in which version, and how each identity stands."""
    told = replay.states()
    there = replay.stored()
    wrong = sorted((n for n in told.keys() | there.keys() if told.get(n) != there.get(n)), key=str)
    for number in wrong[:SHOWN]:
        yield Finding(f"identity {number}", "is not the one that the events tell of")


def _payloads() -> Iterator[Finding]:
    """Recompute the keyed fingerprint of every row's written values: who has the database alone has not the key."""
    told = 0
    opened, key = sealed_rows.Records(), storable.fingerprint_key()
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(PAYLOADS.format(columns=sealed_rows.sealed("r"), with_key=sealed_rows.with_all_keys("r")))
        erased = {f"erased-{row}" for row in Tombstone.objects.values_list("row_id", flat=True)}
        while rows := cursor.fetchmany(_TOGETHER):
            for own_key, expected, *columns in rows:
                if own_key in erased and not expected and not opened.payload(columns)["written"]:
                    continue
                if (why := _wrong(opened, columns, expected, key)) is not None:
                    yield Finding(f"record {columns[0]}", why)
                    told += 1
                    if told >= SHOWN:
                        return


def _wrong(opened: sealed_rows.Records, columns: Sequence[Any], expected: str, key: bytes) -> str | None:
    if columns[2] is None:
        return "its key is gone, and with it what it held"
    try:
        written = opened.payload(columns)["written"]
    except KeysError:
        return "its values were changed, or are those of another row or version"
    fits = storable.fingerprint(written, key) == expected
    return None if fits else "its written values are not those of its fingerprint"


def _evidence() -> Iterator[Finding]:
    for damaged in store.verify()[:SHOWN]:
        yield Finding(f"evidence {damaged.sha256[:12]}…", f"{damaged.why}; restore it from a backup")
