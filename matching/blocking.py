"""Blocking: which pairs are looked at at all, without ever pairing everybody with everybody.

Each rule is an index algorithm of `recordlinkage`: a list of keys that must all agree. A bucket whose pairs would
exceed the cap is skipped and reported, so that the cost stays in proportion to the pairs kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from recordlinkage.base import BaseIndexAlgorithm

from matching.comparisons.base import codes_of
from matching.keys import KEYS
from matching.spec import LinkageSpec

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class RuleReport:
    """What one blocking rule found.

    Attributes:
        rule: The keys, joined by ` + `.
        pairs: Pairs that the rule gives by itself.
        new: Pairs that no earlier rule had given.
        skipped_buckets: Buckets over the cap.
        skipped_pairs: Pairs that those buckets would have given.
    """

    rule: str
    pairs: int
    new: int
    skipped_buckets: int
    skipped_pairs: int


@dataclass(frozen=True)
class Pairs:
    """Pairs as positions in the left and the right frame, each pair once, in ascending order."""

    left: Positions
    right: Positions
    rules: tuple[RuleReport, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.left)


class KeyTable:
    """The blocking keys of a frame, each computed once per distinct value."""

    def __init__(self, frame: pd.DataFrame, spec: LinkageSpec) -> None:
        self.rows = len(frame)
        self._frame, self._spec = frame, spec
        self._cache: dict[str, tuple[Positions, npt.NDArray[np.object_]]] = {}

    def column(self, key: str) -> tuple[Positions, npt.NDArray[np.object_]]:
        """Return `(positions, keys)`, one entry for each key of each row."""
        if key not in self._cache:
            name, _, kind = key.partition(".")
            function = KEYS[self._spec.fields[name].kind][kind]
            written = self._frame[name].to_numpy(dtype=object) if name in self._frame else np.full(self.rows, None)
            codes, values = codes_of(written)
            by_value = [tuple(dict.fromkeys(function(value))) for value in values]
            lengths = np.array([len(keys) for keys in by_value], dtype=np.int64)
            flat = np.array([k for keys in by_value for k in keys], dtype=object)
            starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]) if len(lengths) else lengths
            rows = np.flatnonzero(codes >= 0)
            counts = lengths[codes[rows]]
            positions = np.repeat(rows, counts)
            within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
            self._cache[key] = positions, flat[np.repeat(starts[codes[rows]], counts) + within] if len(flat) else flat
        return self._cache[key]

    def rule(self, keys: tuple[str, ...]) -> pd.DataFrame:
        """Return a frame `row, k0, k1, …` with one line for each combination of the keys of a row."""
        joined: pd.DataFrame | None = None
        for i, key in enumerate(keys):
            positions, values = self.column(key)
            table = pd.DataFrame({"row": positions, f"k{i}": values})
            joined = table if joined is None else joined.merge(table, on="row", how="inner")
        assert joined is not None
        return joined


class KeyBlock(BaseIndexAlgorithm):  # type: ignore[misc]
    """An index algorithm that pairs the rows of two frames which share all keys of a rule.

    Args:
        keys: Keys as `field.key`.
        max_bucket_pairs: A bucket that would give more pairs is skipped.
        tables: The key tables of the left and the right frame.
    """

    def __init__(self, keys: tuple[str, ...], max_bucket_pairs: int, tables: tuple[KeyTable, KeyTable]) -> None:
        super().__init__()
        self.keys, self.max_bucket_pairs, self.tables = keys, max_bucket_pairs, tables
        self.skipped_buckets = self.skipped_pairs = 0

    def _link_index(self, df_a: pd.DataFrame, df_b: pd.DataFrame) -> pd.MultiIndex:
        """Return the pairs, each once; codes of the index are positions in the frames."""
        left, right = self._positions()
        width = max(len(df_b), 1)
        found = sorted_unique(left * width + right)
        levels: Any = [df_a.index, df_b.index]
        codes: Any = [found // width, found % width]  # positions as they are: labels would cost a look-up for each pair
        return pd.MultiIndex(levels=levels, codes=codes, verify_integrity=False)

    def _positions(self) -> tuple[Positions, Positions]:
        """Return the pairs as positions; a pair may come out several times when its rows share several keys."""
        left, right = (table.rule(self.keys) for table in self.tables)
        on = [c for c in left.columns if c != "row"]
        both = pd.concat([left[on], right[on]], ignore_index=True)
        bucket = both.groupby(on, sort=False).ngroup().to_numpy().astype(np.int64)
        left_bucket: Positions = bucket[: len(left)]
        right_bucket: Positions = bucket[len(left) :]
        size = int(bucket.max()) + 1 if len(bucket) else 0
        pairs = np.bincount(left_bucket, minlength=size) * np.bincount(right_bucket, minlength=size)
        over = pairs > self.max_bucket_pairs
        self.skipped_buckets, self.skipped_pairs = int(over.sum()), int(pairs[over].sum())
        return join_on(left_bucket, right_bucket, left["row"].to_numpy(), right["row"].to_numpy(), ~over)


def sorted_unique(values: Positions) -> Positions:
    """Return the distinct values in ascending order; sorting whole numbers beats NumPy's hash table at this size."""
    ordered = np.sort(values)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered


def join_on(
    left_bucket: Positions,
    right_bucket: Positions,
    left_rows: Positions,
    right_rows: Positions,
    keep: npt.NDArray[np.bool_],
) -> tuple[Positions, Positions]:
    """Return all pairs of rows of one bucket, for the buckets to keep."""
    order = np.argsort(right_bucket, kind="stable")
    counts = np.bincount(right_bucket, minlength=len(keep))
    starts = np.cumsum(counts) - counts
    chosen = keep[left_bucket] if len(left_bucket) else np.zeros(0, dtype=bool)
    bucket, rows = left_bucket[chosen], left_rows[chosen]
    repeat = counts[bucket]
    within = np.arange(repeat.sum()) - np.repeat(np.cumsum(repeat) - repeat, repeat)
    return np.repeat(rows, repeat), right_rows[order[np.repeat(starts[bucket], repeat) + within]]


def block(spec: LinkageSpec, left: pd.DataFrame, right: pd.DataFrame) -> Pairs:
    """Return the pairs that at least one blocking rule of the spec finds, with a report of each rule."""
    tables = KeyTable(left, spec), KeyTable(right, spec)
    width = max(len(right), 1)
    seen = np.zeros(0, dtype=np.int64)
    reports = []
    for keys in spec.blocking.rules:
        rule = KeyBlock(keys, spec.blocking.max_bucket_pairs, tables)
        index = rule.index(left, right)
        found = index.codes[0].astype(np.int64) * width + index.codes[1]
        merged = sorted_unique(np.concatenate([seen, found]))
        reports.append(
            RuleReport(" + ".join(keys), len(found), len(merged) - len(seen), rule.skipped_buckets, rule.skipped_pairs)
        )
        seen = merged
    return Pairs(seen // width, seen % width, tuple(reports))
