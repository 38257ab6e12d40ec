"""Graded comparisons as features of `recordlinkage.Compare`, in which a missing value is kept apart.

A feature of recordlinkage is a number from 0 to 1, and its own comparisons give 0 where a value is missing, as if the
two records contradicted each other. Here a pair without evidence is NaN unless told otherwise; `known=True` adds a
second column that is 1 where both sides are known, for classifiers that take no NaN.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from recordlinkage.base import BaseCompareFeature

from matching.comparisons import KINDS, Comparison
from matching.comparisons.names import Role
from matching.recordlinkage.written import read_column

# A month or a year that fits says less than a day that fits, and an initial less than a name.
_MOST_BY_STRATUM = {"month": 0.9, "year": 0.8, "initial": 0.6}


def similarities(comparison: Comparison) -> npt.NDArray[np.float64]:
    """Return a number from 0 to 1 for each level, `(levels,)`.

    Levels of one stratum are evenly spread from contradiction (0) to agreement; those that differ only in how a value
    is written (a tie) are equal.
    """
    steps: dict[str, list[str]] = {}
    for level in comparison.levels:
        step = steps.setdefault(level.stratum, [])
        if (name := level.tie or level.code) not in step:
            step.append(name)
    return np.array(
        [
            _MOST_BY_STRATUM.get(level.stratum, 1.0)
            * steps[level.stratum].index(level.tie or level.code)
            / max(len(steps[level.stratum]) - 1, 1)
            for level in comparison.levels
        ]
    )


class Graded(BaseCompareFeature):  # type: ignore[misc]
    """Any comparison of Ridni as a feature.

    Args:
        kind: One of `matching.comparisons.KINDS`.
        left_on, right_on: Columns of the left and of the right frame, as `read_column` takes them.
        missing_value: What a pair gets in which a side is missing or unreadable: no evidence.
        known: Whether to add a column that is 1 where both sides are known; its label is `LABEL_known`.
        label: Name of the column; unset: that of the left column.
    """

    def __init__(
        self,
        kind: str,
        left_on: str,
        right_on: str,
        *,
        missing_value: float = np.nan,
        known: bool = False,
        label: str | None = None,
    ) -> None:
        name = left_on if label is None else label
        super().__init__(left_on, right_on, label=[name, f"{name}_known"] if known else name)
        if kind not in KINDS:
            raise ValueError(f"unknown kind '{kind}'; there are {', '.join(sorted(KINDS))}")
        self.kind, self.missing_value, self.known = kind, missing_value, known

    def _compute_vectorized(self, left: pd.Series[Any], right: pd.Series[Any]) -> Any:
        """Return the similarity of each pair, `(pairs,)`, or that and whether both sides are known, `(pairs, 2)`."""
        comparison = KINDS[self.kind]()
        sides = [read_column(side, self.kind).to_numpy(dtype=object) for side in (left, right)]
        levels = comparison(*sides)
        known = levels >= 0
        value = np.where(known, similarities(comparison)[np.maximum(levels, 0)], self.missing_value)
        return np.column_stack([value, known]) if self.known else value


class Name(Graded):
    """One part of a name across languages, romanisations, short forms and slips.

    Args:
        left_on, right_on: Columns of the left and of the right frame.
        role: Which part of a name the columns hold.
        options: As for `Graded`.
    """

    def __init__(self, left_on: str, right_on: str, *, role: Role, **options: Any) -> None:
        super().__init__(role, left_on, right_on, **options)


class Date(Graded):
    """Dates as intervals: a day, a month or a year, with swapped day and month and near dates between.

    Args:
        left_on, right_on: Columns of the left and of the right frame.
        options: As for `Graded`.
    """

    def __init__(self, left_on: str, right_on: str, **options: Any) -> None:
        super().__init__("date", left_on, right_on, **options)


class Place(Graded):
    """Places of Ukraine and Russia as what their names may mean: former names, languages, a town within its region.

    Args:
        left_on, right_on: Columns of the left and of the right frame.
        options: As for `Graded`.
    """

    def __init__(self, left_on: str, right_on: str, **options: Any) -> None:
        super().__init__("place", left_on, right_on, **options)
