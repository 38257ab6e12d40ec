"""What the queue is ordered, filtered and grouped by: worked out from the records of the pairs that wait.

Priority is probability times urgency. Urgency is 1, and more for each ground that holds:

    ages_out       the child is of age within a year     + 1
    ages_out_soon  the child is of age within two years  + 0.5
    card_open      one record is an adoption card that the newest list still shows   + 0.5
    sibling_found  a brother or sister of one of the two is in a verified identity   + 0.5

Facts of a record are coarse on purpose (years, regions of origin, keyed digests): no name, no full date and nothing of
where a child is now leaves the payload.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone

from configs.settings import settings
from registry.models import GroupKind, Record
from transliteration import canonical_key, places
from transliteration.institutions import institution_key

ADULT_AT = 18
_REGION = re.compile(r"[A-Z]{2}-[A-Z0-9]{2,3}")
CHUNK = 5_000

CARDS = "adoption_bank"
TRANSFERS = frozenset({"occupation"})
REPORTS = frozenset({"family", "authority"})
"""Classes of sources: cards that appear and vanish, lists of moved groups, reports that name an institution."""

# Records of the pairs, and whole rosters: all rows of the lists and reports, whether they are in a pair or not.
UNKNOWN_RECORDS = """
SELECT wanted.id FROM (
    SELECT left_id AS id FROM registry_candidate c
    WHERE c.sources = '{}' AND c.status IN ('open', 'second', 'disputed') AND (%(whole)s OR c.run_id = ANY(%(runs)s))
    UNION
    SELECT right_id FROM registry_candidate c
    WHERE c.sources = '{}' AND c.status IN ('open', 'second', 'disputed') AND (%(whole)s OR c.run_id = ANY(%(runs)s))
    UNION
    SELECT r.id FROM registry_record r JOIN registry_source s ON s.id = r.source_id
    WHERE r.is_current AND s.source_class = ANY(%(rosters)s) AND (%(whole)s OR r.batch_id IN (
        SELECT x.batch_id FROM registry_candidate c JOIN registry_record x ON x.id IN (c.left_id, c.right_id)
        WHERE c.run_id = ANY(%(runs)s)))
) wanted
WHERE NOT EXISTS (SELECT 1 FROM registry_deskfacts f WHERE f.record_id = wanted.id)
ORDER BY wanted.id
"""

# Both records must allow the year of birth; where they leave none in common, each of their years counts.
NEW_CANDIDATES = """
UPDATE registry_candidate c SET
    sources = ARRAY[lr.source_id, rr.source_id],
    regions = ARRAY(SELECT DISTINCT unnest(lf.regions || rf.regions)),
    born_from = CASE WHEN greatest(lf.born_from, rf.born_from) <= least(lf.born_to, rf.born_to)
                     THEN greatest(lf.born_from, rf.born_from) ELSE least(lf.born_from, rf.born_from) END,
    born_to = CASE WHEN greatest(lf.born_from, rf.born_from) <= least(lf.born_to, rf.born_to)
                   THEN least(lf.born_to, rf.born_to) ELSE greatest(lf.born_to, rf.born_to) END
FROM registry_record lr, registry_record rr, registry_deskfacts lf, registry_deskfacts rf
WHERE lr.id = c.left_id AND rr.id = c.right_id AND lf.record_id = c.left_id AND rf.record_id = c.right_id
  AND c.sources = '{}' AND c.status IN ('open', 'second', 'disputed') AND (%(whole)s OR c.run_id = ANY(%(runs)s))
"""

FOUND_FAMILIES = """
SELECT DISTINCT other.record_id
FROM registry_identitymember m
JOIN registry_recordgroup own ON own.record_id = m.record_id AND own.kind IN ('mother', 'self', 'named')
JOIN registry_recordgroup other ON other.digest = own.digest AND other.record_id <> own.record_id
    AND NOT (own.kind = 'self' AND other.kind = 'self')
WHERE NOT EXISTS (
    SELECT 1 FROM registry_recordgroup a JOIN registry_recordgroup b ON b.digest = a.digest
    WHERE a.record_id = own.record_id AND b.record_id = other.record_id AND a.kind = 'self' AND b.kind = 'self')
