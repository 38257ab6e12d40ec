"""Which pair stands behind what others say of a candidate: ids of records in the run's folder, keys when asked for."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from matching.linker import Linkage
from pipelines.linkage import run_folder
from pipelines.linkage.run_folder import RunFolder


def keep(folder: RunFolder, linkage: Linkage, *, whole: bool) -> None:
    """Keep the supporting pairs of a run in its folder and beside its candidates: ids and bits, no names and no keys.

    Args:
        folder: Of the run, whose candidates are stored.
        linkage: What it found.
        whole: Whether it looked at all records.
    """
    from registry.linkage import support

    if linkage.support is None:
        return
    found = linkage.support.round({"bits": 2})
    found.to_csv(folder.support, index=False)
    support.store(folder.run_id, found.itertuples(index=False, name=None), whole=whole)


def newest() -> tuple[RunFolder | None, pd.DataFrame]:
    """Return the newest run that left supporting pairs, and these; None and nothing where there is none."""
    for folder in run_folder.newest_first():
        if folder.support.exists():
            return folder, pd.read_csv(folder.support)
    return None, pd.DataFrame()


def named(support: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    """Yield each row with sources and keys instead of ids, and how the supporting pair stands.

    `verified` and `refused` pairs are those that people agreed on; all others are `proposed` by the machine alone.
    """
    from registry.linkage import agreed_verdicts, records

    ids = support[["left", "right", "by_left", "by_right"]]
    known = records.keys_of(set(ids.to_numpy().ravel().tolist()))
    agreed = {
        frozenset((pair.left_id, pair.right_id)): "verified" if pair.same else "refused"
        for pair in agreed_verdicts.agreed()
    }
    columns = ["left", "right", "term", "bits", "by_left", "by_right"]
    for left, right, term, bits, by_left, by_right in support[columns].itertuples(index=False, name=None):
        if all(record in known for record in (left, right, by_left, by_right)):  # a row may have been erased since
            standing = agreed.get(frozenset((by_left, by_right)), "proposed")
            yield (*known[left], *known[right], term, bits, *known[by_left], *known[by_right], standing)
