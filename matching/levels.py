"""The level matrix: one graded comparison per pair and field, the only thing that the model sees of two records."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.blocking import Positions
from matching.comparisons import ABSENT, IMPLIED, KINDS, Comparison
from matching.comparisons.base import Values, codes_of, grade_codes
from matching.errors import FrameError
from matching.spec import LinkageSpec

_LARGEST = 2**62


@dataclass(frozen=True)
class Column:
    """One field of both frames as codes into shared distinct values."""

    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    values: Values


class Comparer:
    """Grades pairs of two frames by the fields of a spec.

    Args:
        spec: The linkage spec.
        left: Records, one row each, with a column for each field that is known at all.
        right: Records of the other side.
    """

    def __init__(self, spec: LinkageSpec, left: pd.DataFrame, right: pd.DataFrame) -> None:
        self.spec = spec
        self.comparisons: dict[str, Comparison] = {name: KINDS[f.kind]() for name, f in spec.fields.items()}
        self.columns = {name: self._column(name, left, right) for name in spec.fields}

    @staticmethod
    def _column(name: str, left: pd.DataFrame, right: pd.DataFrame) -> Column:
        parts = [
            frame[name].to_numpy(dtype=object) if name in frame else np.full(len(frame), None, dtype=object)
            for frame in (left, right)
        ]
        codes, values = codes_of(np.concatenate(parts))
        return Column(codes[: len(left)], codes[len(left) :], values)

    def grade(self, left: Positions, right: Positions) -> npt.NDArray[np.int8]:
        """Return the level matrix `(pairs, fields)` of pairs given as positions; -1 is missing, -2 implied."""
        matrix = np.full((len(left), len(self.spec.fields)), ABSENT, dtype=np.int8)
        for i, (name, column) in enumerate(self.columns.items()):
            comparison = self.comparisons[name]
            try:
                matrix[:, i] = grade_codes(
                    column.left[left], column.right[right], column.values, column.values, comparison.grade
                )
            except (ValueError, TypeError, AttributeError, IndexError) as error:
                raise FrameError(
                    f"the values do not fit the kind '{self.spec.fields[name].kind}' ({type(error).__name__})",
                    where=f"field '{name}'",
                    mend="Normalise the column first, or give the field the kind 'string'",
                ) from None
        self._drop_implied(matrix)
        return matrix

    def _drop_implied(self, matrix: npt.NDArray[np.int8]) -> None:
        """Take a field out where it agrees and the field that implies it agrees already: one fact counts once."""
        names = list(self.spec.fields)
        for i, field in enumerate(self.spec.fields.values()):
            if field.subsumed_by is None:
                continue
            j = names.index(field.subsumed_by)
            agreeing = np.array([False, *(level.tf for level in self.comparisons[field.subsumed_by].levels)])
            best = len(self.comparisons[names[i]].levels) - 1
            implied = agreeing[np.maximum(matrix[:, j], ABSENT) + 1] & (matrix[:, i] == best)
            matrix[implied, i] = IMPLIED


def patterns(matrix: npt.NDArray[np.int8]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return `(patterns, counts, inverse)`: distinct rows, how often each occurs, and which one each row is."""
    if len(matrix) == 0:
        return matrix, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    codes, uniques = pd.factorize(_packed(matrix), sort=True)
    first = np.zeros(len(uniques), dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return matrix[first], np.bincount(codes).astype(np.int64), codes.astype(np.int64)


def _packed(matrix: npt.NDArray[np.int8]) -> npt.NDArray[np.int64]:
    """Return one number for each row, equal for equal rows: the levels as digits, packed anew when too many."""
    packed, span = np.zeros(len(matrix), dtype=np.int64), 1
    for column in matrix.T:
        lowest = int(column.min())
        width = int(column.max()) - lowest + 1
        if span * width >= _LARGEST:
            codes, uniques = pd.factorize(packed, sort=True)
            packed, span = codes.astype(np.int64), len(uniques)
        packed = packed * width + (column - lowest)
        span *= width
    return packed
