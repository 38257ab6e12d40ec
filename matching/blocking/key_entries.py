"""From records to buckets: one entry for each combination of a record's keys under a rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.blocking.nearest import nearest_by_ngrams
from matching.comparisons.blocking_keys import KeyFunction
from matching.spec import LinkageSpec
from matching.spec.rules import KeySpec, Rule
from matching.vectors.misfits import MISFITS, misfit
from matching.vectors.records import Column, Rows, Table

_LARGEST = 2**62
_LEAST_REACH = 0.02
"""Share of look-alikes that rules are held to find at the least: what is divided by it must not run away."""


@dataclass(frozen=True)
class Entries:
    """Rows and the buckets that they fall into, a row once per bucket, in ascending order of rows.

    Attributes:
        rows: Rows of the table, `(entries,)`.
        buckets: Numbers that both sides share, `(entries,)`.
        reach: A window of the rule: how far the numbers of two buckets may lie apart. Buckets whose numbers differ
            only in the window's key stand in a block of `block` numbers in the order of that key.
        block: Numbers of a block; a window ends with it.
    """

    rows: Rows
    buckets: npt.NDArray[np.int64]
    reach: int = 0
    block: int = 1


@dataclass(frozen=True)
class KeysOfValues:
    """The keys of distinct values as numbers: those of value v are `flat[start[v] : start[v] + count[v]]`."""

    start: npt.NDArray[np.int64]
    count: npt.NDArray[np.int64]
    flat: npt.NDArray[np.int64]

    @classmethod
    def of(cls, keys: Sequence[Sequence[int]]) -> KeysOfValues:
        """Return the table of keys listed value by value."""
        count = np.fromiter(map(len, keys), dtype=np.int64, count=len(keys))
        flat = np.fromiter(chain.from_iterable(keys), dtype=np.int64, count=int(count.sum()))
        return cls(np.cumsum(count) - count, count, flat)

    def expand(self, codes: Rows) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return `(positions in codes, keys)`, one for each key of each code; a code of -1 has none."""
        known = np.flatnonzero(codes >= 0)
        values = codes[known]
        count = self.count[values]
        at = np.repeat(np.arange(len(known)), count)
        within = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count)
        return known[at], self.flat[self.start[values][at] + within]


