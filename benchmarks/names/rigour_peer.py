"""`rigour` (OpenSanctions) as a peer: name symbols from Wikidata, what they leave unexplained by its residue distance.

It is no dependency: it joins the run where it is installed (`pip install rigour`, which needs PyICU).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import import_module
from typing import Any

import numpy as np

from benchmarks.names.alignment import Scores
from benchmarks.names.matchers import installed

SHORTLIST = 200


def available() -> bool:
    """Return whether `rigour` can be used here."""
    return bool(installed("rigour") and installed("pyicu"))


class Rigour:
    """Pairs of a shortlist scored by `rigour`; a pair outside it counts as rejected, which is in `rigour`'s favour.

    Args:
        shortlist: for each query the rows to look at; the right one must be among them.
    """

    name = "rigour"
    note = f"symbols, then residue distance; only the {SHORTLIST} likeliest rows of each query and the right one"

    def __init__(self, shortlist: list[list[int]]) -> None:
        self._shortlist = shortlist

    def read(self, names: Sequence[str]) -> None:
        """Take the list that is searched."""
        self._names = list(names)

    def scores(self, queries: Sequence[str]) -> Scores:
        """Return the share of explained name parts, 0 to 1; -1 outside the shortlist."""
        found = np.full((len(queries), len(self._names)), -1, np.float32)
        for i, (query, rows) in enumerate(zip(queries, self._shortlist, strict=True)):
            asked = _read(query)
            for row in rows:
                found[i, row] = _score(asked, _read(self._names[row]))
        return found


@cache
def _library() -> Any:
    return import_module("rigour.names")


@lru_cache(maxsize=1 << 16)
def _read(text: str) -> Any:
    names = _library()
    return next(iter(names.analyze_names(names.NameTypeTag.PER, [text])), None)


def _score(query: Any, name: Any) -> float:
    """The mean score over the parts of the shorter side: 1 for a shared symbol, else the residue distance's score."""
    if query is None or name is None:
        return 0.0
    best = 0.0
    for pairing in _library().pair_symbols(query, name) or [()]:
        left, right, explained = list(query.parts), list(name.parts), 0.0
        for alignment in pairing:
            explained += min(len(alignment.qps), len(alignment.rps))
            left = [part for part in left if part not in alignment.qps]
            right = [part for part in right if part not in alignment.rps]
        if left and right:
            residue = _library().compare_parts(left, right)
            explained += sum(a.score * min(len(a.qps), len(a.rps)) for a in residue if a.qps and a.rps)
        best = max(best, explained)
    return best / max(1, min(len(query.parts), len(name.parts)))
