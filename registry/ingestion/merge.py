"""Settling a staged batch: each row becomes a record, a sighting of a known one, or a quarantined row."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import connection
from psycopg.sql import SQL

from keys.row_seals import NONCE, RowKind
from registry.ingestion import snapshots
from registry.ingestion.delivery_order import Arrival
from registry.ingestion.staging import SeenKeys, StagedRows, seen_keys
from registry.judgements import follow
from registry.linkage import candidates
from registry.models import Batch
from registry.sealing import row_keys


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


MARK_LATE = SQL("""
UPDATE {staged} s SET late = true
WHERE s.reason_code IS NULL AND EXISTS (SELECT 1 FROM {seen} k WHERE k.key = s.key AND k.at > {this})
""")

NEIGHBOURS_OF_LATE = SQL("""
UPDATE {staged} s SET
    before_id = (SELECT k.record_id FROM {seen} k WHERE k.key = s.key AND k.at <= {this}
                 ORDER BY k.at DESC, k.record_id DESC LIMIT 1),
    after_id = (SELECT k.record_id FROM {seen} k WHERE k.key = s.key AND k.at > {this}
                ORDER BY k.at, k.record_id LIMIT 1)
WHERE s.late
""")

# Between a late row and the next delivery that holds it, a complete one does not.
MARK_GAPS = SQL("""
UPDATE {staged} s SET gap = true FROM registry_batch b
WHERE s.late AND b.id = %(gone)s
  AND (SELECT min(k.at) FROM {seen} k WHERE k.key = s.key AND k.at > {this}) > {place}
  AND NOT EXISTS (SELECT 1 FROM registry_recordchange c
                  WHERE c.source_id = %(source)s AND c.key = s.key AND c.kind = 'vanished' AND c.batch_id = b.id)
""")

MATCH_LATE = SQL("""
UPDATE {staged} s SET match_id = r.id FROM registry_record r
WHERE s.late AND r.fingerprint = s.fingerprint
  AND r.id = CASE WHEN (SELECT b.fingerprint FROM registry_record b WHERE b.id = s.before_id) = s.fingerprint
                  THEN s.before_id ELSE s.after_id END
""")

MATCH = SQL("""
UPDATE {staged} s SET
    before_id = r.id,
    match_id = CASE WHEN r.fingerprint = s.fingerprint THEN r.id END,
    reappeared = r.vanished_id IS NOT NULL
        AND (SELECT {place} FROM registry_batch b WHERE b.id = r.vanished_id) <= {this}
FROM registry_record r
WHERE s.reason_code IS NULL AND NOT s.late AND r.source_id = %(source)s AND r.key = s.key AND r.is_current
""")

QUARANTINE = SQL("""
INSERT INTO registry_quarantinedrow (batch_id, locator, reason_code, reason, sealed, consent, key)
SELECT %(batch)s, locator, reason_code, reason, sealed, consent, coalesce(key, '')
FROM {staged} WHERE reason_code IS NOT NULL ORDER BY ordinal
RETURNING id, 0, substring(sealed FOR %(nonce)s)
""")

RETIRE_CHANGED = SQL("""
UPDATE registry_record r SET is_current = false, vanished_id = NULL FROM {staged} s
WHERE s.before_id = r.id AND NOT s.late AND s.match_id IS NULL
RETURNING r.id
""")

# What is stored tells its staged row at once. To look each new record up afterwards cost the square of the rows: the
# planner knows nothing of a batch that is just being written and read all of it for each row.
INSERT_NEW_AND_CHANGED = SQL("""
WITH stored AS (
    INSERT INTO registry_record
        (source_id, batch_id, evidence_id, key, version, is_current, observed_on, locator, language, fingerprint,
         sealed, consent, shared, vanished_id, entered_by_id)
    SELECT %(source)s, %(batch)s, %(evidence)s, s.key, coalesce((
               SELECT max(r.version) FROM registry_record r WHERE r.source_id = %(source)s AND r.key = s.key), 0) + 1,
           NOT s.late, s.observed_on, s.locator, s.language, s.fingerprint, s.sealed, s.consent, s.shared,
           CASE WHEN NOT s.late THEN %(gone)s::bigint END, s.entered_by
    FROM {staged} s
    WHERE s.reason_code IS NULL AND s.match_id IS NULL
    ORDER BY s.ordinal
    RETURNING id, key, version, sealed
), told AS (
    UPDATE {staged} s SET record_id = stored.id FROM stored
    WHERE stored.key = s.key AND s.reason_code IS NULL
      AND (s.row_id IS NOT NULL OR s.late OR s.before_id IS NOT NULL)
)
SELECT id, version, substring(sealed FOR %(nonce)s) FROM stored
""")

# The record of each row of which something will be said: not of the many that are simply unchanged.
FIND_MATCHED = SQL("""
UPDATE {staged} s SET record_id = s.match_id
WHERE s.match_id IS NOT NULL AND (s.row_id IS NOT NULL OR s.late OR s.reappeared)
""")

SIGHTINGS = SQL("""
INSERT INTO registry_sighting (batch_id, record_id, locator)
SELECT %(batch)s, match_id, locator FROM {staged} WHERE match_id IS NOT NULL ORDER BY ordinal
""")

# Rows seen again, and when a newer snapshot is known that lacks them, gone again.
SEEN_AGAIN = SQL("""
UPDATE registry_record r SET vanished_id = %(gone)s FROM {staged} s
WHERE s.match_id = r.id AND NOT s.late AND s.reappeared
""")

COUNT = SQL("""
SELECT count(*) FILTER (WHERE reason_code IS NOT NULL),
       count(*) FILTER (WHERE reason_code IS NULL AND match_id IS NULL AND known IS NULL),
       count(*) FILTER (WHERE reason_code IS NULL AND match_id IS NULL AND known IS NOT NULL),
       count(*) FILTER (WHERE match_id IS NOT NULL)
