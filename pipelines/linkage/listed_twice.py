"""Pairs of rows of one list: perhaps one child, listed twice. They are a list of their own beside a run's candidates.

They never enter the queue of candidates: whoever says there that two records are one child says that a child was found.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from matching.engine.clusters import clusters
from matching.linker import Linkage
from pipelines.linkage import run_folder
from pipelines.linkage.run_folder import RunFolder

LIKELY = 0.5
"""Score from which rows count as one child in a cluster."""

_COLUMNS = ("left", "right", "weight", "probability", "scenario")


def parted(linkage: Linkage, frame: pd.DataFrame) -> tuple[Linkage, pd.DataFrame]:
    """Return the linkage with its pairs of two lists alone, and those of one list.

    Args:
        linkage: What a run found.
        frame: The records: `record_id`, `source`.

    Returns:
        The linkage, and `left, right, weight, probability, scenario, cluster` of pairs of one list, likeliest first;
        rows of one cluster are linked by pairs of a score of `LIKELY` or more, directly or by way of others.
    """
    source = pd.Series(frame["source"].to_numpy(), index=frame["record_id"].to_numpy())
    found = linkage.candidates
    within = source.reindex(found["left"]).to_numpy() == source.reindex(found["right"]).to_numpy()
    if not within.any():
        return linkage, found.loc[within, list(_COLUMNS)].assign(cluster=0)
    pairs = found.loc[within, list(_COLUMNS)].reset_index(drop=True)
    ids = pd.unique(pd.concat([pairs["left"], pairs["right"]]))
    pairs["cluster"] = clusters(ids, pairs[pairs["probability"] >= LIKELY]).reindex(pairs["left"]).to_numpy()
    return replace(linkage, candidates=found[~within].reset_index(drop=True)), pairs


def write(folder: RunFolder, pairs: pd.DataFrame) -> None:
    """Write the pairs of a run into its folder: ids of records and figures, no names and no keys."""
    if len(pairs):
        pairs.round({"weight": 3, "probability": 6}).to_csv(folder.listed_twice, index=False)


def newest() -> tuple[RunFolder | None, pd.DataFrame]:
    """Return the newest run that left pairs of one list, and these pairs; None and no pairs where there is none."""
    for folder in run_folder.newest_first():
        if folder.listed_twice.exists():
            return folder, pd.read_csv(folder.listed_twice)
    return None, pd.DataFrame(columns=[*_COLUMNS, "cluster"])
