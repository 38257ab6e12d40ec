"""The geometry of the waterfall: how the bits of each field add up to the weight of a pair.

Every step is drawn in the row of its own field, on one scale for the whole pair, so that a reader can follow the sum
downwards. The numbers are attributes of server-rendered SVG: no script and no inline style takes part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDTH = 160.0
"""Width of the drawing in its own units."""

_MARGIN = 2.0
_THINNEST = 1.5


@dataclass(frozen=True)
class Step:
    """One bar, in units of the drawing.

    Attributes:
        bits: What this step adds, in bits.
        x: Left end of the bar.
        width: Length of the bar; never so thin that it disappears.
        zero: Where no evidence either way stands.
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
    """Place one bar per entry of `bits` on a common scale.

    Args:
        bits: What each step adds, in the order in which the steps are shown; the first may be the starting point.

    Returns:
        A step per entry, each starting where the one before it ended, and the total from zero.
    """
    sums = [0.0]
    for value in bits:
        sums.append(sums[-1] + value)
    low, high = min(sums), max(sums)
    scale = (WIDTH - 2 * _MARGIN) / max(high - low, 1e-9)

    def place(value: float) -> float:
        return round(_MARGIN + (value - low) * scale, 1)

    def step(start: float, end: float) -> Step:
        left, right = place(min(start, end)), place(max(start, end))
        return Step(end - start, left, max(round(right - left, 1), _THINNEST), place(0.0), place(end))

    steps = tuple(step(start, end) for start, end in pairwise(sums))
    return Waterfall(steps, step(0.0, sums[-1]))
