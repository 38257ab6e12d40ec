"""The sibling factor: whether the sought child's brothers and sisters stand beside the found one.

For the pair (i, j), each sibling s of i in i's list is held against each companion g of j in j's list, by what brothers
and sisters do not share; surname and home are the same for both and were counted in the pair itself. With the chance π
that a sibling is listed with the child, the factor of s is (1 − π) + π · mean over g of 2^bits(s, g).
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.collective.columns import names_of
from matching.collective.families import Families, Members
from matching.collective.sums import Floats
from matching.collective.support import SURE, VERIFIED_BITS, Judged, among
from matching.spec import LinkageSpec
from matching.spec.collective_spec import KinSpec
from matching.vectors.records import Rows, Table

PrivateBits = Callable[[Rows, Rows], Floats]
"""Gives the bits of pairs by the fields that brothers and sisters do not share."""

_ROUNDS = 12
_BETA = (3.0, 2.0)
"""Pseudo-counts of siblings listed together and not, under which their share is fitted."""


@dataclass(frozen=True)
class SiblingBits:
    """What brothers and sisters say of pairs.

    Attributes:
        bits: 0 where either side has none, `(pairs,)`.
        known: Whether both sides have some, `(pairs,)`.
        sibling, companion: The pair of records that speaks loudest, -1 where none does, `(pairs,)`.
    """

    bits: Floats
    known: npt.NDArray[np.bool_]
    sibling: npt.NDArray[np.int32]
    companion: npt.NDArray[np.int32]


class Siblings:
    """The sibling factor of a table.

    Args:
        spec: The linkage spec, with a `kin` part.
        table: The records.
        families: Who belongs together.
        private: Weighs a sibling against a companion.
    """

    def __init__(self, spec: LinkageSpec, table: Table, families: Families, private: PrivateBits) -> None:
        assert spec.collective is not None
        assert spec.collective.kin is not None
        self.spec: KinSpec = spec.collective.kin
        self.table, self._private = table, private
        lists = len(table.sources)
        self._siblings = Members(families.seeking * lists + table.source)
        self._companions = Members(families.found)
        # A second report about the same child is no brother.
        self._own_name = names_of(spec, table, self.spec.private[0])
        self.together = np.full(lists, self.spec.listed_together)

    def taught(self, judged: Judged) -> Siblings:
        """Return the factor with what people agreed on: a sibling verified as a companion is one, a refused is not."""
        records = len(self.table)

        def private(left: Rows, right: Rows) -> Floats:
            bits = self._private(left, right)
            bits = np.where(among(left, right, judged.same, records), VERIFIED_BITS, bits)
            return np.where(among(left, right, judged.different, records), -VERIFIED_BITS, bits)

        out = copy(self)
        out._private = private
        return out

    def companions_of(self, left: Rows, right: Rows) -> tuple[Rows, Rows]:
        """Return the pairs that strong pairs bring up: each sibling of the left with each companion of the right."""
        at, sibling = self._siblings.pairs(left)
        other, companion = self._companions.pairs(right[at])
        return sibling[other], companion

    def bits(self, left: Rows, right: Rows) -> SiblingBits:
        """Return what the siblings of each pair say."""
        out, known = np.zeros(len(left)), np.zeros(len(left), dtype=bool)
        best = np.full(len(left), -1, dtype=np.int32), np.full(len(left), -1, dtype=np.int32)
        pair, sibling, odds, companion = self._odds(left, right)
        together = self.together[self.table.source[right[pair]]]
        bits = np.log2((1 - together) + together * odds)
        bits = np.clip(bits, -self.spec.max_bits_against, self.spec.max_bits_for)
        np.add.at(out, pair, bits)
        known[pair] = True
        order = np.lexsort((-companion, -sibling, bits))  # the loudest comes last, and so is what stays
        order = order[bits[order] > 0]
        best[0][pair[order]], best[1][pair[order]] = sibling[order], companion[order]
        return SiblingBits(out, known, *best)

    def fit_together(self, left: Rows, right: Rows, probability: Floats) -> None:
        """Fit for each list the chance that a sibling is listed with the child, from sure pairs."""
        sure = np.flatnonzero(probability >= SURE)
        pair, _, odds, _ = self._odds(left[sure], right[sure])
        source, weight = self.table.source[right[sure][pair]], probability[sure][pair]
        for number in range(len(self.together)):
            here, worth, share = odds[source == number], weight[source == number], self.spec.listed_together
            for _ in range(_ROUNDS):
                listed = share * here / (share * here + 1 - share)
                share = float((np.sum(worth * listed) + _BETA[0]) / (worth.sum() + sum(_BETA)))
            self.together[number] = share

    def _odds(self, left: Rows, right: Rows) -> tuple[npt.NDArray[np.int64], Rows, Floats, Rows]:
        """Return for each pair and sibling: the pair, the sibling, the mean odds, and the best companion."""
        some = np.flatnonzero((self._siblings.count[left] > 1) & (self._companions.count[right] > 1))
        at, sibling = self._siblings.pairs(left[some])
        same = (self._own_name[sibling] == self._own_name[left[some][at]]) & (self._own_name[sibling] >= 0)
        at, sibling = some[at[~same]], sibling[~same]
        of, companion = self._companions.pairs(right[at])
        code, inverse = np.unique(sibling[of].astype(np.int64) * len(self.table) + companion, return_inverse=True)
        bits = self._private((code // len(self.table)).astype(np.int32), (code % len(self.table)).astype(np.int32))
        bits = bits[inverse]
        total = np.bincount(of, weights=np.exp2(np.minimum(bits, 60.0)), minlength=len(at))
        odds: Floats = np.asarray(total / np.maximum(np.bincount(of, minlength=len(at)), 1), dtype=np.float64)
        best = np.full(len(at), -1, dtype=np.int32)
        order = np.lexsort((-companion, bits))
        best[of[order]] = companion[order]
        return at, sibling, odds, best
