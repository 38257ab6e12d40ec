"""All pairs that some rule finds, each once, read in slices whose size bounds the memory of everything behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.blocking.key_entries import KeyTable
from matching.blocking.rule_index import Buckets, RuleIndex
from matching.blocking.sides import Mask, Sides, all_sides, new_sides
from matching.errors import FrameError
from matching.spec import LinkageSpec
from matching.spec.rules import rule_name
from matching.vectors.records import Rows, Table

Masks = npt.NDArray[np.uint64]

SLICE = 500_000
"""Pairs of a slice, before pairs that several rules find are made one."""


@dataclass(frozen=True)
class Pairs:
    """Pairs of rows of the table, each once, in ascending order.

    Attributes:
        left: Seeking rows.
        right: Found rows.
        rules: The rules that found each pair, as a bit for each rule.
    """

    left: Rows
    right: Rows
    rules: Masks

    def __len__(self) -> int:
        return len(self.left)


@dataclass(frozen=True)
class _Side:
    """Rows on both sides, with an index for each rule."""

    of: Sides
    rules: tuple[RuleIndex, ...]


class PairSource:
    """The pairs of a table under the blocking rules of a spec.

    Args:
        spec: The linkage spec.
        table: The records.
        new: Rows of a delta: only pairs with one of them are given. Unset: all pairs.

    Attributes:
        slices: Ranges to read, as `(side, first, last)`.
        keys: The blocking keys of the values.

    Raises:
        FrameError: when the rules would give more pairs than the spec allows; nothing has been compared by then.
    """

    def __init__(self, spec: LinkageSpec, table: Table, new: Rows | None = None) -> None:
        self._table, self._spec = table, spec
        self.keys = keys = KeyTable(spec.kinds, table)
        sides = all_sides(spec, table) if new is None else new_sides(spec, table, new)
        self._sides = [self._side(keys, side) for side in sides]
        self._refuse_too_many()
        self.slices = [
            (number, int(first), int(last))
            for number, side in enumerate(self._sides)
            for first, last in _cut(sum(rule.pairs_per_row(len(side.of.left)) for rule in side.rules), SLICE)
        ]

    def _side(self, keys: KeyTable, side: Sides) -> _Side:
        blocking, one_list = self._spec.blocking, side.left is side.right
        return _Side(
            side,
            tuple(
                RuleIndex(*keys.entries(rule, side.left, side.right), blocking.max_bucket_pairs, one_list=one_list)
                for rule in blocking.rules
            ),
        )

    def comparable(self, left: Rows, right: Rows) -> Mask:
        """Tell which pairs of rows a run would look at if a rule found them."""
        out = np.zeros(len(left), dtype=bool)
        for side in (side.of for side in self._sides):
            out |= np.isin(left, side.left) & np.isin(right, side.right) & side.meant(self._table, left, right)
        return out

    def _refuse_too_many(self) -> None:
        most = self._spec.blocking.max_pairs
        for buckets, rule in zip(self.buckets(), self._spec.blocking.rules, strict=True):
            if buckets.pairs > most:
                raise FrameError(
                    f"the rule would give {buckets.pairs:,} pairs, more than max_pairs, {most:,}",
                    where=f"blocking rule '{rule_name(rule)}'",
                    mend="Add a key to the rule, lower max_bucket_pairs, or raise max_pairs",
                )

    def buckets(self) -> list[Buckets]:
        """Return the bucket sizes of each rule."""
        out = []
        for parts in zip(*(side.rules for side in self._sides), strict=True):
            sizes = [part.buckets for part in parts]
            largest = sorted((size for s in sizes for size in s.largest), key=lambda s: -s[0] * s[1])
            out.append(
                Buckets(
                    sum(s.pairs for s in sizes),
                    tuple(largest[: len(sizes[0].largest) or 5]),
                    sum(s.skipped for s in sizes),
                    sum(s.skipped_pairs for s in sizes),
                )
            )
        return out

    def read(self, number: int) -> Pairs:
        """Return the pairs of one slice, each once, whichever way round a rule found it."""
        which, first, last = self.slices[number]
        side = self._sides[which]
        shift = np.int64(max(len(side.rules) - 1, 1).bit_length())
        width = np.int64(max(len(side.of.right), 1))
        parts = []
        for bit, rule in enumerate(side.rules):
            left, right = rule.pairs(first, last)
            parts.append(((left.astype(np.int64) - first) * width + right << shift) | bit)
        # One sort makes pairs unique and brings the rules that found each together.
        everything = np.sort(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.int64)
        code = everything >> shift
        starts = np.flatnonzero(np.append(True, code[1:] != code[:-1])) if len(code) else np.zeros(0, dtype=np.int64)
        bits = np.left_shift(np.uint64(1), (everything & ((1 << shift) - 1)).astype(np.uint64))
        masks = np.bitwise_or.reduceat(bits, starts) if len(starts) else np.zeros(0, dtype=np.uint64)
        code = code[starts]
        rows, others = side.of.left[code // width + first], side.of.right[code % width]
        keep = side.of.meant(self._table, rows, others)
        rows, others, masks = rows[keep], others[keep], masks[keep]
        if side.of.twice:
            rows, others = np.minimum(rows, others), np.maximum(rows, others)
            order = np.lexsort((others, rows))
            rows, others, masks = rows[order], others[order], masks[order]
        return Pairs(rows, others, masks)

    def __iter__(self) -> Iterator[Pairs]:
        return (self.read(number) for number in range(len(self.slices)))


def _cut(pairs_per_row: npt.NDArray[np.int64] | int, most: int) -> Sequence[tuple[int, int]]:
    """Return ranges of rows with about `most` pairs each; a row is never cut."""
    totals = np.cumsum(pairs_per_row) if not isinstance(pairs_per_row, int) else np.zeros(0, dtype=np.int64)
    if not len(totals) or not totals[-1]:
        return []
    marks = np.searchsorted(totals, np.arange(most, totals[-1] + most, most), "left") + 1
    edges = np.unique(np.concatenate([[0], np.minimum(marks, len(totals))]))
    return list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
