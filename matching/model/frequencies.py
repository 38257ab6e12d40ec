"""Term frequency: agreement on a rare name is stronger than agreement on a common one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from matching.blocking import Positions
from matching.comparisons import ABSENT, Comparison
from matching.levels import Column
from matching.model.parameters import Floats

_LIMIT_BITS = 6.0
_NEAR_SHARE = 0.5  # a near match may be another name, so its rarity counts half


class TermFrequency:
    """How common each distinct value of a field is, counted over canonical classes, not spellings.

    Args:
        comparison: The field's comparison, which knows a value's class.
        column: The field's codes on both sides.
    """

    def __init__(self, comparison: Comparison, column: Column) -> None:
        terms = [comparison.term(value) for value in column.values]
        codes = np.concatenate([column.left, column.right])
        uses = np.bincount(codes[codes >= 0], minlength=len(column.values)).astype(float)
        names, inverse = (
            np.unique(np.array(terms, dtype=object).astype(str), return_inverse=True)
            if terms
            else (np.array([]), np.zeros(0, int))
        )
        totals = np.bincount(inverse, weights=uses, minlength=len(names))
        everything = totals.sum()
        share = (totals + 0.5) / (everything + 0.5 * max(len(names), 1)) if everything else totals
        expected = float((share**2).sum()) if len(share) else 1.0
        bits = np.log2(max(expected, 1e-12) / np.maximum(share, 1e-12))
        bits[names == ""] = 0.0
        self.bits: Floats = np.clip(bits, -_LIMIT_BITS, _LIMIT_BITS)[inverse] if len(names) else np.zeros(0)

    def adjustment(
        self, column: Column, left: Positions, right: Positions, levels: npt.NDArray[np.int8], comparison: Comparison
    ) -> Floats:
        """Return the bits `(pairs,)` to add to each pair's weight: positive where the shared value is rare."""
        scale = np.array(
            [0.0, *(self._scale(level.tf, bool(level.tie), i, comparison) for i, level in enumerate(comparison.levels))]
        )[np.maximum(levels, ABSENT) + 1]
        out = np.zeros(len(left))
        some = scale != 0
        if some.any():
            # The commoner of the two speaks: two spellings of one class are equal anyway.
            out[some] = (
                np.minimum(self.bits[column.left[left[some]]], self.bits[column.right[right[some]]]) * scale[some]
            )
        return out

    @staticmethod
    def _scale(tf: bool, tied: bool, position: int, comparison: Comparison) -> float:
        if not tf:
            return 0.0
        return 1.0 if tied or position == len(comparison.levels) - 1 else _NEAR_SHARE
