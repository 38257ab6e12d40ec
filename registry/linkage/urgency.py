"""What the queue is ordered, filtered and grouped by: worked out from the records of the pairs that wait.

The rule itself stands in `grounds`. Facts of a record are coarse on purpose (years, regions of origin, keyed digests):
no name, no full date and nothing of where a child is now leaves the payload.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, ClassVar

from django.db import connection
from django.utils import timezone
from psycopg.sql import SQL, Composable, Identifier

from registry.linkage import record_facts
from registry.linkage.grounds import BITS, FOUND_FAMILIES, GROUNDS, WEIGHED, WHOLES
from registry.linkage.record_facts import REPORTS, TRANSFERS
from registry.linkage.staged_proposals import NewPairs
from registry.staging_table import StagingTable

# Records of the proposals, and whole rosters: all rows of the lists and reports, whether they are in a pair or not.
UNKNOWN_STAGED = SQL("""
SELECT wanted.id FROM (
    SELECT left_id AS id FROM {proposals} UNION SELECT right_id FROM {proposals}
    UNION
    SELECT r.id FROM registry_record r JOIN registry_source s ON s.id = r.source_id
    WHERE r.is_current AND s.source_class = ANY(%(rosters)s) AND (%(whole)s OR r.batch_id IN (
        SELECT x.batch_id FROM {proposals} c JOIN registry_record x ON x.id IN (c.left_id, c.right_id)))
) wanted
WHERE NOT EXISTS (SELECT 1 FROM registry_deskfacts f WHERE f.record_id = wanted.id)
ORDER BY wanted.id
""")

UNKNOWN_WAITING = SQL("""
SELECT wanted.id FROM (
    SELECT left_id AS id FROM registry_candidate c
    WHERE c.facts_id IS NULL AND c.status IN ('open', 'second', 'disputed')
      AND (%(whole)s OR c.id = ANY(%(only)s::bigint[]))
    UNION
    SELECT right_id FROM registry_candidate c
    WHERE c.facts_id IS NULL AND c.status IN ('open', 'second', 'disputed')
      AND (%(whole)s OR c.id = ANY(%(only)s::bigint[]))
) wanted
WHERE NOT EXISTS (SELECT 1 FROM registry_deskfacts f WHERE f.record_id = wanted.id)
ORDER BY wanted.id
""")

# Both records must allow the year of birth; where they leave none in common, each of their years counts. 0: unknown.
COARSE = SQL("""
    ARRAY[least(lr.source_id, rr.source_id), greatest(lr.source_id, rr.source_id)] AS sources,
    CASE WHEN lf.regions = rf.regions OR rf.regions = '{{}}' THEN lf.regions WHEN lf.regions = '{{}}' THEN rf.regions
         ELSE ARRAY(SELECT DISTINCT unnest(lf.regions || rf.regions) ORDER BY 1) END AS regions,
    coalesce(CASE WHEN greatest(lf.born_from, rf.born_from) <= least(lf.born_to, rf.born_to)
         THEN greatest(lf.born_from, rf.born_from) ELSE least(lf.born_from, rf.born_from) END, 0) AS born_from,
    coalesce(CASE WHEN greatest(lf.born_from, rf.born_from) <= least(lf.born_to, rf.born_to)
         THEN least(lf.born_to, rf.born_to) ELSE greatest(lf.born_to, rf.born_to) END, 0) AS born_to
""")

# `f` are the facts that pairs are filtered by, `d` a pair with the same ones.
SAME_FACTS = SQL("""
f.sources = d.sources AND f.regions = d.regions AND f.born_from = d.born_from AND f.born_to = d.born_to
""")

NEW_FACTS = SQL("""
INSERT INTO registry_filterfacts (sources, regions, born_from, born_to)
SELECT DISTINCT d.sources, d.regions, d.born_from, d.born_to FROM {pairs} d
WHERE NOT EXISTS (SELECT 1 FROM registry_filterfacts f WHERE {same_facts})
ON CONFLICT DO NOTHING
""")

BOTH_RECORDS = SQL("""
    JOIN registry_record lr ON lr.id = c.left_id JOIN registry_record rr ON rr.id = c.right_id
    JOIN registry_deskfacts lf ON lf.record_id = c.left_id JOIN registry_deskfacts rf ON rf.record_id = c.right_id
