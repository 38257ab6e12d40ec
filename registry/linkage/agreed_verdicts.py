"""What people agreed on: pairs that two of them hold for one child or for two, with the scores they were given.

Verdicts on gold items never stand among them, nor do pairs that have ever been gold: their answer was known before.

Where a new model sees a decided pair otherwise it has moved (`moves`): it changes sides of even odds, or a run over
everything proposes it no more. It stays decided, and is asked of nobody. Ids and members of identities never move by a
model: they follow from what people said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import ClassVar

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Abs, Coalesce
from psycopg.sql import SQL

from registry import audit
from registry.linkage import explanations
from registry.linkage.staged_proposals import StagedProposals
from registry.models import MovedPair, Run
from registry.staging_table import StagingTable


@dataclass(frozen=True, slots=True)
class AgreedPair:
    """A pair on which two people gave one verdict.

    Attributes:
        candidate_id: The candidate.
        left_id, right_id: Its records as they were judged.
        left_source, left_key, right_source, right_key: The records' sources and the sources' own keys.
        weight, probability, scenario: As the candidate was scored when it was decided.
        model: Hash of the model that scored it; '' when its run has none.
        same: Whether they hold it for one child.
        levels: Level of each field that both records know.
    """

    candidate_id: int
    left_id: int
    right_id: int
    left_source: str
    left_key: str
    right_source: str
    right_key: str
    weight: float
    probability: float
    scenario: str
    model: str
    same: bool
    levels: dict[str, int]

    @property
    def sources(self) -> str:
        """The pair of sources as `left → right`."""
        return f"{self.left_source} → {self.right_source}"


_COLUMNS = tuple(field.name for field in fields(AgreedPair))

AGREED = """
SELECT c.id, c.left_id, c.right_id, ls.slug, l.key, rs.slug, r.key, c.weight, c.probability, c.scenario,
       coalesce(made.counts ->> 'model', ''), said.same >= 2, made.layout_id, c.reasons
FROM (
    SELECT v.candidate_id, count(*) FILTER (WHERE v.verdict = 'same') AS same,
           count(*) FILTER (WHERE v.verdict = 'different') AS different
    FROM registry_standingreview v
    GROUP BY v.candidate_id
) said
JOIN registry_candidate c ON c.id = said.candidate_id
JOIN registry_run made ON made.id = c.run_id
JOIN registry_record l ON l.id = c.left_id JOIN registry_source ls ON ls.id = l.source_id
JOIN registry_record r ON r.id = c.right_id JOIN registry_source rs ON rs.id = r.source_id
WHERE (said.same >= 2) <> (said.different >= 2) AND NOT c.listed_twice
  AND (c.status NOT IN ('contested', 'unresolved') AND (c.status <> 'rejected' OR said.same < 2))
  AND NOT EXISTS (SELECT 1 FROM registry_golditem g WHERE g.candidate_id = c.id)
ORDER BY ls.slug, l.key, rs.slug, r.key, c.id
"""


def agreed() -> Iterator[AgreedPair]:
    """Stream the pairs on which two people agree, in the order of sources and keys, by verdicts that stand.

    Pairs whose verdicts were contradicted by others are left out, and pairs in which nobody is sought.
    """
    with connection.chunked_cursor() as cursor:
        cursor.execute(AGREED)
        while rows := cursor.fetchmany(10_000):
            for row in rows:
                yield AgreedPair(
                    **dict(zip(_COLUMNS, (*row[:-2], explanations.levels(row[-2], bytes(row[-1]))), strict=True))
                )


DECIDED = """
SELECT left_id, right_id FROM registry_candidate WHERE status IN ('verified', 'twice', 'rejected', 'unresolved')
"""


def decided() -> set[tuple[int, int]]:
    """Return the records of all decided candidates, each pair both ways round."""
    with connection.cursor() as cursor:
        cursor.execute(DECIDED)
        pairs = cursor.fetchall()
    return {*pairs, *((right, left) for left, right in pairs)}


SCORED = """
SELECT c.id, c.probability, ls.slug || ' → ' || rs.slug
FROM registry_candidate c JOIN registry_run made ON made.id = c.run_id
JOIN registry_record l ON l.id = c.left_id JOIN registry_source ls ON ls.id = l.source_id
JOIN registry_record r ON r.id = c.right_id JOIN registry_source rs ON rs.id = r.source_id
WHERE made.counts ->> 'model' = ANY(%s) AND c.status IN ('open', 'second', 'disputed')
ORDER BY c.id
"""


def scored_by(models: Sequence[str]) -> list[tuple[int, float, str]]:
    """Return the undecided candidates that one of these models scored: `id, probability, left → right`."""
    with connection.cursor() as cursor:
        cursor.execute(SCORED, [list(models)])
        return list(cursor.fetchall())


class Calibrated(StagingTable):
    """Calibrated probabilities of candidates."""

    name = "calibrated_staging"
    columns: ClassVar[dict[str, str]] = {"id": "bigint", "calibrated": "double precision"}


CALIBRATE = SQL("""
UPDATE registry_candidate c SET calibrated_probability = s.calibrated
FROM {staged} s
WHERE c.id = s.id AND c.status IN ('open', 'second', 'disputed')
  AND c.calibrated_probability IS DISTINCT FROM s.calibrated
