"""Sums of weights by whole-number keys, looked up for millions of pairs at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class SumTable:
    """The sum of the weights of each key; a key that never came has 0.

    Args:
        keys: Whole numbers; negative ones are left out, `(observations,)`.
        weights: `(observations,)`.
    """

    def __init__(self, keys: Keys, weights: Floats) -> None:
        known = keys >= 0
        # Added up in the order of the weights, so that the order of records does not show in the last digit.
        order = np.lexsort((weights[known], keys[known]))
        self.keys, start = np.unique(keys[known][order], return_index=True)
        sums = np.add.reduceat(weights[known][order], start) if len(start) else np.zeros(0)
        self.sums: Floats = sums.astype(np.float64)

    def __getitem__(self, keys: Keys) -> Floats:
        if not len(self.keys):
            return np.zeros(len(keys))
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[at] == keys, self.sums[at], 0.0)


class Tally:
    """How often people of some key were found in each region.

    Args:
        key: Key of each found record, -1 where it counts for none, `(records,)`.
        region: Its region, `(records,)`.
        regions: How many regions there are.
        weights: What it counts for, `(records,)`.
    """

    def __init__(self, key: Keys, region: Keys, regions: int, weights: Floats) -> None:
        self._regions = regions
        self.here = SumTable(joined(key, region, regions), weights)
        self.everywhere = SumTable(np.where(region < 0, -1, key), weights)

    def of(self, key: Keys, region: Keys) -> Floats:
        """Return the people of each key found in each region, and everywhere, `(2, asked)`."""
        return np.stack([self.here[joined(key, region, self._regions)], self.everywhere[key]])

    @property
    def known(self) -> tuple[Keys, Keys]:
        """Keys and regions where somebody was found."""
        return self.here.keys // self._regions, self.here.keys % self._regions


def joined(first: Keys, second: Keys, size: int) -> Keys:
    """Return one key for two: -1 where either is negative.

    Args:
        first: The greater keys.
        second: The lesser ones, below `size`.
        size: How many second keys there are.
    """
    return np.where((first < 0) | (second < 0), -1, first * size + second)
