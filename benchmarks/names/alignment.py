"""Whole names as sets of tokens: the best one-to-one assignment of the tokens of a query to those of each candidate."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

_TOKEN = re.compile(r"[^\W\d_]+(?:['’ʼ`*][^\W\d_]+)*", re.UNICODE)
MAX_TOKENS = 5

Scores = NDArray[np.float32]


def tokens(text: str) -> list[str]:
    """Return the lower-case tokens of a name; halves of double-barrelled names count apart."""
    return _TOKEN.findall(text.lower())[:MAX_TOKENS]


class TokenIndex:
    """A list of names by distinct tokens."""

    def __init__(self, names: Sequence[str]) -> None:
        parts = [tokens(name) for name in names]
        self.distinct = list(dict.fromkeys(token for part in parts for token in part))
        place = {token: i for i, token in enumerate(self.distinct)}
        self.size = len(names)
        self._groups: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
        for count in sorted({len(part) for part in parts}):
            rows = [row for row, part in enumerate(parts) if len(part) == count]
            ids = [[place[token] for token in parts[row]] for row in rows]
            self._groups.append((np.array(rows), np.array(ids, dtype=np.int64).reshape(len(rows), count)))

    def aligned(self, similarity: Scores) -> Scores:
        """Return one score per name: the mean similarity of the best assignment, over the shorter side's tokens.

        Args:
            similarity: of each token of a query to each distinct token, shape `(tokens, len(distinct))`.
        """
        out = np.zeros(self.size, np.float32)
        asked = len(similarity)
        for rows, ids in self._groups:
            count = ids.shape[1]
            if not asked or not count:
                continue
            found = similarity[:, ids]
            short, long = min(asked, count), max(asked, count)
            best = np.zeros(len(rows), np.float32)
            for chosen in permutations(range(long), short):
                pairs = zip(range(short), chosen, strict=True)
                total = sum(found[i, :, j] if asked <= count else found[j, :, i] for i, j in pairs)
                np.maximum(best, total, out=best)
            out[rows] = best / short
        return out
