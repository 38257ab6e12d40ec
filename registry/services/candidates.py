"""Storing what a run proposes, and exporting it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from registry.errors import without_payload
from registry.models import Run
from registry.services import audit, storable


@dataclass(frozen=True, slots=True)
class NewCandidate:
    """A scored pair; `weight` in bits, `explanation` without names: `[{field, level, bits, code, sentence}]`."""

    left_id: int
    right_id: int
    weight: float
    probability: float
    scenario: str
    explanation: Sequence[dict[str, Any]]


@dataclass(frozen=True)
class CandidateCounts:
    """What became of the proposals, and of earlier ones that were not proposed again."""

    proposed: int
    new: int
    updated: int
    unchanged: int
    decided: int
    withdrawn: int


STAGING = """
DROP TABLE IF EXISTS pg_temp.candidate_staging;
CREATE TEMP TABLE candidate_staging (
    left_id bigint, right_id bigint, weight double precision, probability double precision, scenario text,
    explanation jsonb
) ON COMMIT DROP
"""

COPY_STAGING = "COPY candidate_staging (left_id, right_id, weight, probability, scenario, explanation) FROM STDIN"

# One proposal per pair: the likeliest, whichever side came first.
ONE_PER_PAIR = """
DELETE FROM candidate_staging s USING (
    SELECT ctid, row_number() OVER (
        PARTITION BY least(left_id, right_id), greatest(left_id, right_id)
        ORDER BY probability DESC, weight DESC, scenario, left_id) AS place
    FROM candidate_staging
) ranked WHERE ranked.ctid = s.ctid AND ranked.place > 1
"""

INDEX_STAGING = "CREATE INDEX ON candidate_staging (least(left_id, right_id), greatest(left_id, right_id))"

SAME_PAIR = (
    "least(c.left_id, c.right_id) = least(s.left_id, s.right_id)"
    " AND greatest(c.left_id, c.right_id) = greatest(s.left_id, s.right_id)"
)

COUNT_DECIDED = f"""
SELECT count(*) FROM candidate_staging s JOIN registry_candidate c ON {SAME_PAIR}
WHERE c.status NOT IN ('open', 'second', 'disputed')
"""  # noqa: S608

# Only rows whose values changed are written, so that a repeated run neither rewrites the table nor blocks the queue.
UPDATE_CHANGED = f"""
UPDATE registry_candidate c
SET run_id = %(run)s, weight = s.weight, probability = s.probability, scenario = s.scenario, explanation = s.explanation
FROM candidate_staging s
WHERE {SAME_PAIR} AND c.status IN ('open', 'second', 'disputed')
  AND (c.weight, c.probability, c.scenario, c.explanation)
      IS DISTINCT FROM (s.weight, s.probability, s.scenario, s.explanation)
"""  # noqa: S608

INSERT_NEW = f"""
INSERT INTO registry_candidate (left_id, right_id, run_id, weight, probability, scenario, explanation, status)
SELECT s.left_id, s.right_id, %(run)s, s.weight, s.probability, s.scenario, s.explanation, 'open'
FROM candidate_staging s
WHERE NOT EXISTS (SELECT 1 FROM registry_candidate c WHERE {SAME_PAIR})
"""  # noqa: S608

# Proposals that nobody has judged or holds, and that the run no longer makes.
NO_LONGER_PROPOSED = f"""
SELECT c.id FROM registry_candidate c
WHERE c.status = 'open' AND (c.reserved_until IS NULL OR c.reserved_until < now())
  AND NOT EXISTS (SELECT 1 FROM candidate_staging s WHERE {SAME_PAIR})
  AND NOT EXISTS (SELECT 1 FROM registry_review r WHERE r.candidate_id = c.id)
FOR UPDATE OF c SKIP LOCKED
"""  # noqa: S608


def store(run: Run, rows: Iterable[NewCandidate], *, withdraw: bool = True) -> CandidateCounts:
    """Store a run's proposals in one transaction.

    Known pairs that are still undecided get the new scores and keep their verdicts and reservation; decided pairs
    stay as they are. Open proposals that the run no longer makes are withdrawn unless somebody has judged or holds
    them.

    Args:
        run: The run that proposes.
        rows: The pairs, read once as a stream.
        withdraw: False for a run that looked at a part of the records only.

    Raises:
        RegistryError: The database refuses the pairs, for example an unknown record; nothing is kept.
    """
    with without_payload("Storing candidates"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STAGING)
        with cursor.copy(COPY_STAGING) as copy:
            for row in rows:
                explanation = storable.dumps(list(row.explanation))
                copy.write_row((row.left_id, row.right_id, row.weight, row.probability, row.scenario, explanation))
        cursor.execute("ANALYZE candidate_staging")
        cursor.execute(ONE_PER_PAIR)
        cursor.execute(INDEX_STAGING)
        cursor.execute("SELECT count(*) FROM candidate_staging")
        (proposed,) = cursor.fetchone()
        cursor.execute(COUNT_DECIDED)
        (decided,) = cursor.fetchone()
        cursor.execute(UPDATE_CHANGED, {"run": run.pk})
        updated = cursor.rowcount
        cursor.execute(INSERT_NEW, {"run": run.pk})
        new = cursor.rowcount
        withdrawn = 0
        if withdraw:
            cursor.execute(NO_LONGER_PROPOSED)
            gone = [candidate for (candidate,) in cursor.fetchall()]
            cursor.execute("DELETE FROM registry_skip WHERE candidate_id = ANY(%s)", [gone])
            cursor.execute("DELETE FROM registry_candidate WHERE id = ANY(%s)", [gone])
            withdrawn = cursor.rowcount
        counts = CandidateCounts(proposed, new, updated, proposed - new - updated - decided, decided, withdrawn)
        facts = {"proposed": proposed, "new": new, "updated": updated, "decided": decided, "withdrawn": withdrawn}
        audit.append("system", "candidates.stored", "run", str(run.pk), facts)
    _tidy()
    return counts


def _tidy() -> None:
    """Let the planner know the table as it is now, and counts of the queue be read from its index alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE registry_candidate" if connection.in_atomic_block else "VACUUM (ANALYZE) registry_candidate"
        )


EXPORT = """
SELECT ls.slug, l.key, rs.slug, r.key, c.weight, c.probability, c.scenario
FROM registry_candidate c
JOIN registry_record l ON l.id = c.left_id JOIN registry_source ls ON ls.id = l.source_id
JOIN registry_record r ON r.id = c.right_id JOIN registry_source rs ON rs.id = r.source_id
WHERE c.probability >= %s
ORDER BY c.probability DESC, c.weight DESC, ls.slug, l.key, rs.slug, r.key
"""


def export_rows(min_probability: float = 0.0) -> Iterator[tuple[str, str, str, str, float, float, str]]:
    """Stream `left_source, left_key, right_source, right_key, weight, probability, scenario`, likeliest first."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(EXPORT, [min_probability])
        while rows := cursor.fetchmany(10_000):
            yield from rows
