"""Element-wise comparison of two columns of names, each distinct pair worked out once, by array operations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from transliteration.comparison.name_table import NameStore, store
from transliteration.comparison.scalar import (
    CODES,
    MIN_CLOSE_LENGTH,
    MIN_CLOSENESS,
    MIN_SLIP_LENGTH,
    VERDICTS,
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


def codes_of_rows(table: NameStore, a: Codes, b: Codes, *, slips: bool = True) -> NDArray[np.int8]:
    """Return the verdict index of each pair of rows of a store; without `slips`, slips and close names differ."""
    pair = a.astype(np.int64) << 32 | b
    distinct, inverse = np.unique(pair, return_inverse=True)
    verdicts = np.empty(len(distinct), np.int8)
    for start in range(0, len(distinct), _CHUNK):
        part = distinct[start : start + _CHUNK]
        verdicts[start : start + _CHUNK] = _distinct(table, (part >> 32).astype(np.int32), part.astype(np.int32), slips)
    return verdicts[inverse]


def _shared_bits(x: NDArray[np.uint64], y: NDArray[np.uint64]) -> Mask:
    return np.asarray((x & y).any(axis=1), dtype=bool)


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


def _distinct(t: NameStore, a: Codes, b: Codes, slips: bool) -> NDArray[np.int8]:
    """Return verdict indices of distinct pairs; the rules and their order are those of `comparison.code_of`."""
    verdict = np.full(len(a), _CODE["different"], np.int8)
    rest = np.arange(len(a))

    def decide(mask: Mask, codes: NDArray[np.int8] | int) -> None:
        nonlocal rest
        verdict[rest[mask]] = codes
        rest = rest[~mask]

    decide((t.flags[a, 0] | t.flags[b, 0]).astype(bool), _CODE["absent"])
    mask = (t.flags[a[rest], 2] | t.flags[b[rest], 2]).astype(bool)
    x, y = a[rest[mask]], b[rest[mask]]
    agrees = ((t.letters[x] & t.letters[y]) != 0) | (t.plain[x] == t.plain[y])
    decide(mask, np.where(agrees, _CODE["initial"], _CODE["initial_differs"]).astype(np.int8))
    decide(t.plain[a[rest]] == t.plain[b[rest]], _CODE["identical"])
    both = (t.flags[a, 1] & t.flags[b, 1]).astype(bool)

    def same() -> NDArray[np.int8]:
        return np.where(both[rest], _CODE["other_language"], _CODE["romanisation"]).astype(np.int8)

    if t.role != "surname":
        mask = _shared_bits(t.formal[a[rest]], t.formal[b[rest]])
        decide(mask, same()[mask])
    mask = _shared_item(t, "readings", a[rest], "readings", b[rest])
    decide(mask, same()[mask])
    if t.role == "given":
        x, y = a[rest], b[rest]
        mask = _shared_bits(t.formal[x], t.diminutive[y]) | _shared_bits(t.diminutive[x], t.formal[y])
        decide(mask | _shared_bits(t.diminutive[x], t.diminutive[y]), _CODE["diminutive"])
    mask = _shared_item(t, "whole", a[rest], "whole", b[rest])
    decide(mask, np.where(both[rest], _CODE["other_form"], _CODE["romanisation"]).astype(np.int8)[mask])
    if t.role == "given":
        x, y = a[rest], b[rest]
        known_x, known_y = t.formal[x] | t.diminutive[x], t.formal[y] | t.diminutive[y]
        mask = _shared_bits(known_x, t.oblique[y]) | _shared_bits(known_y, t.oblique[x])
        two = known_x.any(axis=1) & known_y.any(axis=1)
        decide(mask, np.where(two, _CODE["case_or_other"], _CODE["other_form"]).astype(np.int8)[mask])
    x, y = a[rest], b[rest]
    mask = _shared_item(t, "parts", x, "whole", y) | _shared_item(t, "whole", x, "parts", y)
    decide(mask | _shared_item(t, "parts", x, "parts", y), _CODE["part"])
    if t.role != "surname":
        x, y = a[rest], b[rest]
        known = [(t.formal[side] | t.diminutive[side]).any(axis=1) for side in (x, y)]
        decide(np.asarray(known[0] & known[1], dtype=bool), _CODE["other_known_name"])
    if slips:
        verdict[rest] = _slips(t, a[rest], b[rest])
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
            at = rows[(changed <= 4) & (gap <= 2)]
            x = [t.near[row][i] for row in a[at]]
            y = [t.near[row][j] for row in b[at]]
            distance = cpdist(x, y, scorer=OSA.distance, score_cutoff=2, dtype=np.int32)
            longest = np.maximum(t.near_length[a[at], i], t.near_length[b[at], j])
            slip[at] |= (distance <= 1) & (longest >= MIN_SLIP_LENGTH)
            close[at] |= (distance <= 1) | ((distance == 2) & (longest >= MIN_CLOSE_LENGTH))
    found = np.where(slip, _CODE["one_slip"], np.where(close, _CODE["close"], _CODE["different"]))
    return found.astype(np.int8)


def closeness_of_rows(t: NameStore, a: Codes, b: Codes) -> NDArray[np.float64]:
    """Return `comparison.closeness` of each pair of rows of a store."""
    best = np.full(len(a), MIN_CLOSENESS)
    for i in range(MAX_NEAR):
        rows = np.flatnonzero(t.near_length[a, i])
        for j in range(MAX_NEAR):
            rows = rows[t.near_length[b[rows], j] > 0]
            if not len(rows):
                break
            # An edit changes at most two letters of the set, which bounds the similarity from above.
            longest = np.maximum(t.near_length[a[rows], i], t.near_length[b[rows], j])
            changed = np.bitwise_count(t.near_letters[a[rows], i] ^ t.near_letters[b[rows], j])
            at = rows[1 - changed / (2.0 * longest) > best[rows]]
            x = [t.near[row][i] for row in a[at]]
            y = [t.near[row][j] for row in b[at]]
            similar = cpdist(x, y, scorer=OSA.normalized_similarity, score_cutoff=MIN_CLOSENESS, dtype=np.float64)
            best[at] = np.maximum(best[at], similar)
    return best
