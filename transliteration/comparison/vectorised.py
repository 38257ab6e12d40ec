"""Element-wise comparison of two columns of names, each distinct pair worked out once, by array operations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from transliteration.comparison.name_table import FLAGS, NameStore, store
from transliteration.comparison.rules import (
    CODES,
    FARTHEST,
    OTHERWISE,
    RULES,
    VERDICTS,
    Column,
    Flag,
    is_close,
    is_slip,
)
from transliteration.names.features import MAX_NEAR
from transliteration.names.roles import Role

_CODE = {code: i for i, code in enumerate(CODES)}
_LEVEL_OF_CODE = np.array([VERDICTS[code].level for code in CODES], dtype=np.int8)
_CHUNK = 1 << 18

Codes = NDArray[np.int32]
Mask = NDArray[np.bool_]


def compare_pairs(left: Sequence[str], right: Sequence[str], role: Role) -> NDArray[np.int8]:
    """Return the `NameLevel` of each pair as int8, shape `(len(left),)`; equal to `compare` on each pair.

    Raises:
        ValueError: if the two columns differ in length.
    """
    return _LEVEL_OF_CODE[verdict_codes(left, right, role)]


def verdict_codes(left: Sequence[str], right: Sequence[str], role: Role) -> NDArray[np.int8]:
    """Return for each pair the index of its verdict in `comparison.CODES`.

    Raises:
        ValueError: if the two columns differ in length.
    """
    if len(left) != len(right):
        raise ValueError(f"columns of different length: {len(left)} and {len(right)}")
    table = store(role)
    return codes_of_rows(table, table.encode(left), table.encode(right))


def codes_of_rows(table: NameStore, a: Codes, b: Codes) -> NDArray[np.int8]:
    """Return the verdict index of each pair of rows of a store."""
    pair = a.astype(np.int64) << 32 | b
    distinct, inverse = np.unique(pair, return_inverse=True)
    verdicts = np.empty(len(distinct), np.int8)
    for start in range(0, len(distinct), _CHUNK):
        part = distinct[start : start + _CHUNK]
        verdicts[start : start + _CHUNK] = _distinct(table, (part >> 32).astype(np.int32), part.astype(np.int32))
    return verdicts[inverse]


class _Pairs:
    """Pairs of rows of a store, as the rules ask of them: answers are masks `(pairs,)`."""

    def __init__(self, table: NameStore, a: Codes, b: Codes) -> None:
        self.table, self.a, self.b = table, a, b

    def __getitem__(self, at: Mask) -> _Pairs:
        return _Pairs(self.table, self.a[at], self.b[at])

    def either(self, flag: Flag) -> Mask:
        return self._is(self.a, flag) | self._is(self.b, flag)

    def both(self, flag: Flag) -> Mask:
        return self._is(self.a, flag) & self._is(self.b, flag)

    def same_spelling(self) -> Mask:
        return np.asarray(self.table.plain[self.a] == self.table.plain[self.b], dtype=bool)

    def share(self, left: Column, right: Column) -> Mask:
        if not (self.table.has(left) and self.table.has(right)):
            return np.zeros(len(self.a), dtype=bool)
        if left in ("readings", "whole", "parts"):
            return _shared_item(self.table, left, self.a, right, self.b)
        shared = self._bits(self.a, left) & self._bits(self.b, right)
        return np.asarray(shared.any(axis=1) if shared.ndim == 2 else shared != 0, dtype=bool)

    def _is(self, rows: Codes, flag: Flag) -> Mask:
        if flag == "known":
            if not (self.table.has("formal") or self.table.has("diminutive")):
                return np.zeros(len(rows), dtype=bool)
            return np.asarray(self._bits(rows, "known").any(axis=1), dtype=bool)
        return np.asarray(self.table.flags[rows, FLAGS.index(flag)], dtype=bool)

    def _bits(self, rows: Codes, column: Column) -> NDArray[np.uint64]:
        if column == "known":
            return np.asarray(self.table.formal[rows] | self.table.diminutive[rows], dtype=np.uint64)
        bits: NDArray[np.uint64] = getattr(self.table, column)[rows]
        return bits


def _shared_item(t: NameStore, left: str, a: Codes, right: str, b: Codes) -> Mask:
    """Return whether two rows share an item of the named columns (0 is padding)."""
    found = np.zeros(len(a), bool)
    blooms = getattr(t, left + "_bloom")[a] & getattr(t, right + "_bloom")[b]
    at = np.flatnonzero(blooms)
    x, y = getattr(t, left)[a[at]], getattr(t, right)[b[at]]
    shared = np.zeros(len(at), bool)
    for i in range(x.shape[1]):
        rows = np.flatnonzero(x[:, i])
        for j in range(y.shape[1]):
            rows = rows[y[rows, j] > 0]
            if not len(rows):
                break
            shared[rows] |= x[rows, i] == y[rows, j]
    found[at] = shared
    return found


def _distinct(t: NameStore, a: Codes, b: Codes) -> NDArray[np.int8]:
    """Return verdict indices of distinct pairs: each rule decides what those above it have left."""
    verdict = np.full(len(a), _CODE[OTHERWISE], np.int8)
    rest, pairs = np.arange(len(a)), _Pairs(t, a, b)
    for rule in RULES:
        mask = rule.holds(pairs)
        if not mask.any():
            continue
        verdict[rest[mask]] = _CODE[rule.code]
        if rule.where is not None:
            verdict[rest[mask][rule.where(pairs[mask])]] = _CODE[rule.instead]
        rest, pairs = rest[~mask], pairs[~mask]
    verdict[rest] = _slips(t, pairs.a, pairs.b)
    return verdict


def _slips(t: NameStore, a: Codes, b: Codes) -> NDArray[np.int8]:
    slip, close = np.zeros(len(a), bool), np.zeros(len(a), bool)
    for i in range(MAX_NEAR):
        rows = np.flatnonzero(t.near_length[a, i])
        for j in range(MAX_NEAR):
            rows = rows[(t.near_length[b[rows], j] > 0) & ~slip[rows]]
            if not len(rows):
                break
            # Two edits change at most four letters of the set: the cheap test spares nearly all distances.
            changed = np.bitwise_count(t.near_letters[a[rows], i] ^ t.near_letters[b[rows], j])
            gap = np.abs(t.near_length[a[rows], i].astype(np.int16) - t.near_length[b[rows], j])
            at = rows[(changed <= 2 * FARTHEST) & (gap <= FARTHEST)]
            x = [t.near[row][i] for row in a[at]]
            y = [t.near[row][j] for row in b[at]]
            distance = cpdist(x, y, scorer=OSA.distance, score_cutoff=FARTHEST, dtype=np.int32)
            longest = np.maximum(t.near_length[a[at], i], t.near_length[b[at], j])
            slip[at] |= is_slip(distance, longest)
            close[at] |= is_close(distance, longest)
    found = np.where(slip, _CODE["one_slip"], np.where(close, _CODE["close"], _CODE[OTHERWISE]))
    return found.astype(np.int8)
