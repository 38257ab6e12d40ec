"""The pairs behind collective bits: for each candidate that others speak for, the one that speaks loudest, by term."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.collective.evidence import CollectiveBits, CollectiveEvidence
from matching.collective.sums import Floats
from matching.collective.terms import TERMS
from matching.vectors.records import Rows

COLUMNS: Final = ("left", "right", "term", "bits", "by_left", "by_right")
_LEAST_BITS = 0.5
"""A term that says less is not worth naming a pair for."""
_AT = {term.name: number for number, term in enumerate(TERMS)}


def supporters(evidence: CollectiveEvidence, left: Rows, right: Rows, said: CollectiveBits) -> pd.DataFrame:
    """Return the supporting pairs of candidates as rows of the table, `COLUMNS`.

    Of `transfer` there is none: it counts how many were found where, and no pair of them by itself.

    Args:
        evidence: Of the run.
        left: Seeking rows of the candidates.
        right: Found rows.
        said: What others say of them.
    """
    parts = [_beside(left, right, said)]
    if evidence.transfers is not None:
        transfers, partner = evidence.transfers, evidence.strong.partner
        found = np.flatnonzero((partner >= 0) & (transfers.region >= 0))
        strong = pd.DataFrame(
            {
                "person": partner[found],
                "family": transfers.family[partner[found]],
                "region": transfers.region[found],
                "by_right": found,
                "source": evidence.table.source[found],
                "worth": evidence.strong.probability[found],
            }
        )
        asked = pd.DataFrame({"left": left, "right": right, "region": transfers.region[right]})
        asked["source"], asked["family"] = evidence.table.source[right], transfers.family[left]
        for term, key, of in (("own_transfer", "person", "left"), ("kin_transfer", "family", "family")):
            bits = said.bits[:, _AT[term]]
            some = asked.assign(bits=bits)[bits >= _LEAST_BITS]
            pairs = some.merge(strong, left_on=[of, "region"], right_on=[key, "region"], suffixes=("", "_of_other"))
            if term == "own_transfer":
                pairs = pairs[pairs["source"] != pairs["source_of_other"]]
            else:
                pairs = pairs[(pairs["person"] != pairs["left"]) & (pairs["by_right"] != pairs["right"])]
            pairs = pairs.sort_values(["worth", "by_right"], ascending=[False, True], kind="stable")
            best = pairs.drop_duplicates(["left", "right"])
            parts.append(best.assign(term=term, by_left=best["person"])[list(COLUMNS)])
    out = pd.concat(parts, ignore_index=True)
    return out.sort_values(["left", "right", "term"], kind="stable", ignore_index=True)


@dataclass(frozen=True)
class SupportingPairs:
    """The supporting pairs of a run's candidates, as rows of the table.

    Attributes:
        left, right: Rows of the candidates.
        transfer_bits: What the origin says of each.
        pairs: `COLUMNS`.
    """

    left: Rows
    right: Rows
    transfer_bits: Floats
    pairs: pd.DataFrame

    @classmethod
    def of(cls, evidence: CollectiveEvidence, candidates: pd.DataFrame, said: CollectiveBits) -> SupportingPairs:
        """Find the supporting pairs.

        Args:
            evidence: Of the run.
            candidates: `left` and `right`, ids of records, and `row`, the position in `said`.
            said: What others say of them.
        """
        number = pd.Series(np.arange(len(evidence.table), dtype=np.int32), index=evidence.table.record_id)
        left, right = (number[candidates[side]].to_numpy().astype(np.int32) for side in ("left", "right"))
        at = said.at(candidates["row"].to_numpy())
        return cls(left, right, at.bits[:, _AT["transfer"]], supporters(evidence, left, right, at))

    def named(self, ids: npt.NDArray[np.object_]) -> pd.DataFrame:
        """Return the pairs with ids of records instead of rows."""
        rows = ("left", "right", "by_left", "by_right")
        return self.pairs.assign(**{column: ids[self.pairs[column].to_numpy(dtype=np.int64)] for column in rows})


def _beside(left: Rows, right: Rows, said: CollectiveBits) -> pd.DataFrame:
    bits = said.bits[:, _AT["kin_listed"]]
    at = np.flatnonzero((bits >= _LEAST_BITS) & (said.sibling >= 0))
    columns = (left[at], right[at], "kin_listed", bits[at], said.sibling[at], said.companion[at])
    return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))
