"""The pairs that may support others: strong by themselves, each found record with the partner that it fits best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.collective.sums import Floats
from matching.vectors.records import Rows

SURE = 0.9
"""Probability from which a pair counts as certain where shares are fitted: an unsure one would fit its own mistake."""


@dataclass(frozen=True)
class StrongPairs:
    """The partner of each found record, where one is strong.

    Attributes:
        partner: Row of the best seeking record, -1 where none is strong, `(records,)`.
        probability: Of that pair by itself, 0 where none is strong, `(records,)`.
    """

    partner: npt.NDArray[np.int64]
    probability: Floats

    @classmethod
    def of(
        cls, left: Rows, right: Rows, probability: Floats, *, strong: float, records: int, order: npt.NDArray[np.int64]
    ) -> StrongPairs:
        """Choose the partners.

        Args:
            left: Seeking rows of the pairs.
            right: Found rows.
            probability: By the pairs alone, rivals counted.
            strong: Least probability.
            records: Rows of the table.
            order: The place of each record in an order that the records bear themselves: it settles ties.
        """
        able = np.flatnonzero(probability >= strong)
        # The best comes last, and so is what stays.
        able = able[np.lexsort((-order[left[able]], probability[able]))]
        partner = np.full(records, -1, dtype=np.int64)
        worth = np.zeros(records)
        partner[right[able]] = left[able]
        worth[right[able]] = probability[able]
        return cls(partner, worth)
