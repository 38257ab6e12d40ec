"""Settling a staged batch: each row becomes a record, a sighting of a known one, or a quarantined row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from registry.ingestion import snapshots
from registry.ingestion.delivery_order import PLACE, THIS
from registry.linkage import candidates
from registry.models import Batch


@dataclass
class Settled:
    """What became of the rows; `outcomes` names it for each row that came out of quarantine."""

    late: bool = False
    quarantined: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    vanished: int = 0
    superseded: int = 0
    outcomes: list[tuple[int, str, int]] = field(default_factory=list)


PLACE_OF_BATCH = f"SELECT {PLACE.format('b')} FROM (SELECT %s::date AS as_of, %s::timestamptz AS collected_at) b"  # noqa: S608

NEWER = f"""
SELECT EXISTS (SELECT 1 FROM registry_batch b
               WHERE b.source_id = %(source)s AND b.id <> %(batch)s AND {PLACE.format("b")} > {THIS})
"""  # noqa: S608

# The next complete delivery: rows that it does not hold have vanished by then.
NEXT_COMPLETE = f"""
SELECT b.id FROM registry_batch b
WHERE b.source_id = %(source)s AND b.id <> %(batch)s AND b.complete AND {PLACE.format("b")} > {THIS}
ORDER BY {PLACE.format("b")}, b.id LIMIT 1
"""  # noqa: S608

# Where each staged key was seen: in which version, and when.
SEEN = f"""
DROP TABLE IF EXISTS pg_temp.ingest_seen;
CREATE TEMP TABLE ingest_seen ON COMMIT DROP AS
SELECT r.key, r.id AS record_id, r.fingerprint, {PLACE.format("b")} AS at
FROM registry_record r JOIN registry_batch b ON b.id = r.batch_id
WHERE r.source_id = %(source)s AND r.batch_id <> %(batch)s
UNION ALL
SELECT r.key, r.id, r.fingerprint, {PLACE.format("b")}
FROM registry_sighting g JOIN registry_record r ON r.id = g.record_id JOIN registry_batch b ON b.id = g.batch_id
WHERE r.source_id = %(source)s AND g.batch_id <> %(batch)s;
CREATE INDEX ON pg_temp.ingest_seen (key, at);
ANALYZE pg_temp.ingest_seen
"""  # noqa: S608

MARK_LATE = f"""
UPDATE ingest_staging s SET late = true
WHERE s.reason_code IS NULL AND EXISTS (SELECT 1 FROM ingest_seen k WHERE k.key = s.key AND k.at > {THIS})
"""  # noqa: S608

NEIGHBOURS_OF_LATE = f"""
UPDATE ingest_staging s SET
    before_id = (SELECT k.record_id FROM ingest_seen k WHERE k.key = s.key AND k.at <= {THIS}
                 ORDER BY k.at DESC, k.record_id DESC LIMIT 1),
    after_id = (SELECT k.record_id FROM ingest_seen k WHERE k.key = s.key AND k.at > {THIS}
                ORDER BY k.at, k.record_id LIMIT 1)
WHERE s.late
"""  # noqa: S608

# Between a late row and the next delivery that holds it, a complete one does not.
MARK_GAPS = f"""
UPDATE ingest_staging s SET gap = true FROM registry_batch b
WHERE s.late AND b.id = %(gone)s
  AND (SELECT min(k.at) FROM ingest_seen k WHERE k.key = s.key AND k.at > {THIS}) > {PLACE.format("b")}
  AND NOT EXISTS (SELECT 1 FROM registry_recordchange c
                  WHERE c.source_id = %(source)s AND c.key = s.key AND c.kind = 'vanished' AND c.batch_id = b.id)
"""  # noqa: S608

MATCH_LATE = """
UPDATE ingest_staging s SET match_id = r.id FROM registry_record r
WHERE s.late AND r.fingerprint = s.fingerprint
  AND r.id = CASE WHEN (SELECT b.fingerprint FROM registry_record b WHERE b.id = s.before_id) = s.fingerprint
                  THEN s.before_id ELSE s.after_id END
"""

MATCH = f"""
UPDATE ingest_staging s SET
    before_id = r.id,
    match_id = CASE WHEN r.fingerprint = s.fingerprint THEN r.id END,
    reappeared = r.vanished_id IS NOT NULL
        AND (SELECT {PLACE.format("b")} FROM registry_batch b WHERE b.id = r.vanished_id) <= {THIS}
FROM registry_record r
WHERE s.reason_code IS NULL AND NOT s.late AND r.source_id = %(source)s AND r.key = s.key AND r.is_current
"""  # noqa: S608

QUARANTINE = """
INSERT INTO registry_quarantinedrow (batch_id, locator, reason_code, reason, payload, key)
SELECT %(batch)s, locator, reason_code, reason, payload, coalesce(key, '')
FROM ingest_staging WHERE reason_code IS NOT NULL ORDER BY ordinal
"""

RETIRE_CHANGED = """
UPDATE registry_record r SET is_current = false, vanished_id = NULL FROM ingest_staging s
WHERE s.before_id = r.id AND NOT s.late AND s.match_id IS NULL
RETURNING r.id
"""

INSERT_NEW_AND_CHANGED = """
INSERT INTO registry_record
    (source_id, batch_id, evidence_id, key, version, is_current, observed_on, locator, language, fingerprint, payload,
     vanished_id, entered_by_id)