""")

WITHOUT_FACTS = SQL("""
SELECT c.id, {coarse} FROM registry_candidate c {records}
WHERE c.facts_id IS NULL AND c.status IN ('open', 'second', 'disputed')
  AND (%(whole)s OR c.id = ANY(%(only)s::bigint[]))
""")

NEW_CANDIDATES = SQL("""
UPDATE registry_candidate c SET facts_id = f.id
FROM {pairs} d JOIN registry_filterfacts f ON {same_facts} WHERE d.id = c.id
""")

URGENCY = SQL("""
WITH found AS MATERIALIZED ({found}), wholes AS MATERIALIZED ({wholes}), holds AS (
    SELECT c.id, {grounds}, coalesce(w.whole, 0) AS whole FROM registry_candidate c {records}
    LEFT JOIN wholes w ON w.left_id = c.left_id AND w.right_id = c.right_id
    WHERE c.status IN ('open', 'second', 'disputed') AND (%(whole)s OR c.id = ANY(%(only)s::bigint[]))
), urgent AS (
    SELECT id, {weighed} FROM (SELECT id, whole, {bits} FROM holds) bits
)
UPDATE registry_candidate c SET urgency = u.urgency, grounds = u.grounds
FROM urgent u WHERE u.id = c.id AND (c.urgency, c.grounds) IS DISTINCT FROM (u.urgency, u.grounds)
""")

# Each candidate is written once, with what it is queued by.
QUEUE_FACTS = SQL("""
WITH found AS MATERIALIZED ({found}), pairs AS (
    SELECT c.left_id, c.right_id, {coarse}, {grounds}, 0 AS whole,
        CASE WHEN lt.digest IS NOT NULL AND ri.digest IS NOT NULL THEN lt.digest
             WHEN rt.digest IS NOT NULL AND li.digest IS NOT NULL THEN rt.digest END AS transfer,
        CASE WHEN lt.digest IS NOT NULL AND ri.digest IS NOT NULL THEN ri.digest
             WHEN rt.digest IS NOT NULL AND li.digest IS NOT NULL THEN li.digest END AS institution
    FROM {proposals} c {records}
    LEFT JOIN registry_recordgroup lt ON lt.record_id = c.left_id AND lt.kind = 'transfer'
    LEFT JOIN registry_recordgroup rt ON rt.record_id = c.right_id AND rt.kind = 'transfer'
    LEFT JOIN registry_recordgroup li ON li.record_id = c.left_id AND li.kind = 'institution'
    LEFT JOIN registry_recordgroup ri ON ri.record_id = c.right_id AND ri.kind = 'institution'
)
SELECT left_id, right_id, sources, regions, born_from, born_to, transfer, institution, {weighed}
FROM (SELECT *, {bits} FROM pairs) pairs
""")

# A pair in other hands is passed over, as below.
WHOLE_SCORES = SQL("""
WITH wholes AS MATERIALIZED ({wholes} HAVING pair.left_id = ANY(%(records)s) OR pair.right_id = ANY(%(records)s)),
touched AS (
    SELECT id, left_id, right_id, grounds FROM registry_candidate
    WHERE status IN ('open', 'second', 'disputed') AND id IN (
        SELECT id FROM registry_candidate WHERE left_id = ANY(%(records)s)
        UNION ALL SELECT id FROM registry_candidate WHERE right_id = ANY(%(records)s))
    FOR NO KEY UPDATE SKIP LOCKED
), urgent AS (
    SELECT id, {weighed} FROM (
        SELECT t.id, coalesce(w.whole, 0) AS whole,
            (t.grounds & 15 | 16 * (coalesce(w.whole, 0) > 0)::int)::smallint AS grounds
        FROM touched t LEFT JOIN wholes w ON w.left_id = t.left_id AND w.right_id = t.right_id) bits
)
UPDATE registry_candidate c SET urgency = u.urgency, grounds = u.grounds
FROM urgent u WHERE u.id = c.id AND (c.urgency, c.grounds) IS DISTINCT FROM (u.urgency, u.grounds)
""")

STAGED_MEETINGS = SQL("""
INSERT INTO registry_rostermeeting (transfer, institution)
SELECT DISTINCT transfer, institution FROM {queue_facts} WHERE transfer IS NOT NULL
ON CONFLICT (transfer, institution) DO NOTHING
""")

# A pair in other hands is passed over: to wait for it while identities are locked could wait for ever.
SIBLING_FOUND = SQL("""
UPDATE registry_candidate SET urgency = urgency + 0.5, grounds = grounds | 8::smallint
WHERE id IN (
    SELECT id FROM registry_candidate
    WHERE status IN ('open', 'second', 'disputed') AND grounds & 8 = 0 AND id IN (
        SELECT id FROM registry_candidate WHERE left_id = ANY(%(siblings)s)
        UNION ALL SELECT id FROM registry_candidate WHERE right_id = ANY(%(siblings)s))
    FOR NO KEY UPDATE SKIP LOCKED)
