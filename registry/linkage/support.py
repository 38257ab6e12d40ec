"""The pairs behind pairs: what a run leaves of them, and how each stands today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import connection, transaction
from psycopg.sql import SQL

from registry.models import Candidate
from registry.staging_table import StagingTable

# What people decided on stays as it was; what a part of a run did not touch stays as well.
CLEAR = SQL("""
DELETE FROM registry_support s WHERE {reached} AND NOT EXISTS (
    SELECT 1 FROM registry_candidate c WHERE c.id = s.candidate_id AND c.status NOT IN ('open', 'second', 'disputed'))
""")
EVERYTHING = SQL("true")
OF_RUN = SQL("s.candidate_id IN (SELECT id FROM registry_candidate WHERE run_id = %(run)s)")

FILL = SQL("""
INSERT INTO registry_support (candidate_id, term, bits, by_left_id, by_right_id)
SELECT c.id, s.term, s.bits, s.by_left, s.by_right
FROM {staged} s JOIN registry_candidate c ON least(c.left_id, c.right_id) = least(s.left_id, s.right_id)
    AND greatest(c.left_id, c.right_id) = greatest(s.left_id, s.right_id)
WHERE c.status IN ('open', 'second', 'disputed')
ON CONFLICT (candidate_id, term) DO UPDATE
SET bits = excluded.bits, by_left_id = excluded.by_left_id, by_right_id = excluded.by_right_id
""")

BEHIND = """
SELECT s.term, s.bits, s.by_left_id, s.by_right_id, by_pair.id, coalesce(by_pair.status, ''), ls.slug, rs.slug
FROM registry_support s
JOIN registry_record l ON l.id = s.by_left_id JOIN registry_source ls ON ls.id = l.source_id
JOIN registry_record r ON r.id = s.by_right_id JOIN registry_source rs ON rs.id = r.source_id
LEFT JOIN registry_candidate by_pair ON least(by_pair.left_id, by_pair.right_id) = least(s.by_left_id, s.by_right_id)
    AND greatest(by_pair.left_id, by_pair.right_id) = greatest(s.by_left_id, s.by_right_id)
WHERE s.candidate_id = %s
ORDER BY s.term
"""


@dataclass(frozen=True)
class Supporter:
    """The pair that speaks loudest for a candidate by one term.

    Attributes:
        term: The collective term.
        bits: What all pairs together said by it.
        left, right: Its records.
        candidate_id: Its number, None where it is no candidate.
        status: How it stands today, '' where it is no candidate.
        sources: The lists of its two records.
    """

    term: str
    bits: float
    left: int
    right: int
    candidate_id: int | None
    status: str
    sources: tuple[str, str]


class StagedSupport(StagingTable):
    """Supporting pairs as the run found them."""

    name = "support_staging"
    columns: ClassVar[dict[str, str]] = {
        "left_id": "bigint",
        "right_id": "bigint",
        "term": "text",
        "bits": "real",
        "by_left": "bigint",
        "by_right": "bigint",
    }
    joined_by = ("left_id", "right_id")


def store(run_id: int, rows: Iterable[Sequence[Any]], *, whole: bool) -> None:
    """Keep the supporting pairs of a run's undecided candidates, instead of those of earlier runs.

    Args:
        run_id: The run, whose candidates are stored.
        rows: `left, right, term, bits, by_left, by_right`: ids of records, each candidate and term once.
        whole: Whether the run looked at all records: then nothing that it did not find stays.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        staged = StagedSupport.create()
        staged.fill(rows)
        cursor.execute(CLEAR.format(reached=EVERYTHING if whole else OF_RUN), {"run": run_id})
        cursor.execute(FILL.format(staged=staged.sql))


def behind(candidate: Candidate) -> list[Supporter]:
    """Return the pairs that speak for a candidate, one for each term; records that are gone are left out."""
    with connection.cursor() as cursor:
        cursor.execute(BEHIND, [candidate.pk])
        return [
            Supporter(term, bits, left, right, number, status, (first, second))
            for term, bits, left, right, number, status, first, second in cursor.fetchall()
        ]
