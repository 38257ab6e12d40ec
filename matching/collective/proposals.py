"""Pairs that only collective evidence reaches: companions of strong pairs, and records in an origin's destinations."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from matching.blocking.pairs import Pairs, PairSource
from matching.collective.evidence import CollectiveEvidence
from matching.collective.support import code_of
from matching.comparisons.base import codes_of
from matching.spec import FieldSpec, LinkageSpec
from matching.spec.collective_spec import DESTINATION
from matching.spec.linkage_spec import WithinSpec
from matching.vectors.records import Column, Table


def rules_of(spec: LinkageSpec) -> LinkageSpec:
    """Return the spec under which the collective rules are read: theirs are its rules, for who is sought alone."""
    assert spec.collective is not None
    fields = {**spec.fields, DESTINATION: FieldSpec(kind="place")}
    blocking = spec.blocking.model_copy(update={"rules": spec.collective.blocking})
    asked = {"within": WithinSpec(), "between": ()}
    return spec.model_copy(update={"fields": fields, "blocking": blocking, **asked})


def with_destinations(table: Table, evidence: CollectiveEvidence) -> Table:
    """Return the table with a column of the regions where each sought record may be, and each found one is."""
    values = np.full(len(table), None, dtype=object)
    if (transfers := evidence.transfers) is not None:
        for row in np.flatnonzero(transfers.region >= 0).tolist():
            values[row] = (transfers.regions[transfers.region[row]],)
        found = transfers.destinations()
        regions: dict[int, list[int]] = {}
        for row, region in zip(found["row"].tolist(), found["region"].tolist(), strict=True):
            regions.setdefault(row, []).append(region)
        for row, several in regions.items():
            values[row] = tuple(transfers.regions[region] for region in sorted(several))
    codes, distinct = codes_of(values)
    return table.with_column(DESTINATION, Column(codes.astype(np.int32), distinct))


def companions(table: Table, source: PairSource, evidence: CollectiveEvidence) -> Pairs:
    """Return the companions of strong pairs as pairs that a run may compare, each once."""
    left, right = evidence.proposals()
    able = source.comparable(left, right)
    code = np.unique(code_of(left[able], right[able], len(table)))
    rows = (code // len(table)).astype(np.int32), (code % len(table)).astype(np.int32)
    return Pairs(*rows, np.zeros(len(code), dtype=np.uint64))


def unseen(pairs: Pairs, seen: npt.NDArray[np.int64], size: int) -> Pairs:
    """Return the pairs that are not among those seen, given as sorted codes `left * size + right`."""
    code = code_of(pairs.left, pairs.right, size)
    # `seen` is sorted already: looking up costs a hundredth of what `isin` does, which sorts it anew for each slice.
    new = np.searchsorted(seen, code, "left") == np.searchsorted(seen, code, "right")
    return Pairs(pairs.left[new], pairs.right[new], pairs.rules[new])
