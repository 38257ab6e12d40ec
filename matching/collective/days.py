"""The order of days: nobody is in a transfer before the last day at home."""

from __future__ import annotations

import numpy as np

from matching.collective.sums import Floats
from matching.comparisons.dates import interval
from matching.spec.collective_spec import TimeSpec
from matching.vectors.records import Column, Rows, Table


class Days:
    """Weighs pairs by the order of two days.

    Args:
        spec: Which days.
        table: The records.
    """

    def __init__(self, spec: TimeSpec, table: Table) -> None:
        self.spec = spec
        self._earliest = _bounds(table.columns[spec.before], 0)
        self._latest = _bounds(table.columns[spec.after], 1)

    def bits(self, left: Rows, right: Rows) -> Floats:
        """Return what the order of days says of each pair: nothing where it is possible, or unknown."""
        wrong = self._earliest[left] - self._latest[right] > self.spec.slack_days
        return np.where(wrong, -self.spec.bits_against, 0.0)


def _bounds(column: Column, side: int) -> Floats:
    """Return the first or last possible day of each record as an ordinal, NaN where it is unknown."""
    days = [float(interval(value)[side]) for value in column.values]
    return np.append(np.array(days), np.nan)[column.codes]
