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

ABSENT = -1
"""Level of a pair in which at least one side is unknown: no evidence, neither for nor against."""

IMPLIED = -2
"""Level of a field that agrees where another field implies it already: no evidence of its own."""


@dataclass(frozen=True)
class Level:
    """One grade of agreement.

    Attributes:
        code: Stable identifier, used in stored explanations and translated by screens.
        sentence: The reason in words, without any value of a record.
        m: Prior probability of this level among pairs of one child when the field was left alone.
        tie: Levels that share a tie have one weight: they differ in how a value is written, not in what it means.
        tf: Whether a rarer value makes this level stronger (term frequency).
        stratum: Levels that the same kind of values can reach at all (two full days; a day and a year; an initial).
            How well a field is known says nothing of whose it is: m and u each sum to one within a stratum.
    """

    code: str
    sentence: str
    m: float
    tie: str = ""
    tf: bool = False
    stratum: str = ""


class Comparison(ABC):
    """Compares the values of one field on two sides; subclasses state their levels from worst to best."""

    levels: tuple[Level, ...]

    @abstractmethod
    def grade(self, left: Values, right: Values) -> Levels:
        """Return the level of each pair; both arrays have one shape `(n,)` and hold no missing value."""

    def term(self, value: Any) -> str:
        """Return the class whose frequency makes agreement on `value` weak or strong; '' for none."""
        return ""

    def __call__(self, left: Values, right: Values) -> Levels:
        """Return levels `(n,)`, -1 where a side is missing, computing each distinct pair of values once."""
        return over_distinct(left, right, self.grade)


def is_missing(value: Any) -> bool:
    """Tell whether a cell holds no value: None, NaN, an empty string or an empty collection."""
    if value is None:
        return True
    if isinstance(value, float):
        return value != value
    return isinstance(value, str | Sequence | frozenset) and len(value) == 0


def codes_of(values: Values) -> tuple[npt.NDArray[np.int64], Values]:
    """Return `(codes, uniques)`: codes are -1 for missing values, else positions in `uniques`."""
    hashable = np.empty(len(values), dtype=object)
    hashable[:] = [None if is_missing(v) else tuple(v) if isinstance(v, list) else v for v in values]
    codes, uniques = pd.factorize(hashable, use_na_sentinel=True)
    out = np.empty(len(uniques), dtype=object)
    out[:] = list(uniques)
    return codes.astype(np.int64), out


def over_distinct(left: Values, right: Values, grade: Callable[[Values, Values], Levels]) -> Levels:
    """Apply `grade` to each distinct pair of values once and spread the result.

    Lists of persons repeat their values: this is the biggest determinant of speed.
    """
    left_codes, left_values = codes_of(left)
    right_codes, right_values = codes_of(right)
    return grade_codes(left_codes, right_codes, left_values, right_values, grade)


def grade_codes(
    left_codes: npt.NDArray[np.int64],
    right_codes: npt.NDArray[np.int64],
    left_values: Values,
    right_values: Values,
    grade: Callable[[Values, Values], Levels],
) -> Levels:
    """Grade pairs given as codes into distinct values; -1 where a code is -1."""
    levels = np.full(len(left_codes), ABSENT, dtype=np.int8)
    known = (left_codes >= 0) & (right_codes >= 0)
    if not known.any():
        return levels
    width = max(len(right_values), 1)
    pair_codes = left_codes[known] * width + right_codes[known]
    inverse, distinct = pd.factorize(pair_codes)
    graded = grade(left_values[distinct // width], right_values[distinct % width])
    levels[known] = graded[inverse]
    return levels