"""
"""Records whose brother or sister is in a verified identity; two rows of one child are no brothers."""

URGENCY = f"""
WITH found AS MATERIALIZED ({FOUND_FAMILIES}), grounds AS (
    SELECT c.id,
        coalesce(least(lf.adult_month, rf.adult_month) BETWEEN %(today)s AND %(in_a_year)s, false) AS ages_out,
        coalesce(least(lf.adult_month, rf.adult_month) BETWEEN %(in_a_year)s AND %(in_two_years)s, false) AS ages_soon,
        (lf.card_open AND lr.is_current AND lr.vanished_id IS NULL)
            OR (rf.card_open AND rr.is_current AND rr.vanished_id IS NULL) AS card,
        c.left_id IN (SELECT record_id FROM found) OR c.right_id IN (SELECT record_id FROM found) AS sibling
    FROM registry_candidate c
    JOIN registry_record lr ON lr.id = c.left_id JOIN registry_record rr ON rr.id = c.right_id
    JOIN registry_deskfacts lf ON lf.record_id = c.left_id JOIN registry_deskfacts rf ON rf.record_id = c.right_id
    WHERE c.status IN ('open', 'second', 'disputed') AND (%(whole)s OR c.run_id = ANY(%(runs)s))
), urgent AS (
    SELECT id,
        1 + ages_out::int + 0.5 * (ages_soon AND NOT ages_out)::int + 0.5 * card::int + 0.5 * sibling::int AS urgency,
        concat_ws(' ', CASE WHEN ages_out THEN 'ages_out' WHEN ages_soon THEN 'ages_out_soon' END,
                  CASE WHEN card THEN 'card_open' END, CASE WHEN sibling THEN 'sibling_found' END) AS grounds
    FROM grounds
)
UPDATE registry_candidate c SET urgency = u.urgency, urgent_for = u.grounds
FROM urgent u WHERE u.id = c.id AND (c.urgency, c.urgent_for) IS DISTINCT FROM (u.urgency, u.grounds)
"""  # noqa: S608

SIBLING_FOUND = """
UPDATE registry_candidate SET urgency = urgency + 0.5,
    urgent_for = concat_ws(' ', nullif(urgent_for, ''), 'sibling_found')
WHERE status IN ('open', 'second', 'disputed') AND urgent_for NOT LIKE '%%sibling_found%%' AND id IN (
    SELECT id FROM registry_candidate WHERE left_id = ANY(%(siblings)s)
    UNION ALL SELECT id FROM registry_candidate WHERE right_id = ANY(%(siblings)s))
"""

NEW_MEETINGS = """
WITH pairs AS (
    SELECT c.id, t.digest AS transfer, i.digest AS institution FROM registry_candidate c
    JOIN registry_recordgroup t ON t.record_id = c.left_id AND t.kind = 'transfer'
    JOIN registry_recordgroup i ON i.record_id = c.right_id AND i.kind = 'institution'
    WHERE c.meeting_id IS NULL AND c.status IN ('open', 'second', 'disputed')
      AND (%(whole)s OR c.run_id = ANY(%(runs)s))
    UNION ALL
    SELECT c.id, t.digest, i.digest FROM registry_candidate c
    JOIN registry_recordgroup t ON t.record_id = c.right_id AND t.kind = 'transfer'
    JOIN registry_recordgroup i ON i.record_id = c.left_id AND i.kind = 'institution'
    WHERE c.meeting_id IS NULL AND c.status IN ('open', 'second', 'disputed')
      AND (%(whole)s OR c.run_id = ANY(%(runs)s))
), made AS (
    INSERT INTO registry_rostermeeting (transfer, institution) SELECT DISTINCT transfer, institution FROM pairs
    ON CONFLICT (transfer, institution) DO UPDATE SET transfer = EXCLUDED.transfer RETURNING id, transfer, institution
)
UPDATE registry_candidate c SET meeting_id = made.id
FROM pairs JOIN made USING (transfer, institution) WHERE pairs.id = c.id
"""

# The pair that earlier versions of the same two rows made, the newest first, once somebody has judged it.
REOPENED = """
UPDATE registry_candidate c SET reopens_id = (
    SELECT e.id FROM registry_record l1
    JOIN registry_record r1 ON (r1.source_id, r1.key) = (r.source_id, r.key)
    JOIN registry_candidate e ON least(e.left_id, e.right_id) = least(l1.id, r1.id)
        AND greatest(e.left_id, e.right_id) = greatest(l1.id, r1.id)
    WHERE (l1.source_id, l1.key) = (l.source_id, l.key) AND e.id <> c.id
      AND EXISTS (SELECT 1 FROM registry_review v WHERE v.candidate_id = e.id)
    ORDER BY e.id DESC LIMIT 1)
FROM registry_record l, registry_record r
WHERE l.id = c.left_id AND r.id = c.right_id AND c.reopens_id IS NULL AND c.run_id = ANY(%(runs)s)
  AND c.status = 'open' AND (l.version > 1 OR r.version > 1)
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """Coarse facts of one record."""

    born_from: int | None
    born_to: int | None
    adult_month: date | None
    regions: tuple[str, ...]
    card_open: bool


