"""What changed between the deliveries of one list: kept as observations, and read row by row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet
from django.utils import timezone

from registry.ingestion.delivery_order import PLACE, THIS
from registry.models import Record, RecordChange

# Written fields that two versions do not share, by name only.
DIFFERENT = """
(SELECT coalesce(jsonb_agg(k ORDER BY k), '[]'::jsonb)
 FROM (SELECT jsonb_object_keys(x.payload -> 'written') UNION SELECT jsonb_object_keys(y.payload -> 'written')) names(k)
 WHERE x.payload -> 'written' -> k IS DISTINCT FROM y.payload -> 'written' -> k)
"""

INSERT = """
INSERT INTO registry_recordchange
    (source_id, key, kind, from_record_id, to_record_id, fields, batch_id, observed_on, recorded_at)
"""

CHANGED = f"""
{INSERT}
SELECT %(source)s, s.key, CASE WHEN s.reappeared THEN 'reappeared' ELSE 'changed' END, x.id, y.id, {DIFFERENT},
       %(batch)s, coalesce(y.observed_on, b.as_of), now()
FROM ingest_staging s
JOIN registry_record x ON x.id = s.before_id JOIN registry_record y ON y.id = s.record_id
JOIN registry_batch b ON b.id = %(batch)s
WHERE s.reason_code IS NULL AND (s.match_id IS NULL OR s.reappeared)
ORDER BY s.ordinal
"""  # noqa: S608

# A version that came late stands before one that was known already, perhaps with a gap between the two.
CHANGED_AFTERWARDS = f"""
WITH gap AS (
    {INSERT}
    SELECT %(source)s, s.key, 'vanished', s.record_id, NULL, '[]'::jsonb, b.id, b.as_of, now()
    FROM ingest_staging s JOIN registry_batch b ON b.id = %(gone)s WHERE s.gap ORDER BY s.ordinal
)
{INSERT}
SELECT %(source)s, s.key, CASE WHEN s.gap THEN 'reappeared' ELSE 'changed' END, x.id, y.id, {DIFFERENT}, y.batch_id,
       coalesce(y.observed_on, b.as_of), now()
FROM ingest_staging s
JOIN registry_record x ON x.id = s.record_id JOIN registry_record y ON y.id = s.after_id
JOIN registry_batch b ON b.id = y.batch_id
WHERE s.late AND (s.match_id IS NULL OR s.gap)
ORDER BY s.ordinal
"""  # noqa: S608

# New to the registry by a late delivery, and a newer snapshot does not hold them.
GONE_SINCE = f"""
{INSERT}
SELECT %(source)s, r.key, 'vanished', r.id, NULL, '[]'::jsonb, b.id, b.as_of, now()
FROM registry_record r JOIN ingest_staging s ON s.key = r.key AND s.reason_code IS NULL AND NOT s.late
JOIN registry_batch b ON b.id = r.vanished_id
WHERE r.source_id = %(source)s AND r.is_current AND r.vanished_id = %(gone)s
  AND (s.before_id IS NULL OR s.reappeared)
ORDER BY s.ordinal
"""  # noqa: S608

LAST_SEEN = f"""
greatest(
    (SELECT {PLACE.format("b")} FROM registry_batch b WHERE b.id = r.batch_id),
    (SELECT max({PLACE.format("b")}) FROM registry_sighting g JOIN registry_batch b ON b.id = g.batch_id
     WHERE g.record_id = r.id))
