"""Storing what a run proposes, setting aside what a corrected row makes void, and exporting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from psycopg.sql import SQL, Composable

from registry import audit
from registry.errors import without_payload
from registry.linkage import agreed_verdicts, explanations, urgency
from registry.linkage.proposals import NewCandidate, Proposals, written_out
from registry.linkage.staged_proposals import StagedProposals, stage
from registry.models import Candidate, Review, Run

BULK_LOCK = 7_201_005
"""Held by whoever writes many candidates: a run and a delivery follow each other, and neither misses the other."""


@dataclass(frozen=True)
class CandidateCounts:
    """What became of the proposals, and of earlier ones that were not proposed again.

    `superseded` were not stored: one of their records got a new version while the run was under way. `moved` are
    decided pairs that the run, over everything, sees otherwise (`agreed_verdicts`).
    """

    proposed: int
    new: int
    updated: int
    unchanged: int
    decided: int
    withdrawn: int
    superseded: int = 0
    moved: int = 0


SAME_PAIR = SQL("""
least(c.left_id, c.right_id) = least(s.left_id, s.right_id)
    AND greatest(c.left_id, c.right_id) = greatest(s.left_id, s.right_id)
""")

COUNT_DECIDED = SQL("""
SELECT count(*) FROM {proposals} s JOIN registry_candidate c ON {same_pair}
WHERE c.status NOT IN ('open', 'second', 'disputed')
""")

# Only rows whose values changed are written, so that a repeated run neither rewrites the table nor blocks the queue.
UPDATE_CHANGED = SQL("""
UPDATE registry_candidate c
SET run_id = %(run)s, weight = s.weight, probability = s.probability, scenario = s.scenario,
    reasons = s.reasons, calibrated_probability = s.calibrated_probability
FROM {proposals} s, registry_run made
WHERE {same_pair} AND c.status IN ('open', 'second', 'disputed') AND made.id = c.run_id
  AND (c.weight, c.probability, c.scenario, c.reasons, c.calibrated_probability, made.layout_id)
      IS DISTINCT FROM
      (s.weight, s.probability, s.scenario, s.reasons, s.calibrated_probability, %(layout)s::bigint)
RETURNING c.id
""")

INSERT_NEW = SQL("""
INSERT INTO registry_candidate
    (left_id, right_id, run_id, weight, probability, scenario, reasons, calibrated_probability, listed_twice,
     status, facts_id, urgency, grounds, meeting_id)
SELECT s.left_id, s.right_id, %(run)s, s.weight, s.probability, s.scenario, s.reasons, s.calibrated_probability,
    s.listed_twice, 'open', f.id, coalesce(d.urgency, 1), coalesce(d.grounds, 0), m.id
FROM {new_pairs} n JOIN {proposals} s ON s.left_id = n.left_id AND s.right_id = n.right_id
LEFT JOIN {queue_facts} d ON d.left_id = s.left_id AND d.right_id = s.right_id
LEFT JOIN registry_filterfacts f ON {same_facts}
LEFT JOIN registry_rostermeeting m ON m.transfer = d.transfer AND m.institution = d.institution
ORDER BY s.left_id, s.right_id  -- so that the indices by pair and by the left record are filled from one end
RETURNING id
""")

# Proposals of the same spec that nobody has judged or holds, and that the run no longer makes.
NO_LONGER_PROPOSED = SQL("""
SELECT c.id FROM registry_candidate c JOIN registry_run made ON made.id = c.run_id
WHERE made.manifest ->> 'spec_name' IS NOT DISTINCT FROM %(spec)s
  AND c.status = 'open' AND NOT c.escalated AND (c.reserved_until IS NULL OR c.reserved_until < now())
  AND NOT EXISTS (SELECT 1 FROM {proposals} s WHERE {same_pair})
  AND NOT EXISTS (SELECT 1 FROM registry_review r WHERE r.candidate_id = c.id)
  AND NOT EXISTS (SELECT 1 FROM registry_golditem g WHERE g.candidate_id = c.id)
