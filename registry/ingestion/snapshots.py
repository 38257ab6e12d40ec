"""What changed between the deliveries of one list: kept as observations, and read row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from psycopg.sql import SQL, Composable

from registry import storable
from registry.ingestion.delivery_order import THIS, Arrival, place
from registry.ingestion.staging import SeenKeys, StagedRows
from registry.models import Record, RecordChange
from registry.sealing import sealed_rows

INSERT = SQL("""
INSERT INTO registry_recordchange
    (source_id, key, kind, from_record_id, to_record_id, fields, batch_id, observed_on, recorded_at)
""")

FOUND = SQL("""
{insert}
SELECT %(source)s, f.key, f.kind, f.before_id, f.after_id, f.fields, f.batch_id, f.day, now()
FROM unnest(%(key)s::text[], %(kind)s::text[], %(before_id)s::bigint[], %(after_id)s::bigint[], %(fields)s::jsonb[],
            %(batch_id)s::bigint[], %(day)s::date[])
     WITH ORDINALITY AS f(key, kind, before_id, after_id, fields, batch_id, day, place) ORDER BY f.place
""")

CHANGED = SQL("""
SELECT s.key, CASE WHEN s.reappeared THEN 'reappeared' ELSE 'changed' END, %(batch)s,
       coalesce(y.observed_on, b.as_of), {versions}
FROM {staged} s
JOIN registry_record x ON x.id = s.before_id JOIN registry_record y ON y.id = s.record_id {with_keys}
JOIN registry_batch b ON b.id = %(batch)s
WHERE s.reason_code IS NULL AND (s.match_id IS NULL OR s.reappeared)
ORDER BY s.ordinal
""")

# A version that came late stands before one that was known already, perhaps with a gap between the two.
GONE_BETWEEN = SQL("""
{insert}
SELECT %(source)s, s.key, 'vanished', s.record_id, NULL, '[]'::jsonb, b.id, b.as_of, now()
FROM {staged} s JOIN registry_batch b ON b.id = %(gone)s WHERE s.gap ORDER BY s.ordinal
""")

CHANGED_AFTERWARDS = SQL("""
SELECT s.key, CASE WHEN s.gap THEN 'reappeared' ELSE 'changed' END, y.batch_id,
       coalesce(y.observed_on, b.as_of), {versions}
FROM {staged} s
JOIN registry_record x ON x.id = s.record_id JOIN registry_record y ON y.id = s.after_id {with_keys}
JOIN registry_batch b ON b.id = y.batch_id
WHERE s.late AND (s.match_id IS NULL OR s.gap)
ORDER BY s.ordinal
""")

# New to the registry by a late delivery, and a newer snapshot does not hold them.
GONE_SINCE = SQL("""
{insert}
SELECT %(source)s, r.key, 'vanished', r.id, NULL, '[]'::jsonb, b.id, b.as_of, now()
FROM registry_record r JOIN {staged} s ON s.key = r.key AND s.reason_code IS NULL AND NOT s.late
JOIN registry_batch b ON b.id = r.vanished_id
WHERE r.source_id = %(source)s AND r.is_current AND r.vanished_id = %(gone)s
  AND (s.before_id IS NULL OR s.reappeared)
ORDER BY s.ordinal
""")

LAST_SEEN = SQL("""
greatest(
    (SELECT {place} FROM registry_batch b WHERE b.id = r.batch_id),
    (SELECT max({place}) FROM registry_sighting g JOIN registry_batch b ON b.id = g.batch_id
     WHERE g.record_id = r.id))
