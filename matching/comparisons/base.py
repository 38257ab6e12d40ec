"""What a comparison is: ordered levels of agreement between two values, computed over distinct pairs of values."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Levels = npt.NDArray[np.int8]
Values = npt.NDArray[np.object_]
Codes = npt.NDArray[np.int32]
Grader = Callable[[Codes, Codes], Levels]

ABSENT = -1
"""Level of a pair in which at least one side is unknown: no evidence, neither for nor against."""

IMPLIED = -2
"""Level of a field that agrees where another field implies it already: no evidence of its own."""

_DENSE = 1 << 24
"""Cells of a table of all pairs of values up to which it is kept whole: 16 MB, looked up in one step."""


@dataclass(frozen=True)
class Level:
    """One grade of agreement.

    Attributes:
        code: Stable identifier, used in stored explanations and translated by screens.
        sentence: The reason in words, without any value of a record.
        m: Prior probability of this level among pairs of one child when the field was left alone.
        tie: Levels that share a tie have one weight: they differ in how a value is written, not in what it means.
        tf: Whether a rarer value makes this level stronger (term frequency).
        alike: Whether the two values are near one another and nothing says that they mean one thing.
        stratum: Levels that the same kind of values can reach at all (two full days; a day and a year; an initial).
            How well a field is known says nothing of whose it is: m and u each sum to one within a stratum.
    """

    code: str
    sentence: str
    m: float
    tie: str = ""
    tf: bool = False
    stratum: str = ""
    alike: bool = False


class Comparison(ABC):
    """Compares the values of one field on two sides; subclasses state their levels from worst to best."""

    levels: tuple[Level, ...]
    least_agreement: float | None = None
    """Share of the pairs of one child that agree at the least where the field is left alone; None for any share."""

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the levels, from worst to best."""
        return tuple(level.code for level in self.levels)

    @abstractmethod
    def grade(self, left: Values, right: Values) -> Levels:
        """Return the level of each pair; both arrays have one shape `(n,)` and hold no missing value."""

    def grader(self, values: Values) -> Grader:
        """Return a function that grades pairs of positions in `values`, remembering what it can.

        Lists of persons repeat their values: grading each distinct pair once is the biggest determinant of speed.
        """
        return remembered(lambda a, b: self.grade(values[a], values[b]), len(values))

    def term(self, value: Any) -> str:
        """Return the class whose frequency makes agreement on `value` weak or strong; '' for none."""
        return ""

    def __call__(self, left: Values, right: Values) -> Levels:
        """Return levels `(n,)`, -1 where a side is missing, computing each distinct pair of values once."""
        codes, values = codes_of(np.concatenate([left, right]))
        short = codes.astype(np.int32)
        return grade_known(self.grader(values), short[: len(left)], short[len(left) :])


class CodedComparison(Comparison):
    """A comparison that reads each distinct value once and then works on arrays: subclasses give its `grader`."""

    def grade(self, left: Values, right: Values) -> Levels:
        """Return the level of each pair."""
        rows = np.arange(2 * len(left), dtype=np.int32)
        return self.grader(np.concatenate([left, right]))(rows[: len(left)], rows[len(left) :])

    @abstractmethod
    def grader(self, values: Values) -> Grader:
        """Return a function that grades pairs of positions in `values`."""


def is_missing(value: Any) -> bool:
    """Tell whether a cell holds no value: None, NaN, an empty string or an empty collection."""
    if value is None:
        return True
    if isinstance(value, float):
        return value != value
    return isinstance(value, str | Sequence | frozenset) and len(value) == 0


def codes_of(values: Values) -> tuple[npt.NDArray[np.int64], Values]:
    """Return `(codes, uniques)`: codes are -1 for missing values, else positions in `uniques`."""
    try:
        codes, uniques = pd.factorize(values, use_na_sentinel=True)
    except TypeError:  # lists do not hash
        hashable = np.empty(len(values), dtype=object)
        hashable[:] = [tuple(v) if isinstance(v, list) else v for v in values]
        codes, uniques = pd.factorize(hashable, use_na_sentinel=True)
    # Nearly every value is a text, which a call each would make the greater part of this.
    known = np.array([value != "" if type(value) is str else not is_missing(value) for value in uniques], dtype=bool)
    if known.all():
        return codes.astype(np.int64), uniques
    out = np.empty(int(known.sum()), dtype=object)
    out[:] = [value for value, kept in zip(uniques, known, strict=True) if kept]
    moved = np.append(np.where(known, np.cumsum(known) - 1, -1), -1)
    return moved[codes].astype(np.int64), out


def grade_known(grader: Grader, left: Codes, right: Codes) -> Levels:
    """Grade pairs of codes, `ABSENT` where one of them is negative."""
    known = (left >= 0) & (right >= 0)
    if known.all():
        return grader(left, right)
    levels = np.full(len(left), ABSENT, dtype=np.int8)
    if known.any():
        levels[known] = grader(left[known], right[known])
    return levels


def remembered(grade: Grader, size: int) -> Grader:
    """Return a grader that asks `grade` for each distinct pair of codes below `size` once.

    Few values get a table of all pairs, filled as they come up; many values are made distinct call by call.
    """
    if size * size <= _DENSE:
        return _Dense(grade, size)

    def distinct(left: Codes, right: Codes) -> Levels:
        inverse, pairs = pd.factorize(left.astype(np.int64) * size + right)
        return grade((pairs // size).astype(np.int32), (pairs % size).astype(np.int32))[inverse]

    return distinct


class _Dense:
    """A grader with a table of all pairs of values; threads that fill one cell twice write the same level."""

    def __init__(self, grade: Grader, size: int) -> None:
        self._grade, self._size = grade, size
        # Levels are kept two higher, so that 0 means unknown: memory that is never written is never taken.
        self._table: Levels = np.zeros(size * size, dtype=np.int8)

    def __call__(self, left: Codes, right: Codes) -> Levels:
        pairs = left.astype(np.int32) * np.int32(self._size) + right
        levels: Levels = self._table[pairs]
        new = np.flatnonzero(levels == 0)
        if len(new):
            asked = pd.unique(pairs[new])
            self._table[asked] = self._grade(asked // self._size, asked % self._size) - IMPLIED
            levels[new] = self._table[pairs[new]]
        levels += IMPLIED
        return levels
