"""Which scored pairs of a run become candidates."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from matching.engine.slices import Scored
from matching.model.parameters import Floats
from matching.spec.linkage_spec import StoreSpec
from matching.vectors.records import Table


def kept(store: StoreSpec, table: Table, scored: Scored, probability: Floats) -> npt.NDArray[np.int64]:
    """Return the positions of pairs to keep: likely ones, and the best few of each left record in each source."""
    able = np.flatnonzero(probability >= min(store.floor_probability, store.min_probability))
    likely, lists = probability[able], len(table.sources)
    left, right, source = scored.left[able], scored.right[able], table.source
    # A pair is ranked among those of its left record; one of a single list among those of either.
    within = np.flatnonzero(source[left] == source[right])
    pair = np.concatenate([np.arange(len(able)), within])
    group = np.concatenate([left, right[within]]).astype(np.int64) * lists + source[right[pair]]
    # Pairs come in ascending order of their rows, which decides between equals.
    order = np.argsort(-likely[pair], kind="stable")
    order = order[np.argsort(group[order], kind="stable")]
    in_order = group[order]
    first = np.flatnonzero(np.append(True, in_order[1:] != in_order[:-1])[: len(order)])
    place = np.arange(len(order)) - np.repeat(first, np.diff(np.append(first, len(order))))
    rank = np.full(len(able), len(order), dtype=np.int64)
    np.minimum.at(rank, pair[order], place)
    among_best = (rank < store.per_record) & (likely >= store.floor_probability)
    return able[among_best | (likely >= store.min_probability)]
