"""Element-wise comparison of two columns of names, each distinct pair worked out once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from transliteration.comparison import compare
from transliteration.levels import Role


def compare_pairs(left: Sequence[str], right: Sequence[str], role: Role) -> NDArray[np.int8]:
    """Return the `NameLevel` of each pair as int8, shape `(len(left),)`.

    Raises:
        ValueError: if the two columns differ in length.
    """
    if len(left) != len(right):
        raise ValueError(f"columns of different length: {len(left)} and {len(right)}")
    known: dict[tuple[str, str], int] = {}
    for pair in set(zip(left, right, strict=True)):
        known[pair] = compare(pair[0], pair[1], role).level
    return np.fromiter((known[pair] for pair in zip(left, right, strict=True)), dtype=np.int8, count=len(left))
