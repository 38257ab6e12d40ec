"""Rows of one list as clusters: who is linked with whom, directly or by way of others. Shown, never merged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd


def clusters(record_ids: Sequence[Any] | pd.Series, pairs: pd.DataFrame) -> pd.Series:
    """Return the number of each record's cluster, by record id; a record without a pair is a cluster of its own.

    Args:
        record_ids: Ids of all records.
        pairs: Pairs held for one person, as `left` and `right`: candidates above a threshold.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    index = pd.Index(record_ids)
    left, right = index.get_indexer(pairs["left"]), index.get_indexer(pairs["right"])
    ones, size = np.ones(len(pairs), dtype=np.int8), len(index)
    _, number = connected_components(coo_array((ones, (left, right)), shape=(size, size)), directed=False)
    return pd.Series(number, index=index)


def b_cubed(found: npt.NDArray[Any], true: npt.NDArray[Any]) -> tuple[float, float]:
    """Return B³ precision and recall of clusters (Bagga and Baldwin 1998): means over records, of its cluster's mates.

    Args:
        found: The cluster of each record, `(records,)`.
        true: The person of each record, `(records,)`.
    """
    both = pd.DataFrame({"found": found, "true": true})
    shared = both.groupby(["found", "true"])["true"].transform("size")
    precision = shared / both.groupby("found")["true"].transform("size")
    recall = shared / both.groupby("true")["found"].transform("size")
    return float(precision.mean()), float(recall.mean())
