"""What stands behind collective evidence: pairs by ids of records, keys when asked for; and the transfers learnt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from matching.collective.learnt import Behind
from matching.linker import Linkage
from pipelines.linkage import run_folder
from pipelines.linkage.collective.stated import day_of
from pipelines.linkage.run_folder import RunFolder

if TYPE_CHECKING:
    from registry.linkage.transfers import LearntTransfer


def keep(folder: RunFolder, linkage: Linkage, frame: pd.DataFrame, *, whole: bool) -> None:
    """Keep the supporting pairs and transfers of a run: ids and bits, no names, no keys, no places.

    Args:
        folder: Of the run, whose candidates are stored.
        linkage: What it found.
        frame: Its records: `record_id`, and `transferred_on` where the spec reads it.
        whole: Whether it looked at all records: a part of them tells of no transfer as a whole.
    """
    from registry.linkage import support, transfers

    behind = linkage.behind
    if behind is None:
        return
    found = behind.support.round({"bits": 2})
    found.to_csv(folder.support, index=False)
    support.store(folder.run_id, found.itertuples(index=False, name=None), whole=whole)
    if whole:
        transfers.store(folder.run_id, learnt(behind, frame))


def learnt(behind: Behind, frame: pd.DataFrame) -> list[LearntTransfer]:
    """Return the transfers of a run, the largest first."""
    from registry.linkage.transfers import MOST_GAINS, LearntTransfer

    key = ["origin", "value", "region"]
    day = dict(zip(frame["record_id"], frame["transferred_on"], strict=True)) if "transferred_on" in frame else {}
    gains = dict(iter(behind.gains.groupby(key)))
    out = []
    for name, part in behind.members.groupby(key):
        kind, origin, region = map(str, name)
        days = [days for found in part["found"] if (days := day_of(day.get(found))) is not None]
        members = zip(part["found"].tolist(), part["seeking"].tolist(), strict=True)
        said = gains.get(name, behind.gains.iloc[:0])
        best = said.sort_values(["bits", "left", "right"], ascending=[False, True, True])[:MOST_GAINS]
        most = zip(best["left"].tolist(), best["right"].tolist(), best["bits"].round(2).tolist(), strict=True)
        out.append(
            LearntTransfer(
                kind,
                origin,
                region,
                members=[(found, seeking if seeking >= 0 else None) for found, seeking in members],
                families=int(part["family"].nunique()),
                days=(min((a for a, _ in days), default=None), max((b for _, b in days), default=None)),
                pairs=len(said),
                bits=round(float(said["bits"].mean()), 2) if len(said) else 0.0,
                gains=list(most),
            )
        )
    return sorted(out, key=lambda one: (-one.families, one.digest))


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
