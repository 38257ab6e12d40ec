"""recordlinkage, set up with care: its index, its comparisons, and a weighted sum of them.

Its own text cleaning deletes Cyrillic, so the romanised keys of `peer_fields` stand in for it. A missing value is kept
apart (`missing_value`) and speaks neither for nor against. Its unsupervised ECM classifier does well on records that
are all filled alike, but over lists with different columns it learns which list a record stands in rather than who it
is, and finds hardly a pair; the sum, with weights set by hand, serves it best.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import recordlinkage as rl

RECORDS = "peers.pkl"
CHUNK = 500_000

Floats = npt.NDArray[np.float64]

_YEARS = tuple((f"birth_year_{a}", f"birth_year_{b}") for a in ("first", "last") for b in ("first", "last"))
"""An age may span two years: the first or last year of one record is the first or last of the other."""

_CHILDREN_BLOCKS: tuple[tuple[str | tuple[str, str], ...], ...] = (
    ("birth_certificate",),
    ("rnokpp",),
    ("unzr",),
    ("surname_key", "given_initial"),
    ("surname_sound", "given_key"),
    *(("surname_sound", years) for years in _YEARS),
    ("surname_key", "birth_month"),
    ("given_key", "birth_month"),
    *(("given_key", years) for years in _YEARS),
    ("given_key", "patronymic_key"),
    ("birth_day", "sex"),
)
_FEBRL4_BLOCKS: tuple[tuple[str | tuple[str, str], ...], ...] = (
    ("soc_sec_id",),
    ("date_of_birth",),
    ("surname", "given_name"),
    ("surname", "postcode"),
    ("given_name", "postcode"),
    ("address_1", "suburb"),
    ("suburb", "given_name_start"),
    ("suburb", "surname_start"),
    ("surname_start", "given_name_start", "state"),
)

_STRINGS = {
    "children": {"surname_key": 0.85, "given_key": 0.88, "patronymic_key": 0.88},
    "febrl4": {
        "given_name": 0.85,
        "surname": 0.85,
        "date_of_birth": 0.9,
        "soc_sec_id": 0.9,
        "postcode": 0.85,
        "address_1": 0.85,
        "suburb": 0.85,
    },
}
"""Columns compared by Jaro-Winkler, with the similarity below which two values contradict each other."""

_WEIGHTS: dict[str, dict[str, tuple[float, float]]] = {
    "children": {
        "surname_key": (9, 4),
        "given_key": (6, 5),
        "patronymic_key": (6, 3),
        "birth": (11, 6),
        "birth_certificate": (14, 6),
        "rnokpp": (14, 6),
        "unzr": (14, 6),
        "mother_key": (3, 1),
        "mother_given": (4, 3),
        "birthplace": (4, 1.5),
        "last_place": (4, 1.5),
        "siblings": (4, 3),
        "institution_kind": (2, 1),
        "eyes": (1.5, 1.5),
        "hair": (1, 1),
    },
    "febrl4": {
        "given_name": (6, 3),
        "surname": (8, 3),
        "date_of_birth": (12, 4),
        "soc_sec_id": (18, 6),
        "street_number": (5, 2),
        "postcode": (8, 3),
        "address_1": (9, 3),
        "suburb": (8, 3),
        "state": (1, 2),
    },
}
"""Bits for agreement and bits against for contradiction; in between, in proportion to the similarity."""

_SETS = ("birthplace", "last_place", "siblings")
_INITIALS = {"given_key": "given_initial", "patronymic_key": "patronymic_initial"}
"""Columns that speak only where one of the two names is an initial."""


def score(records: pd.DataFrame, kind: str) -> tuple[pd.DataFrame, int]:
    """Return the pairs `left, right, score` (record ids, log odds) and the number of pairs compared."""
    records = records.set_index("record_id", drop=False)
    if kind == "febrl4":
        records = records.assign(
            given_name_start=records["given_name"].str[:4], surname_start=records["surname"].str[:4]
        )
    seeking = records[records["side"].isin(("seeking", "both"))]
    found = records[records["side"].isin(("found", "both"))]
    pairs = _candidates(seeking, found, kind)
    compare = _comparison(kind)
    bits = [
        _sum(compare.compute(pairs[start : start + CHUNK], seeking, found), kind)
        for start in range(0, len(pairs), CHUNK)
    ]
    scored = pd.DataFrame(
        {
            "left": pairs.get_level_values(0),
            "right": pairs.get_level_values(1),
            "score": np.concatenate(bits) if bits else np.zeros(0),
        }
    )
    return scored[scored["score"] > 0], len(pairs)


def _candidates(seeking: pd.DataFrame, found: pd.DataFrame, kind: str) -> pd.MultiIndex:
    index = rl.Index()
    for rule in _CHILDREN_BLOCKS if kind == "children" else _FEBRL4_BLOCKS:
        columns = [(name, name) if isinstance(name, str) else name for name in rule]
        index.block([left for left, _ in columns], [right for _, right in columns])
    pairs: pd.MultiIndex = index.index(seeking, found)
    sources = [
        frame["source"].reindex(pairs.get_level_values(i)).to_numpy() for i, frame in enumerate((seeking, found))
    ]
    kept: pd.MultiIndex = pairs[sources[0] != sources[1]]
    return kept


def _comparison(kind: str) -> rl.Compare:
    compare = rl.Compare()
    for column in (*_WEIGHTS[kind], *(_INITIALS.values() if kind == "children" else ())):
        if column in _STRINGS[kind]:
            compare.string(column, column, method="jarowinkler", missing_value=np.nan, label=column)
        elif column in _SETS:
            compare.compare_vectorized(_by_value(_share_one), column, column, label=column)
        elif column == "birth":
            days = ["birth_first", "birth_last"]
            compare.compare_vectorized(_birth, days, days, label=column)
        else:
            compare.exact(column, column, missing_value=np.nan, label=column)
    return compare


def _sum(compared: pd.DataFrame, kind: str) -> Floats:
    """Return the bits of each pair."""
    total = np.zeros(len(compared))
    for name, (plus, minus) in _WEIGHTS[kind].items():
        value = compared[name].to_numpy(dtype=float)
        least = _STRINGS[kind].get(name, 0.4)
        if name in _INITIALS:
            initial = compared[_INITIALS[name]].to_numpy(dtype=float)
            value = np.where(np.isnan(value), np.where(initial == 1, (1 + least) / 2, initial), value)
        share = np.where(value < least, -minus, plus * (value - least) / (1 - least))
        total += np.nan_to_num(share)
    return total


def _by_value(function: Callable[[Any, Any], float]) -> Callable[[pd.Series, pd.Series], pd.Series]:
    def compare(left: pd.Series, right: pd.Series) -> pd.Series:
        return pd.Series([function(a, b) for a, b in zip(left, right, strict=True)], index=left.index, dtype=float)

    return compare


def _share_one(left: Sequence[str] | None, right: Sequence[str] | None) -> float:
    if left is None or right is None:
        return np.nan
    return float(not set(left).isdisjoint(right))


def _birth(first_left: pd.Series, last_left: pd.Series, first_right: pd.Series, last_right: pd.Series) -> pd.Series:
    """Return 1 for the same known day, 0.5 when intervals meet or are half a year apart, 0 otherwise."""
    a, b, c, d = (part.to_numpy(dtype=float) for part in (first_left, last_left, first_right, last_right))
    gap = np.maximum(a - d, c - b)
    known = (a == b) & (c == d)
    value = np.select([np.isnan(gap), (gap <= 0) & known, gap <= 200], [np.nan, 1.0, 0.5], 0.0)
    return pd.Series(value, index=first_left.index)