SELECT %(source)s, %(batch)s, %(evidence)s, s.key,
       coalesce((SELECT max(r.version) FROM registry_record r WHERE r.source_id = %(source)s AND r.key = s.key), 0) + 1,
       NOT s.late, s.observed_on, s.locator, s.language, s.fingerprint, s.payload,
       CASE WHEN NOT s.late THEN %(gone)s::bigint END, s.entered_by
FROM ingest_staging s
WHERE s.reason_code IS NULL AND s.match_id IS NULL
ORDER BY s.ordinal
"""

# The record of each row of which something will be said: not of the many that are simply new or unchanged.
FIND_RECORDS = """
UPDATE ingest_staging s SET record_id = coalesce(
    s.match_id,
    (SELECT max(r.id) FROM registry_record r
     WHERE r.source_id = %(source)s AND r.key = s.key AND r.batch_id = %(batch)s))
WHERE s.reason_code IS NULL
  AND (s.row_id IS NOT NULL OR s.late OR s.reappeared OR (s.before_id IS NOT NULL AND s.match_id IS NULL))
"""

SIGHTINGS = """
INSERT INTO registry_sighting (batch_id, record_id, locator)
SELECT %(batch)s, match_id, locator FROM ingest_staging WHERE match_id IS NOT NULL ORDER BY ordinal
"""

# Rows seen again, and when a newer snapshot is known that lacks them, gone again.
SEEN_AGAIN = """
UPDATE registry_record r SET vanished_id = %(gone)s FROM ingest_staging s
WHERE s.match_id = r.id AND NOT s.late AND s.reappeared
"""

COUNT = """
SELECT count(*) FILTER (WHERE reason_code IS NOT NULL),
       count(*) FILTER (WHERE reason_code IS NULL AND match_id IS NULL AND known IS NULL),
       count(*) FILTER (WHERE reason_code IS NULL AND match_id IS NULL AND known IS NOT NULL),
       count(*) FILTER (WHERE match_id IS NOT NULL)
FROM (SELECT reason_code, match_id, coalesce(before_id, after_id) AS known FROM ingest_staging) staged
"""

OUTCOMES = """
SELECT row_id, CASE WHEN match_id IS NOT NULL THEN 'unchanged'
                    WHEN before_id IS NULL AND after_id IS NULL THEN 'new' ELSE 'changed' END, record_id
FROM ingest_staging WHERE row_id IS NOT NULL AND reason_code IS NULL ORDER BY ordinal
"""


def settle(batch: Batch, *, whole: bool = True) -> Settled:
    """Move the staged rows to where they belong, count them, and write down what changed.

    Args:
        batch: The batch, with `as_of` set.
        whole: Whether the staged rows are all rows of the batch; else a row that is missing has not vanished.
    """
    settled = Settled()
    with connection.cursor() as cursor:
        facts: dict[str, Any] = {"batch": batch.pk, "source": batch.source_id, "evidence": batch.evidence_id}
        cursor.execute(PLACE_OF_BATCH, [batch.as_of, batch.collected_at])
        facts["place"] = cursor.fetchone()[0]
        cursor.execute(NEWER, facts)
        (settled.late,) = cursor.fetchone()
        facts["gone"] = _place_among(cursor, facts) if settled.late else None
        cursor.execute(MATCH, facts)
        cursor.execute(QUARANTINE, facts)
        cursor.execute(RETIRE_CHANGED, facts)
        settled.superseded = candidates.supersede([record for (record,) in cursor.fetchall()])
        cursor.execute(INSERT_NEW_AND_CHANGED, facts)
        cursor.execute(FIND_RECORDS, facts)
        cursor.execute(SIGHTINGS, facts)
        cursor.execute(SEEN_AGAIN, facts)
        cursor.execute(COUNT, facts)
        settled.quarantined, settled.new, settled.changed, settled.unchanged = cursor.fetchone()
        snapshots.note_changes(cursor, facts, late=settled.late)
        if batch.complete and whole:
            settled.vanished = snapshots.note_vanished(cursor, facts, late=settled.late)
        cursor.execute(OUTCOMES)
        settled.outcomes = [(row, outcome, record) for row, outcome, record in cursor.fetchall()]
        cursor.execute("ANALYZE registry_record")
    return settled


def _place_among(cursor: CursorWrapper, facts: dict[str, Any]) -> int | None:
    """Find the staged keys that newer deliveries know; returns the next complete delivery, if there is one."""
    cursor.execute(SEEN, facts)
    cursor.execute(MARK_LATE, facts)
    cursor.execute(NEIGHBOURS_OF_LATE, facts)
    cursor.execute(MATCH_LATE, facts)
    cursor.execute(NEXT_COMPLETE, facts)
    row = cursor.fetchone()
    if row is None:
        return None
    cursor.execute(MARK_GAPS, {**facts, "gone": row[0]})
    return int(row[0])