class KeyTable:
    """The blocking keys of a table, each made once per distinct value.

    Args:
        kinds: The comparison kind of each field that a rule names.
        table: The records.
    """

    def __init__(self, kinds: Mapping[str, str], table: Table) -> None:
        self._kinds, self._table = kinds, table
        self._known: dict[KeySpec, tuple[KeysOfValues, KeysOfValues, int]] = {}

    def entries(self, rule: Rule, seeking: Rows, found: Rows) -> tuple[Entries, Entries]:
        """Return the entries of rows that seek and of rows that may be found; equal buckets make a pair."""
        rows = np.concatenate([np.arange(len(seeking)), np.arange(len(found))])
        seeks = np.arange(len(rows)) < len(seeking)
        buckets, span, block = np.zeros(len(rows), dtype=np.int64), 1, 1
        ordered = sorted(rule, key=lambda key: key.window is not None)  # the key of a window numbers the block
        for key in ordered:
            ours, theirs, size = self._keys(key)
            column, block = self._table.columns[key.field], max(size, 1)
            split = int(seeks.sum())
            at, number = ours.expand(column[seeking[rows[:split]]])
            other_at, other_number = theirs.expand(column[found[rows[split:]]])
            taken = np.concatenate([at, other_at + split])
            if span * block >= _LARGEST:
                codes, distinct = pd.factorize(buckets)
                buckets, span = codes.astype(np.int64), len(distinct)
            rows, seeks = rows[taken], seeks[taken]
            buckets = buckets[taken] * block + np.concatenate([number, other_number])
            span *= block
        split = int(seeks.sum())
        reach = (ordered[-1].window or 1) // 2
        return (
            Entries(rows[:split].astype(np.int32), buckets[:split], reach, block),
            Entries(rows[split:].astype(np.int32), buckets[split:], reach, block),
        )

    def reach_of_look_alikes(self, spec: LinkageSpec, seeking: Rows, found: Rows) -> dict[str, float]:
        """Return for each kind of look-alikes about which share of its pairs the rules of a spec bring together.

        A rule finds the pair when both know its fields and the fields that are two children's own agree by chance.
        """
        agreement = {key: self._agreement(key, seeking, found) for rule in spec.blocking.rules for key in rule}
        out = {}
        for name, scenario in spec.scenarios.items():
            if scenario.match:
                continue
            missed = 1.0
            for rule in spec.blocking.rules:
                finds = 1.0
                for key in rule:
                    chance, known = agreement[key]
                    finds *= chance if key.field in scenario.replaced else known
                missed *= 1 - min(finds, 1.0)
            out[name] = max(1 - missed, _LEAST_REACH)
        return out

    def _agreement(self, key: KeySpec, seeking: Rows, found: Rows) -> tuple[float, float]:
        """Return the share of random pairs of rows that share a key, and of those that have one on both sides."""
        ours, theirs, size = self._keys(key)
        column = self._table.columns[key.field]
        sides = [(ours, column.codes[seeking]), (theirs, column.codes[found])]
        # Counted by distinct value: a list has far fewer of them than rows.
        uses = [np.bincount(codes[codes >= 0], minlength=len(column.values)) for _, codes in sides]
        keys = [
            np.bincount(made.flat, weights=np.repeat(used, made.count), minlength=size)
            for (made, _), used in zip(sides, uses, strict=True)
        ]
        known = [float(used[made.count > 0].sum()) for (made, _), used in zip(sides, uses, strict=True)]
        pairs = max(len(seeking) * len(found), 1)
        return min(float(keys[0] @ keys[1]) / pairs, 1.0), known[0] * known[1] / pairs

    def _keys(self, key: KeySpec) -> tuple[KeysOfValues, KeysOfValues, int]:
        if key not in self._known:
            column = self._table.columns[key.field]
            made = key.of(self._kinds[key.field])
            numbers: dict[str, int] = {}
            seeking = self._numbered(key, column, made.seeking, numbers)
            found = seeking if made.found is made.seeking else self._numbered(key, column, made.found, numbers)
            keys = list(numbers)
            if key.window is not None:
                rank = {number: place for place, number in enumerate(sorted(range(len(keys)), key=keys.__getitem__))}
                seeking, found = ([tuple(rank[n] for n in ks) for ks in side] for side in (seeking, found))
            if key.nearest is not None:
                ours, theirs = _used(column[self._table.seeking], seeking), _used(column[self._table.found], found)
                near = nearest_by_ngrams(keys, ours, theirs, key.nearest)
                seeking = [tuple(dict.fromkeys(n for number in ks for n in near[number])) for ks in seeking]
            self._known[key] = KeysOfValues.of(seeking), KeysOfValues.of(found), len(keys)
        return self._known[key]

    def _numbered(
        self, key: KeySpec, column: Column, function: KeyFunction, numbers: dict[str, int]
    ) -> list[tuple[int, ...]]:
        """Return the keys of each value as numbers, giving new keys the next ones."""
        number = numbers.setdefault
        out: list[tuple[int, ...]] = []
        for code, value in enumerate(column.values):
            try:
                keys = function(value)
            except MISFITS:
                raise misfit(self._table, key.field, self._kinds[key.field], code) from None
            if len(keys) == 1:
                out.append((number(keys[0], len(numbers)),))
            else:
                out.append(tuple(dict.fromkeys([number(made, len(numbers)) for made in keys])))
        return out


def _used(codes: Rows, keys: Sequence[tuple[int, ...]]) -> npt.NDArray[np.int64]:
    """Return the keys of the values that occur."""
    used = {number for value in np.unique(codes[codes >= 0]) for number in keys[value]}
    return np.array(sorted(used), dtype=np.int64)
