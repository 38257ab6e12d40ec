"""The level matrix: one graded comparison per pair and field, the only thing that the model sees of two records."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.comparisons import ABSENT, IMPLIED, KINDS, Comparison
from matching.comparisons.base import Grader, grade_known
from matching.errors import FrameError
from matching.spec import LinkageSpec
from matching.vectors.misfits import MISFITS, first_misfit, misfit
from matching.vectors.records import Rows, Table

Matrix = npt.NDArray[np.int8]

_LARGEST = 2**62


class Comparer:
    """Grades pairs of a table by the fields of a spec.

    Args:
        spec: The linkage spec.
        table: The records.
    """

    def __init__(self, spec: LinkageSpec, table: Table) -> None:
        self.spec, self.table = spec, table
        self.comparisons: dict[str, Comparison] = {name: KINDS[f.kind]() for name, f in spec.fields.items()}
        self._graders = {name: self._grader(name) for name in spec.fields}
        names = list(spec.fields)
        self._implied = [
            (i, names.index(field.subsumed_by), self._agreeing(field.subsumed_by), self._best(name))
            for i, (name, field) in enumerate(spec.fields.items())
            if field.subsumed_by is not None
        ]
        self._parted = [
            (i, names.index(field.parted_by), self._alike(name))
            for i, (name, field) in enumerate(spec.fields.items())
            if field.parted_by is not None
        ]
        self._limited = [
            (i, [(names.index(other), self._levels_of(other, codes)) for other, codes in field.where.items()])
            for i, field in enumerate(spec.fields.values())
            if field.where
        ]

    def grade(self, left: Rows, right: Rows) -> Matrix:
        """Return the level matrix `(pairs, fields)` of pairs of rows; -1 is missing, -2 implied."""
        matrix = np.empty((len(self._graders), len(left)), dtype=np.int8)
        for i, name in enumerate(self._graders):
            matrix[i] = self._alone(name, left, right)
        for i, j, agreeing, best in self._implied:
            matrix[i, agreeing[matrix[j]] & (matrix[i] == best)] = IMPLIED
        for i, j, alike in self._parted:
            matrix[i, alike[matrix[i]] & (matrix[j] == 0)] = 0
        limits = [
            (i, np.logical_or.reduce([~counting[matrix[j]] for j, counting in others])) for i, others in self._limited
        ]
        for i, idle in limits:  # after all are known: what limits a field is not itself limited by then
            matrix[i, idle & (matrix[i] >= 0)] = IMPLIED
        return matrix.T

    def grade_field(self, name: str, left: Rows, right: Rows) -> npt.NDArray[np.int8]:
        """Return the levels of one field as `grade` has them, `(pairs,)`."""
        levels = self._unlimited(name, left, right)
        for other, codes in self.spec.fields[name].where.items():
            idle = ~self._levels_of(other, codes)[self._unlimited(other, left, right)]
            levels[idle & (levels >= 0)] = IMPLIED
        return levels

    def _unlimited(self, name: str, left: Rows, right: Rows) -> npt.NDArray[np.int8]:
        """Return the levels of one field before `where` takes any of them out, `(pairs,)`."""
        field, levels = self.spec.fields[name], self._alone(name, left, right)
        if (implying := field.subsumed_by) is not None:
            implied = self._agreeing(implying)[self._unlimited(implying, left, right)]
            levels[implied & (levels == self._best(name))] = IMPLIED
        if field.parted_by is not None:
            levels[self._alike(name)[levels] & (self._alone(field.parted_by, left, right) == 0)] = 0
        return levels

    def _alone(self, name: str, left: Rows, right: Rows) -> npt.NDArray[np.int8]:
        grader, column = self._graders[name], self.table.columns[name]
        if grader is None:
            return np.full(len(left), ABSENT, dtype=np.int8)
        try:
            return grade_known(grader, column[left], column[right])
        except MISFITS:
            raise self._misfit(name) from None

    def _grader(self, name: str) -> Grader | None:
        values = self.table.columns[name].values
        try:
            return self.comparisons[name].grader(values) if len(values) else None
        except MISFITS:
            raise self._misfit(name) from None

    def _misfit(self, name: str) -> FrameError:
        code = first_misfit(self.table, name, self.comparisons[name])
        return misfit(self.table, name, self.spec.fields[name].kind, code)

    def _agreeing(self, name: str) -> npt.NDArray[np.bool_]:
        """Return whether each level of a field says that one value stands on both sides; negative levels do not."""
        levels = self.comparisons[name].levels
        return np.array([*(level.tf for level in levels), False, False])

    def _alike(self, name: str) -> npt.NDArray[np.bool_]:
        """Return whether each level of a field says that two values are alike but not one; negative levels do not."""
        return np.array([*(level.alike for level in self.comparisons[name].levels), False, False])

    def _levels_of(self, name: str, codes: tuple[str, ...]) -> npt.NDArray[np.bool_]:
        """Return whether each level of a field is one of these; negative levels are not."""
        return np.array([*(level.code in codes for level in self.comparisons[name].levels), False, False])

    def _best(self, name: str) -> int:
        return len(self.comparisons[name].levels) - 1


def patterns(matrix: Matrix) -> tuple[Matrix, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return `(patterns, counts, inverse)`: distinct rows, how often each occurs, and which one each row is."""
    if len(matrix) == 0:
        return matrix, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    codes, uniques = pd.factorize(_packed(matrix))
    first = np.zeros(len(uniques), dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    # Sorted by their levels, so that the order does not depend on which pairs stand first.
    order = np.lexsort(matrix[first].T[::-1])
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return matrix[first[order]], np.bincount(codes)[order], rank[codes]


def _packed(matrix: Matrix) -> npt.NDArray[np.int64]:
    """Return one number for each row, equal for equal rows: the levels as digits, packed anew when too many."""
    packed, span = np.zeros(len(matrix), dtype=np.int64), 1
    for column in matrix.T:
        lowest = int(column.min())
        width = int(column.max()) - lowest + 1
        if span * width >= _LARGEST:
            codes, uniques = pd.factorize(packed)
            packed, span = codes.astype(np.int64), len(uniques)
        packed *= width
        packed += column
        packed -= lowest
        span *= width
    return packed
