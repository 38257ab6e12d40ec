"""How well a record fits an identity as a whole: its best and its worst member, and what all members say together.

The members are records of one child, so what two of them say of one field is mostly said once. Field by field:

    no two members contradict each other there   they hold one value: the most telling comparison counts, once
    two of them contradict each other            the child goes by several values, and the record may go by any of
                                                 them: the mean of their likelihood ratios counts

So a field never counts more than its most telling comparison. What no field says (how common the scenario is) counts
once, as of the best member. Of one member all three are its own weight, and the order of members makes no difference.
Pure: no database.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

CONTRADICTS: Final = -1.0
"""Bits of a field from which downwards two members hold two values there: half as likely for one child."""

SURE: Final = 1e-6
"""Probabilities are kept this far from 0 and 1: stored ones are rounded to as much."""


@dataclass(frozen=True)
class Compared:
    """A member as compared with the record: weight in bits, probability, and the bits of each field that says any."""

    member: int
    weight: float
    probability: float
    bits: Mapping[str, float]


@dataclass(frozen=True)
class WholeScore:
    """What an identity says of a record, in bits.

    Attributes:
        best, worst: The members with the highest and the lowest weight.
        together: What all members say together.
        probability: That of the best member, moved by as many bits as all together say more than it, or less.
        fields: What each field says together, the most telling first.
    """

    best: Compared
    worst: Compared
    together: float
    probability: float
    fields: tuple[tuple[str, float], ...]


Apart = Mapping[str, Collection[frozenset[int]]]
"""By field, the pairs of members that contradict each other in it."""


def score(compared: Sequence[Compared], apart: Apart) -> WholeScore:
    """Return what all members that were compared with a record say of it; at least one was.

    Args:
        compared: The members, in any order.
        apart: Where members contradict each other.
    """
    ordered = sorted(compared, key=lambda one: (-one.weight, one.member))
    best = ordered[0]
    fields = {
        field: _together({one.member: one.bits[field] for one in ordered if field in one.bits}, apart.get(field, ()))
        for field in sorted({field for one in ordered for field in one.bits})
    }
    unsaid = best.weight - math.fsum(best.bits.values())
    together = math.fsum([unsaid, *fields.values()])
    likely = min(max(best.probability, SURE), 1 - SURE)
    odds = math.log2(likely / (1 - likely)) + together - best.weight
    return WholeScore(
        best,
        ordered[-1],
        together,
        1 / (1 + 2 ** -min(max(odds, -60), 60)),
        tuple(sorted(fields.items(), key=lambda one: (-abs(one[1]), one[0]))),
    )


def _together(bits: Mapping[int, float], apart: Collection[frozenset[int]]) -> float:
    """Return what the members' comparisons of one field say together."""
    if any(pair <= bits.keys() for pair in apart):
        return math.log2(math.fsum(2**worth for worth in bits.values()) / len(bits))
    return max(bits.values(), key=lambda worth: (abs(worth), worth))
