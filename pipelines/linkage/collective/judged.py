"""What people agreed on, as the linker takes it: a verified pair supports others in full, a refused one none."""

from __future__ import annotations

import hashlib

import pandas as pd


def judged_pairs(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the agreed pairs among these records, `left, right, same`, in the order of sources and keys.

    A row that a source has corrected since is named by its key: the judgement was of the child, not of a version.

    Args:
        frame: The records: `record_id`, `source`, `key`.
    """
    from registry.linkage import agreed_verdicts

    number = dict(zip(zip(frame["source"], frame["key"], strict=True), frame["record_id"].tolist(), strict=True))
    rows = [
        (left, right, pair.same)
        for pair in agreed_verdicts.agreed()
        if (left := number.get((pair.left_source, pair.left_key))) is not None
        and (right := number.get((pair.right_source, pair.right_key))) is not None
    ]
    return pd.DataFrame(rows, columns=["left", "right", "same"])


def digest_of_judged(judged: pd.DataFrame, frame: pd.DataFrame) -> str | None:
    """Return a hash of what was agreed on, database ids apart; None where nothing was."""
    if not len(judged):
        return None
    name = frame.set_index("record_id")[["source", "key"]].agg("/".join, axis=1)
    lines = zip(name.reindex(judged["left"]), name.reindex(judged["right"]), judged["same"], strict=True)
    return hashlib.sha256(repr(sorted(lines)).encode()).hexdigest()
