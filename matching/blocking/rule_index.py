"""One blocking rule as an index: the pairs of rows that share a bucket, without ever pairing everybody with everybody.

It is an index algorithm of `recordlinkage` as well. A bucket whose pairs would exceed the cap is skipped and reported,
so that the cost stays in proportion to the pairs kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from recordlinkage.base import BaseIndexAlgorithm

from matching.blocking.key_entries import Entries, KeyTable
from matching.spec import LinkageSpec
from matching.spec.rules import Rule
from matching.vectors.records import Rows, Table

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

    Attributes:
        buckets: Sizes of the buckets.
    """

    def __init__(self, seeking: Entries, found: Entries, most: int) -> None:
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
        pairs = many * other
        over = pairs > most
        largest = np.argsort(-np.where(over, 0, pairs), kind="stable")[:_LISTED]
        self.buckets = Buckets(
            int(pairs[~over].sum()),
            tuple((int(many[i]), int(other[i])) for i in largest if pairs[i] and not over[i]),
            int(over.sum()),
            int(pairs[over].sum()),
        )
        count = np.where(over, 0, other)[number]
        kept = np.flatnonzero(count)
        self._rows = seeking.rows[kept]
        self._start, self._count = start[number[kept]].astype(np.int32), count[kept].astype(np.int32)

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


class KeyBlock(BaseIndexAlgorithm):  # type: ignore[misc]
    """A rule of a spec as an index algorithm of `recordlinkage`, to be added to its `Index` beside any other.

    Args:
        spec: A linkage spec whose fields are columns of the frames.
        rule: One of its blocking rules.
    """

    def __init__(self, spec: LinkageSpec, rule: Rule) -> None:
        super().__init__()
        self.spec, self.rule = spec, rule

    def _link_index(self, df_a: pd.DataFrame, df_b: pd.DataFrame) -> pd.MultiIndex:
        """Return the pairs, each once; codes of the index are positions in the frames."""
        frames = [
            frame.assign(record_id=[f"{side}{i}" for i in range(len(frame))], source=side, source_class="", side=side)
            for side, frame in (("seeking", df_a), ("found", df_b))
        ]
        table = Table(pd.concat(frames, ignore_index=True), self.spec.fields)
        entries = KeyTable(self.spec, table).entries(self.rule, table.seeking, table.found)
        left, right = RuleIndex(*entries, self.spec.blocking.max_bucket_pairs).pairs(0, len(df_a))
        width = max(len(df_b), 1)
        found = np.unique(left.astype(np.int64) * width + right)
        levels: Any = [df_a.index, df_b.index]
        codes: Any = [found // width, found % width]  # positions as they are: labels would cost a look-up for each pair
        return pd.MultiIndex(levels=levels, codes=codes, verify_integrity=False)