FOR UPDATE OF c SKIP LOCKED
""")


def store(run: Run, proposals: Proposals | Iterable[NewCandidate], *, withdraw: bool = True) -> CandidateCounts:
    """Store a run's proposals in one transaction.

    Known pairs that are still undecided get the new scores and keep their verdicts and reservation; decided pairs
    stay as they are. Open proposals of earlier runs of the same spec (`spec_name` in the manifest) that this run no
    longer makes are withdrawn unless somebody has judged or holds them.

    Args:
        run: The run that proposes.
        proposals: The pairs, as columns or, for a handful, written out.
        withdraw: False for a run that looked at a part of the records only.

    Raises:
        RegistryError: The database refuses the pairs, for example an unknown record; nothing is kept.
    """
    columns = proposals if isinstance(proposals, Proposals) else written_out(proposals)
    with without_payload("Storing candidates"), transaction.atomic(), connection.cursor() as cursor:
        run.layout = explanations.register(columns.layout)
        run.save(update_fields=["layout"])
        staged = stage(columns)
        proposed = staged.count()
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [BULK_LOCK])
        superseded = staged.drop_superseded()
        parts: dict[str, Composable] = {"proposals": staged.sql, "same_pair": SAME_PAIR}
        cursor.execute(COUNT_DECIDED.format(**parts))
        (decided,) = cursor.fetchone()
        cursor.execute(UPDATE_CHANGED.format(**parts), {"run": run.pk, "layout": run.layout_id})
        changed = [candidate for (candidate,) in cursor.fetchall()]
        added = _insert_new(run, staged, whole=withdraw)
        updated, new = len(changed), len(added)
        withdrawn = seen_otherwise = 0
        if withdraw:
            seen_otherwise = agreed_verdicts.note_moved(run, staged, SAME_PAIR)
            cursor.execute(NO_LONGER_PROPOSED.format(**parts), {"spec": run.manifest.get("spec_name")})
            gone = [candidate for (candidate,) in cursor.fetchall()]
            cursor.execute("DELETE FROM registry_skip WHERE candidate_id = ANY(%s)", [gone])
            cursor.execute("DELETE FROM registry_support WHERE candidate_id = ANY(%s)", [gone])
            cursor.execute("DELETE FROM registry_candidate WHERE id = ANY(%s)", [gone])
            withdrawn = cursor.rowcount
        urgency.refresh(None if withdraw else [*changed, *added])
        unchanged = proposed - new - updated - decided - superseded
        counts = CandidateCounts(proposed, new, updated, unchanged, decided, withdrawn, superseded, seen_otherwise)
        audit.append("system", "candidates.stored", "run", str(run.pk), asdict(counts))
    _tidy(counts)
    return counts


def refresh() -> None:
    """Bring what waits up to the present day; only rows of which something has changed are written."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [BULK_LOCK])
        urgency.refresh()


def _insert_new(run: Run, staged: StagedProposals, *, whole: bool) -> list[int]:
    """Add the staged pairs that nobody has proposed before, with what they are queued by; return their numbers."""
    new_pairs = staged.new_pairs(SAME_PAIR)
    queue_facts = urgency.of_proposals(new_pairs, whole=whole)
    parts = {"proposals": staged.sql, "new_pairs": new_pairs.sql, "queue_facts": queue_facts.sql}
    with connection.cursor() as cursor:
        cursor.execute(INSERT_NEW.format(same_facts=urgency.SAME_FACTS, **parts), {"run": run.pk})
        return [candidate for (candidate,) in cursor.fetchall()]


def _tidy(counts: CandidateCounts) -> None:
    """Let the planner know the table as it is now, and counts of the queue be read from its index alone.

    A few new rows among many wait for PostgreSQL's own housekeeping. Indices into which most of the table has just
    come, in an order of its own, are half empty: they are written anew.
    """
    with connection.cursor() as cursor:
        if connection.in_atomic_block:
            cursor.execute("ANALYZE registry_candidate")
            return
        written = counts.new + counts.updated + counts.withdrawn
        cursor.execute(HOUSEKEEPING, {"written": written, "new": counts.new})
        vacuum, reindex = cursor.fetchone()
        if vacuum:
            cursor.execute("VACUUM (ANALYZE) registry_candidate")
        if reindex:
            cursor.execute("REINDEX TABLE CONCURRENTLY registry_candidate")


# Before PostgreSQL 17 only the owner of a table may write its indices anew; it can do so at any time.
HOUSEKEEPING = """
SELECT %(written)s * 50 >= reltuples,
    %(new)s >= 1000 AND %(new)s > reltuples AND CASE WHEN current_setting('server_version_num')::int >= 170000
        THEN has_table_privilege(oid, 'MAINTAIN') ELSE pg_has_role(current_user, relowner, 'MEMBER') END
FROM pg_class WHERE oid = 'registry_candidate'::regclass
"""

SUPERSEDE = SQL("""
UPDATE registry_candidate SET status = 'superseded', reserved_by_id = NULL, reserved_until = NULL
WHERE status IN ('open', 'second', 'disputed') AND id IN (
    SELECT id FROM registry_candidate WHERE left_id = ANY(%(records)s)
    UNION ALL SELECT id FROM registry_candidate WHERE right_id = ANY(%(records)s))
""")


