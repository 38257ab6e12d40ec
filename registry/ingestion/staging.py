"""The staging table of a batch: rows as they come, held until they are compared with the registry by set operations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db import connection

from registry import storable
from registry.errors import IngestError
from registry.ingestion.rows import NewQuarantine, NewRecord

KEY_LENGTH = 300
REASON_LENGTH = 500

STAGING = """
DROP TABLE IF EXISTS pg_temp.ingest_staging;
CREATE TEMP TABLE ingest_staging (
    ordinal bigint, row_id bigint, key text, observed_on date, locator jsonb, language text, fingerprint text,
    payload jsonb, reason_code text, reason text, entered_by bigint,
    late boolean NOT NULL DEFAULT false, match_id bigint, before_id bigint, after_id bigint, record_id bigint,
    reappeared boolean NOT NULL DEFAULT false, gap boolean NOT NULL DEFAULT false
) ON COMMIT DROP
"""

COPY_STAGING = """
COPY ingest_staging
    (ordinal, row_id, key, observed_on, locator, language, fingerprint, payload, reason_code, reason, entered_by)
FROM STDIN
"""

SECOND_ROWS_OF_A_KEY = """
UPDATE ingest_staging s
SET reason_code = 'duplicate_key', reason = 'an earlier row of this list has the same key',
    payload = jsonb_build_object('written', s.payload -> 'written') || %s::jsonb
FROM (SELECT ordinal, row_number() OVER (PARTITION BY key ORDER BY ordinal) AS place FROM ingest_staging
      WHERE reason_code IS NULL) ranked
WHERE ranked.ordinal = s.ordinal AND ranked.place > 1
"""

# A key that another row of the batch has: that row came first.
DROP_KNOWN_KEYS = """
DELETE FROM ingest_staging s WHERE s.reason_code IS NOT NULL
    OR EXISTS (SELECT 1 FROM registry_record r WHERE r.batch_id = %(batch)s AND r.key = s.key)
    OR EXISTS (SELECT 1 FROM registry_sighting g JOIN registry_record r ON r.id = g.record_id
               WHERE g.batch_id = %(batch)s AND r.key = s.key)
"""


def fill(rows: Iterable[Any], entered_by: int | None = None, file: str = "") -> None:
    """Copy rows into a new staging table: `NewRecord` or `NewQuarantine`, or (id of the quarantined row, `NewRecord`).

    Args:
        rows: The rows.
        entered_by: Id of the account of the person who put values in.
        file: Name of the delivered file, kept with rows that are refused here.

    Raises:
        IngestError: A record does not say where it stands.
    """
    with connection.cursor() as cursor:
        cursor.execute(STAGING)
        with cursor.copy(COPY_STAGING) as copy:
            for ordinal, row in enumerate(rows):
                row_id, content = row if isinstance(row, tuple) else (None, row)
                copy.write_row((ordinal, row_id, *_staged(content, file), entered_by))
        cursor.execute("ANALYZE ingest_staging")
        cursor.execute(SECOND_ROWS_OF_A_KEY, [storable.dumps({"file": file} if file else {})])


def count() -> int:
    """Count the staged rows."""
    return int(_one("SELECT count(*) FROM ingest_staging"))


def newest_day() -> date | None:
    """Return the newest day for which a staged row speaks."""
    day: date | None = _one("SELECT max(observed_on) FROM ingest_staging")
    return day


def drop_known_keys(batch_id: int) -> None:
    """Take out rows that cannot be added to a batch: those refused, and those whose key another row of it has."""
    with connection.cursor() as cursor:
        cursor.execute(DROP_KNOWN_KEYS, {"batch": batch_id})


def _one(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def _staged(row: NewRecord | NewQuarantine, file: str) -> Iterator[Any]:
    """Give the columns of a row from `key` to `reason`, refusing records that the registry could not hold."""
    locator = storable.dumps(row.locator.to_json())
    if isinstance(row, NewQuarantine):
        reason = storable.text(row.reason)[:REASON_LENGTH]
        yield from _refused(row, locator, row.reason_code[:60], reason, row.file or file)
        return
    if (refused := _refusal(row)) is not None:
        yield from _refused(row, locator, *refused, file)
        return
    payload: dict[str, Any] = {"written": dict(row.written), "values": dict(row.values)}
    payload["romanised"] = dict(row.romanised)
    if row.corrected:
        payload["corrected"] = sorted(row.corrected)
    digest = storable.fingerprint(row.written)
    yield from (storable.text(row.key), row.observed_on, locator, row.language, digest, storable.dumps(payload))
    yield from (None, None)


def _refused(row: NewRecord | NewQuarantine, locator: str, code: str, reason: str, file: str) -> Iterator[Any]:
    payload: dict[str, Any] = {"written": dict(row.written)}
    if file:
        payload["file"] = file
    yield from (storable.text(row.key)[:KEY_LENGTH], None, locator, "", "", storable.dumps(payload), code, reason)


def _refusal(row: NewRecord) -> tuple[str, str] | None:
    if not row.locator:
        raise IngestError("A record has no locator", "", "The reader must say where in the evidence each row stands")
    if not row.key.strip():
        return "no_key", "the row has no key of its own"
    if len(row.key) > KEY_LENGTH:
        return "key_too_long", f"the row's key is longer than {KEY_LENGTH} characters"
    return None
