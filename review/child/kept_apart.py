"""What a page keeps apart: two families, twins, brothers and sisters whose records hang together by a likely pair.

Likely pairs join records, the likeliest first, as long as nothing speaks against one child: two people's *different*,
two rows of a list that holds each child once, or two reports of people who look for a child and who are not likely to
look for the same one. The pair that somebody has taken joins its two sides in any case.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations, product

from registry.judgements import contradictions
from registry.models import Candidate, CandidateStatus, Record

Rows = tuple[int, ...]
Apart = frozenset[frozenset[int]]
"""Pairs of rows."""


def one_child_never(rows: Collection[int]) -> Apart:
    """Return the pairs of these rows that cannot be one child as long as verdicts and descriptions of lists stand."""
    return frozenset(frozenset((one.left, one.right)) for one in contradictions.among(rows))


def two_families(newest: Mapping[int, int], likely: float) -> Apart:
    """Return the pairs of rows that are reports of people who look for a child, not likely to be the same one.

    Args:
        newest: The newest record of each row.
        likely: The probability from which on a pair, found in one list too, speaks for one child.
    """
    row = {record: number for number, record in newest.items()}
    reports = list(Record.objects.filter(pk__in=row, source__side="seeking").values_list("pk", flat=True))
    if len(reports) < 2:
        return frozenset()
    together = Candidate.objects.filter(left_id__in=reports, right_id__in=reports, probability__gte=likely)
    together = together.exclude(status__in=[CandidateStatus.REJECTED, CandidateStatus.SUPERSEDED])
    alike = {frozenset(pair) for pair in together.values_list("left_id", "right_id")}
    pairs = (pair for pair in combinations(reports, 2) if frozenset(pair) not in alike)
    return frozenset(frozenset((row[one], row[other])) for one, other in pairs)


def with_the_seed(
    units: Iterable[Rows], seed: tuple[int, int], pairs: Sequence[tuple[int, int, float]], apart: Apart
) -> set[int]:
    """Return the rows that belong with a taken pair once everything has gone where it belongs most likely.

    Args:
        units: Rows that go together, each unit under its smallest row.
        seed: The two units of the taken pair.
        pairs: Other pairs of units, with their probability.
        apart: Pairs of rows that are kept apart; those of one unit go together all the same.
    """
    groups = {unit[0]: set(unit) for unit in units}
    of = {row: number for number, unit in groups.items() for row in unit}

    def join(left: int, right: int, *, whatever: bool = False) -> None:
        one, other = of[left], of[right]
        if one == other:
            return
        if not whatever and any(frozenset(pair) in apart for pair in product(groups[one], groups[other])):
            return
        of.update(dict.fromkeys(groups[other], one))
        groups[one] |= groups.pop(other)

    join(*seed, whatever=True)
    for left, right, _ in sorted(pairs, key=lambda one: (-one[2], one[0], one[1])):
        join(left, right)
    return groups[of[seed[0]]]