def supersede(record_ids: Sequence[int]) -> int:
    """Set aside the undecided candidates of records that have a new version, and return how many there were.

    Part of the caller's transaction. Reservations end; verdicts already given stay in the log.
    """
    if not record_ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [BULK_LOCK])
        cursor.execute(SUPERSEDE, {"records": list(record_ids)})
        return int(cursor.rowcount)


def under_review() -> set[tuple[int, int]]:
    """Return left and right record of the pairs on which somebody has spoken, whatever came of it."""
    return set(Candidate.objects.filter(pk__in=Review.objects.values("candidate")).values_list("left_id", "right_id"))


# Two arms, each by its own index: with OR between the two the planner reads every candidate for many records.
OPEN_WEIGHTS = SQL("""
SELECT c.left_id, c.right_id, c.weight
FROM unnest(%(records)s::bigint[]) wanted(id) JOIN registry_candidate c ON c.left_id = wanted.id
WHERE c.status IN ('open', 'second', 'disputed', 'verified')
UNION
SELECT c.left_id, c.right_id, c.weight
FROM unnest(%(records)s::bigint[]) wanted(id) JOIN registry_candidate c ON c.right_id = wanted.id
WHERE c.status IN ('open', 'second', 'disputed', 'verified')
""")


def stored_pairs(record_ids: Sequence[int]) -> set[frozenset[int]]:
    """Return the stored pairs of records, whatever their state."""
    found = Candidate.objects.filter(Q(left__in=record_ids) | Q(right__in=record_ids))
    return {frozenset(pair) for pair in found.values_list("left_id", "right_id")}


def open_weights(record_ids: Sequence[int]) -> list[tuple[int, int, float]]:
    """Return left, right and weight of the pairs of these records that nobody has ruled out."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN_WEIGHTS, {"records": list(record_ids)})
        return [(left, right, weight) for left, right, weight in cursor.fetchall()]


# One row for each pair of keys: that of the current versions if there is one, else the newest.
EXPORT = SQL("""
SELECT left_source, left_key, right_source, right_key, weight, probability, scenario, calibrated_probability
FROM (
    SELECT DISTINCT ON (
               least(l.source_id || ' ' || l.key, r.source_id || ' ' || r.key) COLLATE "C",
               greatest(l.source_id || ' ' || l.key, r.source_id || ' ' || r.key) COLLATE "C")
           ls.slug AS left_source, l.key AS left_key, rs.slug AS right_source, r.key AS right_key,
           c.weight, c.probability, c.scenario, c.calibrated_probability
    FROM registry_candidate c
    JOIN registry_record l ON l.id = c.left_id JOIN registry_source ls ON ls.id = l.source_id
    JOIN registry_record r ON r.id = c.right_id JOIN registry_source rs ON rs.id = r.source_id
    WHERE c.status <> 'superseded' AND NOT c.listed_twice AND (NOT %s OR NOT EXISTS (
        SELECT 1 FROM (SELECT source_id, key FROM registry_withheldrow OFFSET 0) w
        WHERE (w.source_id, w.key) IN ((l.source_id, l.key), (r.source_id, r.key))))
    ORDER BY least(l.source_id || ' ' || l.key, r.source_id || ' ' || r.key) COLLATE "C",
             greatest(l.source_id || ' ' || l.key, r.source_id || ' ' || r.key) COLLATE "C",
             l.is_current AND r.is_current DESC, c.id DESC
) pairs
WHERE probability >= %s
ORDER BY probability DESC, weight DESC, left_source, left_key, right_source, right_key
""")


def export_rows(
    min_probability: float = 0.0, *, calibrated: bool = False, leaving: bool = False
) -> Iterator[tuple[Any, ...]]:
    """Stream `left_source, left_key, right_source, right_key, weight, probability, scenario`, likeliest first.

    Each pair of keys comes once: with the scores of the current versions, or of the newest that were compared. Pairs in
    which nobody is sought are not among them.

    Args:
        min_probability: Leave out less likely pairs.
        calibrated: Add the calibrated probability, None where a score stays a score.
        leaving: Leave out pairs with a row whose consent to tracing is refused or unclear.
    """
    with connection.chunked_cursor() as cursor:
        cursor.execute(EXPORT, [leaving, min_probability])
        while rows := cursor.fetchmany(10_000):
            yield from rows if calibrated else (row[:-1] for row in rows)
