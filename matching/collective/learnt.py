"""The transfers that a run has learnt: which records stand behind each, and for which candidates it speaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from matching.collective.evidence import CollectiveBits, CollectiveEvidence
from matching.collective.sums import Floats
from matching.collective.supporters import SupportingPairs
from matching.vectors.records import Rows

_LEAST_BITS = 0.5
"""A transfer that says less of a candidate does not speak for it."""
_MEMBERS: Final = ("origin", "value", "region", "found", "seeking")
_GAINS: Final = ("origin", "value", "region", "left", "right", "bits")


@dataclass(frozen=True)
class Behind:
    """What stands behind the collective bits of a run's candidates, all records named by their ids.

    Attributes:
        support: `left, right, term, bits, by_left, by_right`: the pair that speaks loudest for a candidate by a term.
        members: `origin, value, region, found, seeking, family`: a column of origins, a place or institution, a
            region, a record found there, the report that it fits (-1 where its own list names the origin), and a number
            for its family.
        gains: `origin, value, region, left, right, bits`: the candidates for which a transfer speaks.
    """

    support: pd.DataFrame
    members: pd.DataFrame
    gains: pd.DataFrame


def behind(evidence: CollectiveEvidence, candidates: pd.DataFrame, said: CollectiveBits | None) -> Behind | None:
    """Return what stands behind the bits of candidates.

    Args:
        evidence: Of the run.
        candidates: `left` and `right`, ids of records, and `row`, the position in `said`.
        said: What others say of them; None: nothing.
    """
    if said is None:
        return None
    pairs = SupportingPairs.of(evidence, candidates, said)
    ids = evidence.table.record_id
    members = _members(evidence)
    gains = _gains(evidence, pairs.left, pairs.right, pairs.transfer_bits, members)
    for frame, columns in ((members, ("found", "seeking")), (gains, ("left", "right"))):
        for column in columns:
            rows = frame[column].to_numpy(dtype=np.int64)
            frame[column] = np.where(rows < 0, -1, ids[np.maximum(rows, 0)])
    return Behind(pairs.named(ids), members, gains)


def _members(evidence: CollectiveEvidence) -> pd.DataFrame:
    """Return the found records of each origin and region that enough families stand behind, as rows of the table."""
    transfers = evidence.transfers
    if transfers is None:
        return pd.DataFrame(columns=list(_MEMBERS))
    region_names = np.array([*transfers.regions, ""], dtype=object)
    parts = []
    for name, origin in transfers.origins.items():
        found = np.flatnonzero((origin.whose >= 0) & (transfers.region >= 0))
        theirs = transfers.of_family[found]
        part = pd.DataFrame(
            {
                "origin": name,
                "value": np.array([*origin.names, ""], dtype=object)[origin.whose[found]],
                "region": region_names[transfers.region[found]],
                "found": found,
                "seeking": np.where(theirs >= 0, evidence.strong.partner[found], -1),
                # A record of which nobody knows whose it is counts as a family of its own.
                "family": np.where(theirs >= 0, theirs, -1 - found),
            }
        )
        families = part.groupby(["value", "region"])["family"].transform("nunique")
        parts.append(part[families >= transfers.spec.least_families])
    return pd.concat(parts, ignore_index=True)[[*_MEMBERS, "family"]]


def _gains(evidence: CollectiveEvidence, left: Rows, right: Rows, bits: Floats, members: pd.DataFrame) -> pd.DataFrame:
    """Return the candidates for which a known transfer speaks: that of the institution before that of the town."""
    transfers = evidence.transfers
    if transfers is None:
        return pd.DataFrame(columns=list(_GAINS))
    able = np.flatnonzero((bits >= _LEAST_BITS) & (transfers.region[right] >= 0))
    asked = pd.DataFrame(
        {
            "left": left[able],
            "right": right[able],
            "bits": bits[able],
            "region": np.array([*transfers.regions, ""], dtype=object)[transfers.region[right[able]]],
        }
    )
    known = members[["origin", "value", "region"]].drop_duplicates()
    parts = []
    for name, origin in reversed(transfers.origins.items()):
        asked["value"] = np.array([*origin.names, ""], dtype=object)[origin.of[asked["left"].to_numpy()]]
        hit = asked.merge(known[known["origin"] == name], on=["value", "region"])
        parts.append(hit[list(_GAINS)])
        spoken = pd.MultiIndex.from_frame(hit[["left", "right"]])
        asked = asked[~pd.MultiIndex.from_frame(asked[["left", "right"]]).isin(spoken)]
    return pd.concat(parts, ignore_index=True)
