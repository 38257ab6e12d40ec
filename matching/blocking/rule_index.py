"""One blocking rule as an index: the pairs of rows that share a bucket, without ever pairing everybody with everybody.

A bucket whose pairs would exceed the cap is skipped and reported, so that the cost stays in proportion to the pairs
kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.blocking.key_entries import Entries
from matching.vectors.records import Rows

Counts = npt.NDArray[np.int64]
_LISTED = 5


@dataclass(frozen=True)
class Buckets:
    """The sizes of a rule's buckets.

    Attributes:
        pairs: Pairs of the buckets kept, a pair counted once for each bucket that it shares.
        largest: Rows on the seeking and on the found side of the largest buckets kept.
        skipped: Buckets over the cap.
        skipped_pairs: Pairs that those would have given.
    """

    pairs: int
    largest: tuple[tuple[int, int], ...]
    skipped: int
    skipped_pairs: int


class RuleIndex:
    """The pairs of one rule, ready to be read for any range of seeking rows.

    Args:
        seeking: Entries of the seeking side.
        found: Entries of the found side.
        most: Most pairs of a bucket.
        one_list: Whether both sides are the rows of one list, whose pairs come up once, the lower row first.

    Attributes:
        buckets: Sizes of the buckets.
    """

    def __init__(self, seeking: Entries, found: Entries, most: int, *, one_list: bool = False) -> None:
        order = np.argsort(found.buckets, kind="stable")
        self._found = found.rows[order]
        sorted_found = found.buckets[order]
        own, number, many = np.unique(seeking.buckets, return_inverse=True, return_counts=True)
        low, high = own, own
        if seeking.reach:
            place = own % seeking.block
            low = own - np.minimum(place, seeking.reach)
            high = own + np.minimum(seeking.block - 1 - place, seeking.reach)
        start = np.searchsorted(sorted_found, low, "left")
        other = np.searchsorted(sorted_found, high, "right") - start
        # Keys that are made alike on both sides give each pair of one list twice: only what comes behind a row counts.
        behind = one_list and not seeking.reach and np.array_equal(seeking.buckets, found.buckets)
        pairs = many * (other - 1) // 2 if behind else many * other
        over = pairs > most
        largest = np.argsort(-np.where(over, 0, pairs), kind="stable")[:_LISTED]
        self.buckets = Buckets(
            int(pairs[~over].sum()),
            tuple((int(many[i]), int(other[i])) for i in largest if pairs[i] and not over[i]),
            int(over.sum()),
            int(pairs[over].sum()),
        )
        begin, count = start[number], np.where(over, 0, other)[number]
        if behind:
            place = np.empty(len(order), dtype=np.int64)
            place[order] = np.arange(len(order))
            count = np.where(over[number], 0, begin + count - place - 1)
            begin = place + 1
        kept = np.flatnonzero(count)
        self._rows = seeking.rows[kept]
        self._start, self._count = begin[kept].astype(np.int32), count[kept].astype(np.int32)

    def pairs_per_row(self, rows: int) -> Counts:
        """Return how many pairs each seeking row has, `(rows,)`, a pair counted once for each shared bucket."""
        return np.bincount(self._rows, weights=self._count, minlength=rows).astype(np.int64)

    def pairs(self, first: int, last: int) -> tuple[Rows, Rows]:
        """Return the pairs of seeking rows from `first` to before `last`; one that shares several buckets repeats."""
        low, high = np.searchsorted(self._rows, [first, last])
        count, start = self._count[low:high], self._start[low:high]
        at = np.repeat(np.arange(high - low), count)
        first_of = np.cumsum(count, dtype=np.int64) - count
        # Where each pair's found row stands: the entry's start, and so many further as the entry has had pairs.
        shifted = (start - first_of)[at] + np.arange(len(at))
        return self._rows[low:high][at], self._found[shifted]