""")


def store_calibrated(model: str, calibration: str, rows: Iterable[tuple[int, float | None]]) -> int:
    """Give undecided candidates of one model their calibrated probabilities, and return how many changed.

    Args:
        model: Hash of the model.
        calibration: Hash of the calibration, for the log.
        rows: `id, calibrated probability`; None where a score stays a score.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        staged = Calibrated.create()
        staged.fill(rows)
        cursor.execute(CALIBRATE.format(staged=staged.sql))
        changed = int(cursor.rowcount)
        facts = {"calibration": calibration, "candidates": changed}
        audit.append("system", "candidates.calibrated", "model", model[:12], facts)
    return changed


TELLING = 3
"""So many fields say why a pair moved."""

MOVED = SQL("""
INSERT INTO registry_movedpair (candidate_id, run_id, weight, probability, reasons)
SELECT c.id, %(run)s, s.weight, s.probability, s.reasons
FROM {proposals} s JOIN registry_candidate c ON {same_pair}
WHERE c.status IN ('verified', 'twice', 'rejected', 'unresolved') AND (c.probability >= 0.5) <> (s.probability >= 0.5)
""")

# Only of records as they are now: those of older versions are proposed by no run.
GONE = SQL("""
INSERT INTO registry_movedpair (candidate_id, run_id)
SELECT c.id, %(run)s FROM registry_candidate c
JOIN registry_run made ON made.id = c.run_id AND made.manifest ->> 'spec_name' IS NOT DISTINCT FROM %(spec)s
JOIN registry_record l ON l.id = c.left_id AND l.is_current JOIN registry_record r ON r.id = c.right_id AND r.is_current
WHERE c.status IN ('verified', 'twice') AND c.probability >= 0.5
  AND NOT EXISTS (SELECT 1 FROM {proposals} s WHERE {same_pair})
""")


@dataclass(frozen=True)
class Move:
    """A decided pair and what the newest model makes of it, in bits; `now` is None where it proposes it no more.

    `why` are the fields whose bits differ most, with the difference.
    """

    candidate_id: int
    status: str
    before: float
    now: float | None
    why: tuple[tuple[str, float], ...]


def note_moved(run: Run, staged: StagedProposals, same_pair: SQL) -> int:
    """Write down which decided pairs a run over everything sees otherwise, in the place of what the last one did.

    Part of the transaction that stores the run's proposals; returns how many there are.
    """
    values = {"run": run.pk, "spec": run.manifest.get("spec_name")}
    MovedPair.objects.all().delete()
    with connection.cursor() as cursor:
        moved = 0
        for statement in (MOVED, GONE):
            cursor.execute(statement.format(proposals=staged.sql, same_pair=same_pair), values)
            moved += int(cursor.rowcount)
        return moved


def count_moved() -> int:
    """Count the decided pairs that the newest run over everything sees otherwise."""
    return MovedPair.objects.count()


def moves(limit: int) -> Iterator[Move]:
    """Return what the newest run over everything sees otherwise than people judged, the farthest moves first."""
    far = Abs(Coalesce("weight", 0.0) - F("candidate__weight"))
    for one in MovedPair.objects.select_related("candidate__run", "run").order_by(far.desc(), "pk")[:limit]:
        candidate = one.candidate
        old = explanations.worth(candidate.run.layout_id, bytes(candidate.reasons))
        new = {} if one.reasons is None else explanations.worth(one.run.layout_id, bytes(one.reasons))
        change = {field: new.get(field, 0.0) - old.get(field, 0.0) for field in {*old, *new}}
        telling = sorted(change.items(), key=lambda each: (-abs(each[1]), each[0]))[:TELLING]
        why = tuple(each for each in telling if abs(each[1]) >= 0.05) if one.reasons is not None else ()
        yield Move(candidate.pk, str(candidate.status), candidate.weight, one.weight, why)