FROM (SELECT reason_code, match_id, coalesce(before_id, after_id) AS known FROM {staged}) staged
""")

OUTCOMES = SQL("""
SELECT row_id, CASE WHEN match_id IS NOT NULL THEN 'unchanged'
                    WHEN before_id IS NULL AND after_id IS NULL THEN 'new' ELSE 'changed' END, record_id
FROM {staged} WHERE row_id IS NOT NULL AND reason_code IS NULL ORDER BY ordinal
""")


def settle(batch: Batch, staged: StagedRows, *, whole: bool = True) -> Settled:
    """Move the staged rows to where they belong, count them, and write down what changed.

    Args:
        batch: The batch, with `as_of` set.
        staged: Its rows.
        whole: Whether the staged rows are all rows of the batch; else a row that is missing has not vanished, and
            whoever takes rows in tells identities of it (`follow.delivery`) when all is done.
    """
    arrival = Arrival.of(batch)
    values = arrival.parameters() | {"nonce": NONCE}
    settled = Settled(late=arrival.late)
    seen = _place_among(staged, arrival) if arrival.late else None
    staged.run(MATCH, values)
    staged.analyse()
    row_keys.keep(RowKind.QUARANTINED, staged.written(QUARANTINE, values))
    settled.superseded = candidates.supersede([record for (record,) in staged.select(RETIRE_CHANGED)])
    row_keys.keep(RowKind.RECORD, staged.written(INSERT_NEW_AND_CHANGED, values))
    staged.run(FIND_MATCHED)
    staged.analyse()
    staged.run(SIGHTINGS, values)
    staged.run(SEEN_AGAIN, values)
    settled.quarantined, settled.new, settled.changed, settled.unchanged = staged.select(COUNT)[0]
    snapshots.note_changes(staged, arrival)
    if batch.complete and whole:
        settled.vanished = snapshots.note_vanished(staged, arrival, seen)
    settled.outcomes = [(row, outcome, record) for row, outcome, record in staged.select(OUTCOMES)]
    if whole:
        follow.delivery(batch.pk)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE registry_record, registry_rowkey, registry_sighting, registry_recordchange")
    return settled


def _place_among(staged: StagedRows, arrival: Arrival) -> SeenKeys:
    """Find the staged keys that newer deliveries know, and return where all keys were seen."""
    values = arrival.parameters()
    seen = seen_keys(arrival)
    staged.run(MARK_LATE, values, seen=seen.sql)
    staged.analyse()
    staged.run(NEIGHBOURS_OF_LATE, values, seen=seen.sql)
    staged.run(MATCH_LATE)
    if arrival.gone is not None:
        staged.run(MARK_GAPS, values, seen=seen.sql)
    return seen
