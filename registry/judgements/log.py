"""The log of judgements: what people hold of two rows from now on. The newest judgement of two rows stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from registry.judgements import rows
from registry.models import Candidate, IdentityChange, Judgement, Says, User
from registry.models.review import standing


@dataclass(frozen=True)
class Standing:
    """What stands of two rows, the smaller first."""

    left: int
    right: int
    says: str


def of_rows(wanted: Iterable[int]) -> list[Standing]:
    """Return all judgements that stand of these rows, with each other and with further ones."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT left_id, right_id, says FROM registry_standing_judgements(%s::bigint[])", [list(wanted)])
        return [Standing(*row) for row in cursor.fetchall()]


def among(wanted: Iterable[int], says: Says) -> list[Standing]:
    """Return what stands between these rows and says this."""
    held = set(wanted)
    return [one for one in of_rows(held) if one.says == says and one.left in held and one.right in held]


def edges(wanted: Iterable[int]) -> list[tuple[int, int]]:
    """Return which of these rows two people hold together: as one child that was found, or one listed twice."""
    held = set(wanted)
    together = (one for one in of_rows(held) if one.says in (Says.SAME, Says.TWICE))
    return [(one.left, one.right) for one in together if one.left in held and one.right in held]


def with_twins(wanted: Iterable[int]) -> set[int]:
    """Return these rows with all rows that two people hold for the same child listed twice, and those of these."""
    reached = set(wanted)
    frontier = set(reached)
    while frontier:
        twins = {row for one in of_rows(frontier) if one.says == Says.TWICE for row in (one.left, one.right)}
        frontier = twins - reached
        reached |= frontier
    return reached


def by_pair(candidate: Candidate, says: Says) -> Judgement | None:
    """Write down what two people said of a pair; nothing when two of them did not."""
    people = list(
        standing().filter(candidate=candidate, verdict=says).order_by("ordinal").values_list("reviewer_id", flat=True)
    )
    if len(people) < 2:
        return None
    left, right = pair_of(candidate)
    return Judgement.objects.create(
        left_id=left, right_id=right, says=says, first_id=people[0], second_id=people[1], candidate=candidate,
        at=timezone.now(),
    )  # fmt: skip


def by_change(change: IdentityChange, pairs: Iterable[tuple[int, int]], says: Says) -> None:
    """Write down what follows from a change that one person asked for and another allowed."""
    now = timezone.now()
    Judgement.objects.bulk_create(
        Judgement(
            left_id=min(pair), right_id=max(pair), says=says, first_id=change.asked_by_id,
            second_id=change.decided_by_id, change=change, at=now,
        )
        for pair in pairs
    )  # fmt: skip


def take_back(user: User, pairs: Iterable[tuple[int, int]], candidate: Candidate | None = None) -> None:
    """Let nothing stand of these rows any more."""
    now = timezone.now()
    Judgement.objects.bulk_create(
        Judgement(left_id=min(pair), right_id=max(pair), says=Says.OPEN, first=user, candidate=candidate, at=now)
        for pair in pairs
    )


def stand_again(earlier: Judgement) -> None:
    """Let two people's *different* stand again, because what was said of the same rows after it was taken back."""
    Judgement.objects.create(
        left_id=earlier.left_id, right_id=earlier.right_id, says=Says.DIFFERENT, first_id=earlier.first_id,
        second_id=earlier.second_id, candidate_id=earlier.candidate_id, change_id=earlier.change_id, at=timezone.now(),
    )  # fmt: skip


def pair_of(candidate: Candidate) -> tuple[int, int]:
    """Return the two rows of a pair, the smaller first."""
    row = rows.of_records([candidate.left_id, candidate.right_id])
    left, right = sorted((row[candidate.left_id], row[candidate.right_id]))
    return left, right


def parts(held: Iterable[int], edges: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return the rows that hang together by edges, each part in order, by its smallest row."""
    root = {row: row for row in held}

    def top(row: int) -> int:
        while root[row] != row:
            root[row] = row = root[root[row]]
        return row

    for left, right in edges:
        if left in root and right in root:
            root[max(top(left), top(right))] = min(top(left), top(right))
    found: dict[int, list[int]] = {}
    for row in sorted(root):
        found.setdefault(top(row), []).append(row)
    return list(found.values())
