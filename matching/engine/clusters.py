"""Rows of one list as clusters: who is linked with whom, directly or by way of others. Shown, never merged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd


def components(left: npt.NDArray[np.integer], right: npt.NDArray[np.integer], count: int) -> npt.NDArray[np.int64]:
    """Return a number for each of `count` rows, `(count,)`: the same for rows that links connect, however far.

    Args:
        left: One row of each link, `(links,)`.
        right: The other.
        count: How many rows there are.
    """
    if not len(left):
        return np.arange(count, dtype=np.int64)
    from scipy.sparse import coo_array  # half a second of imports that a handful of new records does not need
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def clusters(record_ids: Sequence[Any] | pd.Series, pairs: pd.DataFrame) -> pd.Series:
    """Return the number of each record's cluster, by record id; a record without a pair is a cluster of its own.

    Args:
        record_ids: Ids of all records.
        pairs: Pairs held for one person, as `left` and `right`: candidates above a threshold.
    """
    index = pd.Index(record_ids)
    number = components(index.get_indexer(pairs["left"]), index.get_indexer(pairs["right"]), len(index))
    return pd.Series(number, index=index)
