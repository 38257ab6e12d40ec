"""Verdicts that cannot all be true: found before an identity is made of them, and settled by a third person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from django.db import connection
from django.utils import timezone

from registry.judgements import log
from registry.models import Candidate, Contradiction, IdentityMember, Says, Settlement, User

VERDICTS, ONE_LIST, WAITS = "verdicts", "one_list", "waits"
"""Why two rows cannot be one child: two people said so; their list holds each child once; a third person is asked."""

# Two rows that a list which holds each child once held in one delivery, or for one day.
OF_ONE_LIST = """
WITH seen AS (
    SELECT f.id AS row_id, f.source_id, b.id AS batch_id, coalesce(b.as_of, r.observed_on) AS day
    FROM registry_record f JOIN registry_source s ON s.id = f.source_id AND s.one_row_per_child
    JOIN registry_record r ON r.source_id = f.source_id AND r.key = f.key
    JOIN registry_batch b ON b.id = r.batch_id OR b.id IN (SELECT g.batch_id FROM registry_sighting g WHERE g.record_id = r.id)
    WHERE f.id = ANY(%(left)s) OR f.id = ANY(%(right)s)
)
SELECT DISTINCT least(a.row_id, b.row_id), greatest(a.row_id, b.row_id)
FROM seen a JOIN seen b ON b.source_id = a.source_id AND (b.batch_id = a.batch_id OR b.day = a.day)
WHERE a.row_id = ANY(%(left)s) AND b.row_id = ANY(%(right)s) AND a.row_id <> b.row_id
ORDER BY 1, 2
"""  # noqa: E501


@dataclass(frozen=True)
class Against:
    """Two rows that contradict a union, and why."""

    left: int
    right: int
    why: str


@dataclass(frozen=True)
class Union:
    """What a pair would make one child: the rows on its two sides, and what contradicts it."""

    left: tuple[int, ...]
    right: tuple[int, ...]
    against: tuple[Against, ...]

    @property
    def rows(self) -> list[int]:
        """Return all rows, in order."""
        return sorted({*self.left, *self.right})

    @property
    def inside(self) -> bool:
        """Tell whether both sides are in one identity already."""
        return self.left == self.right


def would_be(candidate: Candidate) -> Union:
    """Return what a pair would make one child, with all that contradicts it."""
    left, right = log.pair_of(candidate)
    union = of_sides(together(left), together(right))
    own = Against(left, right, VERDICTS)  # what people held of these two rows before gives way to their newest verdicts
    return replace(union, against=tuple(one for one in union.against if one != own))


def of_sides(left: Collection[int], right: Collection[int]) -> Union:
    """Return two sides that are to become one child, with all that contradicts it."""
    sides = tuple(sorted(left)), tuple(sorted(right))
    if sides[0] == sides[1]:
        return Union(*sides, ())
    every = {*left, *right}
    against = _against(every, left, right)
    for other in Contradiction.objects.filter(settled_at=None, inside=True, rows__overlap=sorted(every)):
        against += [Against(first, second, WAITS) for first, second, _ in other.against]
    return Union(*sides, tuple(dict.fromkeys(against)))


def among(held: Collection[int]) -> tuple[Against, ...]:
    """Return which of these rows cannot be one child with each other."""
    return tuple(dict.fromkeys(_against(held, held, held)))


def _against(every: Collection[int], left: Collection[int], right: Collection[int]) -> list[Against]:
    """Return what stands between all rows, and what lists say of those to the left with those to the right."""
    against = [Against(one.left, one.right, VERDICTS) for one in log.among(every, Says.DIFFERENT)]
    with connection.cursor() as cursor:
        cursor.execute(OF_ONE_LIST, {"left": list(left), "right": list(right)})
        return against + [Against(first, second, ONE_LIST) for first, second in cursor.fetchall()]


def together(row: int) -> list[int]:
    """Return the rows of the identity that a row is in, or the row with those that list its child twice."""
    held = IdentityMember.objects.filter(identity__members__row_id=row).values_list("row_id", flat=True)
    return sorted(held) or sorted(log.with_twins([row]))


def find(candidate: Candidate, union: Union, against: Collection[Against]) -> Contradiction:
    """Write down what contradicts a pair; nothing is made of the pair until a third person has settled it."""
    return Contradiction.objects.create(
        candidate=candidate,
        inside=union.inside,
        rows=union.rows,
        against=[[one.left, one.right, one.why] for one in against],
        found_at=timezone.now(),
    )


def drop(candidate: Candidate, user: User) -> None:
    """End an unsettled contradiction, because the verdict that led to it was taken back."""
    Contradiction.objects.filter(candidate=candidate, settled_at=None).update(
        settlement=Settlement.WITHDRAWN, settled_by=user, settled_at=timezone.now()
    )