"""  # noqa: S608

# Rows of an earlier delivery that this one does not hold, not even in quarantine.
VANISH = f"""
WITH missing AS MATERIALIZED (
    SELECT r.id, r.batch_id, r.vanished_id FROM registry_record r
    WHERE r.source_id = %(source)s AND r.is_current
      AND NOT EXISTS (SELECT 1 FROM ingest_staging s WHERE s.key = r.key)
), gone AS (
    UPDATE registry_record g SET vanished_id = %(batch)s FROM missing r
    WHERE g.id = r.id AND {LAST_SEEN} < {THIS}
      AND (r.vanished_id IS NULL
           OR (SELECT {PLACE.format("b")} FROM registry_batch b WHERE b.id = r.vanished_id) > {THIS})
    RETURNING g.id, g.key
)
{INSERT}
SELECT %(source)s, gone.key, 'vanished', gone.id, NULL, '[]'::jsonb, %(batch)s, b.as_of, now()
FROM gone JOIN registry_batch b ON b.id = %(batch)s ORDER BY gone.id
"""  # noqa: S608

# Rows that were there before and after a snapshot that came late, but are missing in it: gone for a while.
GAPS = f"""
WITH around AS (
    SELECT k.key,
           (array_agg(k.record_id ORDER BY k.at DESC, k.record_id DESC) FILTER (WHERE k.at < {THIS}))[1] AS before_id,
           (array_agg(k.record_id ORDER BY k.at, k.record_id) FILTER (WHERE k.at > {THIS}))[1] AS after_id,
           min(k.at) FILTER (WHERE k.at > {THIS}) AS after_at, bool_or(k.at = {THIS}) AS same_day
    FROM ingest_seen k WHERE NOT EXISTS (SELECT 1 FROM ingest_staging s WHERE s.key = k.key) GROUP BY k.key
), gap AS (
    SELECT a.*, (SELECT b.id FROM registry_batch b WHERE b.source_id = %(source)s AND {PLACE.format("b")} = a.after_at
                 ORDER BY b.id LIMIT 1) AS after_batch
    FROM around a WHERE before_id IS NOT NULL AND after_id IS NOT NULL AND NOT same_day
      AND NOT EXISTS (SELECT 1 FROM registry_recordchange c JOIN registry_batch b ON b.id = c.batch_id
                      WHERE c.source_id = %(source)s AND c.key = a.key AND c.kind = 'reappeared'
                        AND {PLACE.format("b")} = a.after_at)
), vanished AS (
    {INSERT}
    SELECT %(source)s, g.key, 'vanished', g.before_id, NULL, '[]'::jsonb, %(batch)s, b.as_of, now()
    FROM gap g JOIN registry_batch b ON b.id = %(batch)s
)
{INSERT}
SELECT %(source)s, g.key, 'reappeared', x.id, y.id, {DIFFERENT}, g.after_batch, b.as_of, now()
FROM gap g JOIN registry_record x ON x.id = g.before_id JOIN registry_record y ON y.id = g.after_id
JOIN registry_batch b ON b.id = g.after_batch
"""  # noqa: S608


def note_changes(cursor: CursorWrapper, facts: dict[str, Any], *, late: bool) -> None:
    """Write down how the settled rows of a batch differ from what was known; part of settling."""
    cursor.execute(CHANGED, facts)
    if late:
        cursor.execute(CHANGED_AFTERWARDS, facts)
        cursor.execute(GONE_SINCE, facts)


def note_vanished(cursor: CursorWrapper, facts: dict[str, Any], *, late: bool) -> int:
    """Mark the known rows that a complete batch does not hold, and return how many there are; part of settling."""
    cursor.execute(VANISH, facts)
    vanished = cursor.rowcount
    if late:
        cursor.execute(GAPS, facts)
        vanished += cursor.rowcount
    return int(vanished)


@dataclass(frozen=True)
class Change:
    """One observation of change of one row.

    Attributes:
        kind: `changed`, `vanished` or `reappeared`.
        from_version, to_version: The versions before and after, None after the row has vanished.
        fields: Names of the written fields that differ; empty when none does.
        batch_id, evidence_sha256: The delivery that showed it.
        observed_on: The day for which that delivery speaks, or else the day of its collection.
        recorded_at: When the registry noted it.
    """

    source: str
    key: str
    kind: str
    from_record: int
    from_version: int | None
    to_record: int | None
    to_version: int | None
    fields: tuple[str, ...]
    batch_id: int
    evidence_sha256: str
    observed_on: date
    recorded_at: datetime


def of_record(record: Record) -> list[Change]:
    """Return what changed of a record's row, through all its versions, in the order in which it happened."""
    return _changes(RecordChange.objects.filter(source_id=record.source_id, key=record.key))


def page(
    source_slug: str | None = None, *, key: str | None = None, kind: str | None = None, limit: int = 100
) -> tuple[list[Change], int]:
    """Return the latest changes, of one source or of all, and how many there are."""
    found = RecordChange.objects.all()
    for name, value in (("source__slug", source_slug), ("key", key), ("kind", kind)):
        if value is not None:
            found = found.filter(**{name: value})
    newest = list(found.order_by("-id").values_list("id", flat=True)[:limit])
    return _changes(found.filter(id__in=newest)), found.count()


def _changes(found: QuerySet[RecordChange]) -> list[Change]:
    rows = list(found.select_related("source", "batch__evidence").order_by("id"))
    ids = {number for row in rows for number in (row.from_record_id, row.to_record_id) if number is not None}
    versions = dict(Record.objects.filter(pk__in=ids).values_list("pk", "version"))
    changes = [
        Change(
            row.source.slug,
            row.key,
            row.kind,
            row.from_record_id,
            versions.get(row.from_record_id),
            row.to_record_id,
            None if row.to_record_id is None else versions.get(row.to_record_id),
            tuple(row.fields),
            row.batch_id,
            row.batch.evidence.sha256,
            row.observed_on or row.batch.as_of or timezone.localdate(row.batch.collected_at),
            row.recorded_at,
        )
        for row in rows
    ]
    return sorted(changes, key=lambda change: (change.observed_on, change.recorded_at))
