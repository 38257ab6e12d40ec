"""The waterfall: how the odds of a random pair of two lists become the score of this one, step by step.

Every step is drawn in the row of its own field, on one scale for all pages, so that a reader can follow the sum
downwards and the same length means the same everywhere. The numbers are attributes of server-rendered SVG: no script
and no inline style takes part.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDTH = 160.0
"""Width of the drawing in its own units."""

LOWEST, HIGHEST = -30.0, 45.0
"""Odds in bits at both ends of the drawing: a random pair of two long lists stands near -20. The rest is cut."""

_MARGIN = 2.0
_THINNEST = 1.5
_SURE = 13.0
"""Odds in bits, some 1 to 8,000, beyond which a stored probability has too few digits to tell what rivals took."""


@dataclass(frozen=True)
class Step:
    """One bar, in units of the drawing.

    Attributes:
        bits: What this step adds, in bits.
        x: Left end of the bar.
        width: Length of the bar; never so thin that it disappears.
        zero: Where the odds are even: 50 of 100.
        reached: Where the sum stands after this step.
    """

    bits: float
    x: float
    width: float
    zero: float
    reached: float

    @property
    def direction(self) -> str:
        """Say whether the step speaks `for` one child, `against` it, or is `level`."""
        if abs(self.bits) < 0.05:
            return "level"
        return "for" if self.bits > 0 else "against"


@dataclass(frozen=True)
class Waterfall:
    """All steps of a pair and the bar of their sum."""

    steps: tuple[Step, ...]
    total: Step


def waterfall(bits: Sequence[float]) -> Waterfall:
    """Place one bar per entry of `bits` on the scale of all pages.

    Args:
        bits: What each step adds, in the order in which the steps are shown; the first may be the starting point.

    Returns:
        A step per entry, each starting where the one before it ended, and the total from zero.
    """
    sums = [0.0]
    for value in bits:
        sums.append(sums[-1] + value)
    steps = tuple(_step(start, end) for start, end in pairwise(sums))
    return Waterfall(steps, _step(0.0, sums[-1]))


def bits_of_rivals(before: float, probability: float) -> float | None:
    """Return what rivals take from the odds of a pair, in bits, at most 0; None where the score cannot tell.

    Args:
        before: Odds of the pair by itself, in bits.
        probability: The stored score, rivals counted.
    """
    if not 0.0 < probability < 1.0:
        return None
    after = math.log2(probability / (1.0 - probability))
    return None if after > _SURE else min(after - before, 0.0)


def _step(start: float, end: float) -> Step:
    left, right = _place(min(start, end)), _place(max(start, end))
    width = max(round(right - left, 1), _THINNEST)
    return Step(end - start, min(left, round(WIDTH - width, 1)), width, _place(0.0), _place(end))


def _place(bits: float) -> float:
    share = (min(max(bits, LOWEST), HIGHEST) - LOWEST) / (HIGHEST - LOWEST)
    return round(_MARGIN + share * (WIDTH - 2 * _MARGIN), 1)