""")

NEW_MEETINGS = SQL("""
WITH pairs AS (
    SELECT c.id, t.digest AS transfer, i.digest AS institution FROM registry_candidate c
    JOIN registry_recordgroup t ON t.record_id = c.left_id AND t.kind = 'transfer'
    JOIN registry_recordgroup i ON i.record_id = c.right_id AND i.kind = 'institution'
    WHERE c.meeting_id IS NULL AND c.status IN ('open', 'second', 'disputed')
      AND (%(whole)s OR c.id = ANY(%(only)s::bigint[]))
    UNION ALL
    SELECT c.id, t.digest, i.digest FROM registry_candidate c
    JOIN registry_recordgroup t ON t.record_id = c.right_id AND t.kind = 'transfer'
    JOIN registry_recordgroup i ON i.record_id = c.left_id AND i.kind = 'institution'
    WHERE c.meeting_id IS NULL AND c.status IN ('open', 'second', 'disputed')
      AND (%(whole)s OR c.id = ANY(%(only)s::bigint[]))
), made AS (
    INSERT INTO registry_rostermeeting (transfer, institution) SELECT DISTINCT transfer, institution FROM pairs
    ON CONFLICT (transfer, institution) DO UPDATE SET transfer = EXCLUDED.transfer RETURNING id, transfer, institution
)
UPDATE registry_candidate c SET meeting_id = made.id
FROM pairs JOIN made USING (transfer, institution) WHERE pairs.id = c.id
""")

# The pair that earlier versions of the same two rows made, the newest first, once somebody has judged it. It starts
# from what was judged, which is little, and writes nothing where there is no such pair.
REOPENED = SQL("""
WITH judged AS MATERIALIZED (
    SELECT e.id, l1.source_id AS left_source, l1.key AS left_key, r1.source_id AS right_source, r1.key AS right_key
    FROM (SELECT DISTINCT candidate_id FROM registry_review) v JOIN registry_candidate e ON e.id = v.candidate_id
    JOIN registry_record l1 ON l1.id = e.left_id JOIN registry_record r1 ON r1.id = e.right_id
), again AS (
    SELECT c.id, max(e.id) AS earlier FROM registry_candidate c
    JOIN registry_record l ON l.id = c.left_id JOIN registry_record r ON r.id = c.right_id
    JOIN judged e ON e.id <> c.id AND (
        (e.left_source, e.left_key, e.right_source, e.right_key) = (l.source_id, l.key, r.source_id, r.key)
        OR (e.left_source, e.left_key, e.right_source, e.right_key) = (r.source_id, r.key, l.source_id, l.key))
    WHERE c.reopens_id IS NULL AND (%(whole)s OR c.id = ANY(%(only)s::bigint[])) AND c.status = 'open'
       AND (l.version > 1 OR r.version > 1)
    GROUP BY c.id
)
UPDATE registry_candidate c SET reopens_id = again.earlier FROM again WHERE again.id = c.id
""")


PARTS: dict[str, Composable] = {
    "found": FOUND_FAMILIES,
    "coarse": COARSE,
    "grounds": GROUNDS,
    "records": BOTH_RECORDS,
    "bits": BITS,
    "weighed": WEIGHED,
    "wholes": WHOLES,
    "same_facts": SAME_FACTS,
}
"""What the statements above have in common."""


class CandidatesWithoutFacts(StagingTable):
    """Waiting candidates of which is not noted yet what they are filtered by, with it."""

    name = "without_facts_staging"


class QueueFacts(StagingTable):
    """What new pairs will be queued by: the columns are those of `Candidate`, or of `RosterMeeting`."""

    name = "queue_facts_staging"
    columns: ClassVar[dict[str, str]] = {
        "left_id": "bigint",
        "right_id": "bigint",
        "sources": "bigint[]",
        "regions": "varchar[]",
        "born_from": "smallint",
        "born_to": "smallint",
        "transfer": "text",
        "institution": "text",
        "urgency": "real",
        "grounds": "smallint",
    }


def of_proposals(proposals: NewPairs, *, whole: bool = True) -> QueueFacts:
    """Work out what new pairs will be queued by; part of the caller's transaction.

    Args:
        proposals: The new pairs.
        whole: Make whole rosters known; else only those of the deliveries that the proposals come from.
    """
    values: dict[str, Any] = {**_days(), "whole": whole, "rosters": sorted(TRANSFERS | REPORTS)}
    with connection.cursor() as cursor:
        cursor.execute(UNKNOWN_STAGED.format(proposals=proposals.sql), values)
        record_facts.learn([record for (record,) in cursor.fetchall()])
        queue_facts = QueueFacts.create_from(QUEUE_FACTS.format(proposals=proposals.sql, **PARTS), values)
        cursor.execute(NEW_FACTS.format(pairs=queue_facts.sql, same_facts=SAME_FACTS))
        cursor.execute(STAGED_MEETINGS.format(queue_facts=queue_facts.sql))
    queue_facts.index(Identifier("left_id"), Identifier("right_id"))
    return queue_facts


def refresh(only: Sequence[int] | None = None) -> None:
    """Bring what waits up to date; part of the caller's transaction.

    Args:
        only: Look at these candidates, at a cost in proportion to them. None: look at all that wait, because days pass
            and lists change; only rows that change are written.
    """
    values: dict[str, Any] = {**_days(), "whole": only is None, "only": list(only or ())}
    with connection.cursor() as cursor:
        cursor.execute(UNKNOWN_WAITING, values)
        record_facts.learn([record for (record,) in cursor.fetchall()])
        without = CandidatesWithoutFacts.create_from(WITHOUT_FACTS.format(**PARTS), values)
        for statement in (NEW_FACTS, NEW_CANDIDATES):
            cursor.execute(statement.format(pairs=without.sql, same_facts=SAME_FACTS))
        for statement in (URGENCY, NEW_MEETINGS, REOPENED):
            cursor.execute(statement.format(**PARTS), values)


def sibling_found(records: Sequence[int]) -> None:
    """Raise the urgency of what waits for brothers and sisters of records that have just been verified."""
    with connection.cursor() as cursor:
        cursor.execute(FOUND_FAMILIES + SQL("AND m.record_id = ANY(%(records)s)"), {"records": list(records)})
        if siblings := [record for (record,) in cursor.fetchall()]:
            cursor.execute(SIBLING_FOUND, {"siblings": siblings})


def whole_scores(records: Collection[int]) -> None:
    """Order what waits of some records by what all members of a verified child say of them."""
    with connection.cursor() as cursor:
        cursor.execute(WHOLE_SCORES.format(wholes=WHOLES, weighed=WEIGHED), {"records": list(records)})


def _days() -> dict[str, date]:
    today = timezone.localdate()
    return {
        "today": today,
        "in_a_year": date(today.year + 1, today.month, 1),
        "in_two_years": date(today.year + 2, today.month, 1),
    }
