"""Pairs in which nobody is sought: two rows of one list, or of two that the spec's `between` names; one child, perhaps.

They wait in a queue of their own, "listed twice?": whoever says there that two rows are one child finds nobody.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.calibration import CALIBRATED
from matching.engine.clusters import clusters
from matching.linker import Linkage
from matching.spec.linkage_spec import StoreSpec
from pipelines.linkage import run_folder
from pipelines.linkage.run_folder import RunFolder

LIKELY = 0.5
"""Score from which rows count as one child in a cluster."""

_COLUMNS = ("left", "right", "weight", "probability", "scenario")


def parted(linkage: Linkage) -> tuple[Linkage, pd.DataFrame]:
    """Return the linkage with the pairs in which somebody is sought, and the other pairs.

    Returns:
        The linkage, and the columns of its candidates with `cluster` for the other pairs, likeliest first; rows of one
        cluster are linked by pairs of a score of `LIKELY` or more, directly or by way of others.
    """
    found = linkage.candidates
    twice = found["listed_twice"].to_numpy(dtype=bool)
    pairs = found[twice].reset_index(drop=True)
    ids = pd.unique(pd.concat([pairs["left"], pairs["right"]]))
    likely = pairs[pairs["probability"] >= LIKELY]
    pairs["cluster"] = clusters(ids, likely).reindex(pairs["left"]).to_numpy() if len(pairs) else 0
    return replace(linkage, candidates=found[~twice].reset_index(drop=True)), pairs


def stored(store: StoreSpec, pairs: pd.DataFrame, judged: Set[tuple[int, int]]) -> pd.DataFrame:
    """Return which of these pairs are stored, as candidates are: none that is weak, unless somebody has spoken on it.

    Args:
        store: What the spec says of storing.
        pairs: As `parted` gives them.
        judged: Pairs (left, right) on which somebody has spoken.
    """
    keep: npt.NDArray[np.bool_] = np.round(pairs["probability"].to_numpy(dtype=np.float64), 6) >= store.weak_below
    ids = zip(pairs["left"].tolist(), pairs["right"].tolist(), strict=True)
    keep |= np.array([(a, b) in judged or (b, a) in judged for a, b in ids], dtype=bool)
    return pairs[keep].drop(columns="cluster").assign(**{CALIBRATED: np.nan})


def write(folder: RunFolder, pairs: pd.DataFrame) -> None:
    """Write the pairs of a run into its folder: ids of records and figures, no names and no keys."""
    if len(pairs):
        plain = pairs[[*_COLUMNS, "cluster"]].round({"weight": 3, "probability": 6})
        plain.to_csv(folder.listed_twice, index=False)


def newest() -> tuple[RunFolder | None, pd.DataFrame]:
    """Return the newest run that left such pairs, and these pairs; None and no pairs where there is none."""
    for folder in run_folder.newest_first():
        if folder.listed_twice.exists():
            return folder, pd.read_csv(folder.listed_twice)
    return None, pd.DataFrame(columns=[*_COLUMNS, "cluster"])
