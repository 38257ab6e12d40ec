"""Nearest neighbours over character n-grams: a key of the seeking side becomes keys of the found side.

So a rule stays a join of equal keys, however damaged the values are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from matching.spec.rules import Nearest

_CELLS = 20_000_000
"""Cells of the similarity matrix held at a time: 160 MB."""


def nearest_by_ngrams(
    keys: Sequence[str], seeking: npt.NDArray[np.int64], found: npt.NDArray[np.int64], wanted: Nearest
) -> list[tuple[int, ...]]:
    """Return for each key the positions of its nearest keys on the found side, best first; `()` for keys not sought.

    Args:
        keys: All distinct keys.
        seeking: Positions of the keys that the seeking side has.
        found: Positions of the keys that the found side has.
        wanted: How many neighbours, and how similar.
    """
    near: list[tuple[int, ...]] = [()] * len(keys)
    if not len(seeking) or not len(found):
        return near
    from sklearn.feature_extraction.text import TfidfVectorizer  # a second of imports that no other rule needs

    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, wanted.ngram), lowercase=False, dtype=np.float32)
    grams = vectorizer.fit_transform(keys)
    others = grams[found].T.tocsc()
    step = max(1, _CELLS // len(found))
    for start in range(0, len(seeking), step):
        part = seeking[start : start + step]
        similar = (grams[part] @ others).tocsr()
        for row, position in enumerate(part):
            at = slice(similar.indptr[row], similar.indptr[row + 1])
            alike, columns = similar.data[at], similar.indices[at]
            enough = alike >= wanted.similarity
            alike, columns = alike[enough], columns[enough]
            # Equal similarities are ordered by the key, so that the result does not depend on the order of records.
            best = sorted(zip(-alike.round(5), (keys[found[c]] for c in columns), found[columns], strict=True))
            near[position] = tuple(int(key) for _, _, key in best[: wanted.count])
    return near