""").format(place=place("b"))

# Rows of an earlier delivery that this one does not hold, not even in quarantine.
VANISH = SQL("""
WITH missing AS MATERIALIZED (
    SELECT r.id, r.batch_id, r.vanished_id FROM registry_record r
    WHERE r.source_id = %(source)s AND r.is_current
      AND NOT EXISTS (SELECT 1 FROM {staged} s WHERE s.key = r.key)
), gone AS (
    UPDATE registry_record g SET vanished_id = %(batch)s FROM missing r
    WHERE g.id = r.id AND {last_seen} < {this}
      AND (r.vanished_id IS NULL
           OR (SELECT {place} FROM registry_batch b WHERE b.id = r.vanished_id) > {this})
    RETURNING g.id, g.key
)
{insert}
SELECT %(source)s, gone.key, 'vanished', gone.id, NULL, '[]'::jsonb, %(batch)s, b.as_of, now()
FROM gone JOIN registry_batch b ON b.id = %(batch)s ORDER BY gone.id
""")

# Rows that were there before and after a snapshot that came late, but are missing in it: gone for a while.
GAPS = SQL("""
WITH around AS (
    SELECT k.key,
           (array_agg(k.record_id ORDER BY k.at DESC, k.record_id DESC) FILTER (WHERE k.at < {this}))[1] AS before_id,
           (array_agg(k.record_id ORDER BY k.at, k.record_id) FILTER (WHERE k.at > {this}))[1] AS after_id,
           min(k.at) FILTER (WHERE k.at > {this}) AS after_at, bool_or(k.at = {this}) AS same_day
    FROM {seen} k WHERE NOT EXISTS (SELECT 1 FROM {staged} s WHERE s.key = k.key) GROUP BY k.key
), gap AS (
    SELECT a.*, (SELECT b.id FROM registry_batch b WHERE b.source_id = %(source)s AND {place} = a.after_at
                 ORDER BY b.id LIMIT 1) AS after_batch
    FROM around a WHERE before_id IS NOT NULL AND after_id IS NOT NULL AND NOT same_day
      AND NOT EXISTS (SELECT 1 FROM registry_recordchange c JOIN registry_batch b ON b.id = c.batch_id
                      WHERE c.source_id = %(source)s AND c.key = a.key AND c.kind = 'reappeared'
                        AND {place} = a.after_at)
)
""")

GONE_IN_GAPS = SQL("""
{gaps} {insert}
SELECT %(source)s, g.key, 'vanished', g.before_id, NULL, '[]'::jsonb, %(batch)s, b.as_of, now()
FROM gap g JOIN registry_batch b ON b.id = %(batch)s
""")

BACK_AFTER_GAPS = SQL("""
{gaps}
SELECT g.key, 'reappeared', g.after_batch, b.as_of, {versions}
FROM gap g JOIN registry_record x ON x.id = g.before_id JOIN registry_record y ON y.id = g.after_id {with_keys}
JOIN registry_batch b ON b.id = g.after_batch
""")

VERSIONS: dict[str, Composable] = {
    "versions": SQL(", ").join([sealed_rows.sealed("x"), sealed_rows.sealed("y")]),
    "with_keys": SQL(" ").join([sealed_rows.with_key("x"), sealed_rows.with_key("y")]),
}
"""The versions before and after, of the statements that read changes."""


def note_changes(staged: StagedRows, arrival: Arrival) -> None:
    """Write down how the settled rows of a batch differ from what was known; part of settling."""
    values = arrival.parameters()
    _note(staged, CHANGED, values)
    if arrival.late:
        staged.run(GONE_BETWEEN, values, insert=INSERT)
        _note(staged, CHANGED_AFTERWARDS, values)
        staged.run(GONE_SINCE, values, insert=INSERT)


def note_vanished(staged: StagedRows, arrival: Arrival, seen: SeenKeys | None) -> int:
    """Mark the known rows that a complete batch does not hold, and return how many there are; part of settling.

    Args:
        staged: The rows that it holds.
        arrival: The batch.
        seen: Where other deliveries hold the keys, of a late batch.
    """
    values = arrival.parameters()
    vanished = staged.run(VANISH, values, insert=INSERT, last_seen=LAST_SEEN)
    if not seen:
        return vanished
    gaps = GAPS.format(staged=staged.sql, seen=seen.sql, place=place("b"), this=THIS)
    staged.run(GONE_IN_GAPS, values, insert=INSERT, gaps=gaps)
    return vanished + _note(staged, BACK_AFTER_GAPS, values, gaps=gaps)


def _note(staged: StagedRows, statement: SQL, values: Mapping[str, Any], **parts: Composable) -> int:
    """Note the changes that a statement finds, with the names of the written fields that differ, and count them."""
    opened = sealed_rows.Records()
    split = 4 + sealed_rows.COLUMNS
    count = 0
    for rows in staged.each(statement, values, **VERSIONS, **parts):
        found: dict[str, list[Any]] = {"key": [], "kind": [], "batch_id": [], "day": []}
        for name, column in zip(found, zip(*rows, strict=True), strict=False):
            found[name] = list(column)
        versions = [(row[4:split], row[split:]) for row in rows]
        found["before_id"] = [before[0] for before, _ in versions]
        found["after_id"] = [after[0] for _, after in versions]
        found["fields"] = [storable.dumps(_different(opened, before, after)) for before, after in versions]
        staged.run(FOUND, {**values, **found}, insert=INSERT)
        count += len(rows)
    return count


def _different(opened: sealed_rows.Records, before: Sequence[Any], after: Sequence[Any]) -> list[str]:
    """Return the names of the written fields that two versions do not share, never their values."""
    if before[0] == after[0]:
        return []
    was, now = (opened.payload(columns)["written"] for columns in (before, after))
    return sorted(name for name in {*was, *now} if was.get(name) != now.get(name))


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