def refresh(run: int, *, whole: bool = True) -> None:
    """Work out facts, groups, meetings and urgency for a run's new candidates; part of the caller's transaction.

    Args:
        run: The run that has just proposed them.
        whole: Look at the urgency of all that wait, because days pass and lists change; only rows that change are
            written. Without it the cost is in proportion to the run's own candidates.
    """
    facts: dict[str, Any] = {**_days(), "runs": [run], "whole": whole, "rosters": sorted(TRANSFERS | REPORTS)}
    with connection.cursor() as cursor:
        cursor.execute(UNKNOWN_RECORDS, facts)
        unknown = [record for (record,) in cursor.fetchall()]
        for start in range(0, len(unknown), CHUNK):
            _store(unknown[start : start + CHUNK])
        if unknown:
            cursor.execute("ANALYZE registry_deskfacts, registry_recordgroup")
        for statement in (NEW_CANDIDATES, URGENCY, NEW_MEETINGS, REOPENED):
            cursor.execute(statement, facts)


def sibling_found(records: Sequence[int]) -> None:
    """Raise the urgency of what waits for brothers and sisters of records that have just been verified."""
    with connection.cursor() as cursor:
        cursor.execute(f"{FOUND_FAMILIES} AND m.record_id = ANY(%(records)s)", {"records": list(records)})
        if siblings := [record for (record,) in cursor.fetchall()]:
            cursor.execute(SIBLING_FOUND, {"siblings": siblings})


def facts_of(values: Mapping[str, Any], source_class: str) -> Facts:
    """Return the coarse facts of one record from its normalised values."""
    born_from = born_to = adult = None
    with suppress(ValueError):
        first, _, last = str(values.get("birth", "")).partition("/")
        born_from, latest = date.fromisoformat(first).year, date.fromisoformat(last or first)
        born_to, adult = latest.year, date(latest.year + ADULT_AT, latest.month, 1)
    regions = {
        region
        for field in ("birthplace", "last_place")
        for place in _listed(values.get(field))
        for region in _region_of(place)
    }
    return Facts(born_from, born_to, adult, tuple(sorted(regions)), source_class == CARDS)


def groups_of(record: Record, source_class: str) -> Iterator[tuple[str, str]]:
    """Give the groups a record stands in, as `(kind, digest)`."""
    values: Mapping[str, Any] = record.payload.get("values", {})
    source = record.source_id
    surname = canonical_key(str(values.get("surname", "")), "surname")
    given = canonical_key(str(values.get("given", "")), "given")
    patronymic = canonical_key(str(values.get("patronymic", "")), "patronymic")
    if surname and given:
        yield GroupKind.SELF, _digest("child", source, surname, given, patronymic)
    for name in _listed(values.get("siblings")):
        if surname and (key := canonical_key(name, "given")):
            yield GroupKind.NAMED, _digest("child", source, surname, key, patronymic)
    mother = [*_listed(values.get("mother")), "", "", ""][:3]
    keys = [canonical_key(mother[0], "surname"), canonical_key(mother[1], "given")]
    if all(keys):
        yield GroupKind.MOTHER, _digest("mother", source, *keys, canonical_key(mother[2], "patronymic"))
    if source_class in TRANSFERS:
        place = {name: part for name, part in record.locator.items() if name in ("sheet", "table", "page")}
        where = str(sorted(place.items())) or str(values.get("transferred_on", ""))
        yield GroupKind.TRANSFER, _digest("transfer", record.evidence_id, where)
    elif source_class in REPORTS and (institution := str(values.get("institution", ""))):
        read = institution_key(institution)
        known = (read.kind, read.number, read.name, ",".join(sorted(read.place_ids)))
        if read.number or read.name or read.place_ids:
            yield GroupKind.INSTITUTION, _digest("institution", *known)


def _store(record_ids: Sequence[int]) -> None:
    facts, groups = [], []
    for record in Record.objects.filter(pk__in=record_ids).select_related("source").order_by("pk"):
        kind = record.source.source_class
        f = facts_of(record.payload.get("values", {}), kind)
        facts.append((record.pk, f.born_from, f.born_to, f.adult_month, list(f.regions), f.card_open))
        groups += [(record.pk, *group) for group in dict.fromkeys(groups_of(record, kind))]
    with connection.cursor() as cursor:
        columns = "record_id, born_from, born_to, adult_month, regions, card_open"
        with cursor.copy(f"COPY registry_deskfacts ({columns}) FROM STDIN") as copy:
            for row in facts:
                copy.write_row(row)
        with cursor.copy("COPY registry_recordgroup (record_id, kind, digest) FROM STDIN") as copy:
            for group in groups:
                copy.write_row(group)


def _days() -> dict[str, date]:
    today = timezone.localdate()
    return {
        "today": today,
        "in_a_year": date(today.year + 1, today.month, 1),
        "in_two_years": date(today.year + 2, today.month, 1),
    }


def _digest(*parts: object) -> str:
    said = "\x1f".join(map(str, parts))
    return hashlib.blake2b(said.encode(), key=settings().key()[:64], digest_size=16).hexdigest()


def _listed(value: Any) -> list[str]:
    if value in (None, ""):
        return []
    return [str(part) for part in value] if isinstance(value, list | tuple) else [str(value)]


def _region_of(place: str) -> tuple[str, ...]:
    return tuple(found for found in (place, *places.place_ancestors(place)) if _REGION.fullmatch(found))
