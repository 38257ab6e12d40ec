"""Which figures of a table must not be shown, so that no small one can be seen or worked out from the others.

A figure from 1 to `threshold` - 1 is small. It is suppressed, and with it as many others as it takes: whoever sees all
that is shown, and knows that parts add up, is left with `threshold` values at least for each small figure, and with two
for every other suppressed one. Who also knows which of them are small is left with two for each, unless nothing at all
is shown. What to suppress is asked of a linear program (the cheapest other table that would show the same); that it is
enough, of the exact interval of each figure. Source: Hundepool et al., Statistical Disclosure Control (2012), ch. 4.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Key = TypeVar("Key", bound=Hashable)
Sum = tuple[int, tuple[int, ...]]
"""The place of a figure, and the places of the parts that add up to it."""
Array = npt.NDArray[np.float64]

OF_A_TOTAL, OF_A_ZERO = 5.0, 20.0
"""What it costs to hide these, beside a part: totals are what people want, and a zero hides little."""


def suppressed(
    values: Mapping[Key, int],
    sums: Sequence[tuple[Key, Sequence[Key]]],
    threshold: int,
    orders: Sequence[tuple[Key, Key]] = (),
) -> frozenset[Key]:
    """Return the keys of the figures that are not shown.

    Args:
        values: All figures by key, totals too.
        sums: For each total, its parts; every part is one of `values`.
        threshold: The smallest figure above 0 that is shown; at least 2.
        orders: Pairs of figures of which everybody knows that the first is not larger than the second.
    """
    keys = list(values)
    place = {key: number for number, key in enumerate(keys)}
    table = Table(
        tuple(values.values()),
        tuple((place[total], tuple(place[part] for part in parts)) for total, parts in sums),
        tuple((place[less], place[more]) for less, more in orders),
    )
    return frozenset(keys[number] for number in _suppressed(table, threshold))


@dataclass(frozen=True)
class Table:
    """Figures in a row, and what everybody knows of them: sums, and which is not larger than which."""

    values: tuple[int, ...]
    sums: tuple[Sum, ...]
    orders: tuple[tuple[int, int], ...] = ()

    def intervals(self, number: int, hidden: frozenset[int], bounds: Mapping[int, tuple[int, int]]) -> tuple[int, int]:
        """Return the smallest and largest value that a hidden figure may have, for whoever sees all the others."""
        equal, below = _system(self)
        unknown, known = sorted(hidden), [one for one in range(len(self.values)) if one not in hidden]
        shown = np.array([self.values[one] for one in known], dtype=float)
        largest = max(1, 2 * sum(self.values) + 1_000)
        cost = np.array([1.0 if one == number else 0.0 for one in unknown])
        limits = [bounds.get(one, (0, largest)) for one in unknown]
        rules = (
            equal[:, unknown], -equal[:, known] @ shown, below[:, unknown], -below[:, known] @ shown
        )  # fmt: skip
        first, last = (_solve(sign * cost, *rules, limits) for sign in (1.0, -1.0))
        if first is None or last is None:  # the true table always fits
            raise AssertionError
        return int(np.ceil(cost @ first - 1e-6)), int(np.floor(cost @ last + 1e-6))

    def other(self, number: int, hidden: frozenset[int], step: int, bounds: Mapping[int, tuple[int, int]]) -> set[int]:
        """Return what has to be hidden so that a figure may as well be `step` larger; nothing where it cannot be.

        Args:
            number: The figure.
            hidden: What is hidden already, and costs nothing.
            step: By how much it shall be able to differ.
            bounds: Between what figures are known to lie.
        """
        equal, below = _system(self)
        size, now = len(self.values), np.array(self.values, dtype=float)
        cost = np.array([0.0 if one in hidden else self._cost(one) for one in range(size)])
        upwards = [(0.0, bounds[one][1] - now[one] if one in bounds else None) for one in range(size)]
        downwards = [(0.0, now[one] - (bounds[one][0] if one in bounds else 0.0)) for one in range(size)]
        limits: list[tuple[float, float | None]] = [*upwards, *downwards]
        up, down = (step, 0) if step > 0 else (0, -step)
        if up > (limits[number][1] or np.inf) or down > (limits[size + number][1] or 0):
            return set()
        limits[number], limits[size + number] = (up, up), (down, down)
        both = np.hstack([equal, -equal]), np.zeros(len(equal)), np.hstack([below, -below]), -below @ now
        found = _solve(np.concatenate([cost, cost]), *both, limits)
        if found is None:
            return set()
        moved = np.abs(found[:size] - found[size:]) > 1e-6
        return {int(one) for one in np.nonzero(moved)[0]}

    def _cost(self, number: int) -> float:
        value = self.values[number]
        weight = OF_A_TOTAL if any(total == number for total, _ in self.sums) else 1.0
        return weight * (OF_A_ZERO if value == 0 else 1.0 + float(np.log1p(value)))


@lru_cache(maxsize=4)
def _system(table: Table) -> tuple[Array, Array]:
    """Return what holds of all figures x: `equal @ x == 0` and `below @ x <= 0`."""
    equal = np.zeros((len(table.sums), len(table.values)))
    for row, (total, parts) in enumerate(table.sums):
        equal[row, list(parts)] = 1.0
        equal[row, total] -= 1.0
    below = np.zeros((len(table.orders), len(table.values)))
    for row, (less, more) in enumerate(table.orders):
        below[row, less], below[row, more] = 1.0, -1.0
    return equal, below


@lru_cache(maxsize=64)  # the same figures are asked for by each look at the page
def _suppressed(table: Table, threshold: int) -> frozenset[int]:
    small = frozenset(number for number, value in enumerate(table.values) if 0 < value < threshold)
    known = dict.fromkeys(small, (1, threshold - 1))
    hidden, asked = small, sorted(small)
    while asked:
        number = asked[0]
        more = _needed(table, number, hidden, threshold, known if number in small else {})
        if more is None:
            return frozenset(range(len(table.values)))
        asked += sorted(more - hidden)
        hidden |= more
        if not more:
            asked.pop(0)  # what is hidden later only widens what is possible
    return hidden


def _needed(
    table: Table, number: int, hidden: frozenset[int], threshold: int, known: Mapping[int, tuple[int, int]]
) -> set[int] | None:
    """Return what else has to be hidden for one figure's sake; None when no table of these figures hides it."""
    wide = threshold - 1 if known else 1
    first, last = table.intervals(number, hidden, {})
    if last - first < wide:
        found = table.other(number, hidden, wide, {}) or table.other(number, hidden, -1, {})
        return found - hidden or None
    if known and threshold > 2:
        first, last = table.intervals(number, hidden, known)
        if last == first:
            for step in (1, -1):
                if found := table.other(number, hidden, step, known) - hidden:
                    return found
            return None
    return set()


def _solve(
    cost: Array, equal: Array, equals: Array, below: Array, most: Array, limits: Sequence[tuple[float, float | None]]
) -> Array | None:
    from scipy import optimize  # half a second, and most commands count nothing

    done = optimize.linprog(
        cost,
        A_eq=equal if len(equal) else None,
        b_eq=equals if len(equal) else None,
        A_ub=below if len(below) else None,
        b_ub=most if len(below) else None,
        bounds=limits,
        method="highs",
    )
    return done.x if done.success else None
