"""All collective terms of a run's pairs, together and capped."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from matching.collective.days import Days
from matching.collective.families import Families
from matching.collective.siblings import PrivateBits, Siblings
from matching.collective.sums import Floats
from matching.collective.support import Judged, StrongPairs
from matching.collective.terms import TERMS
from matching.collective.transfers import Transfers
from matching.spec import LinkageSpec
from matching.vectors.records import Rows, Table


@dataclass(frozen=True)
class CollectiveBits:
    """What other pairs say of pairs.

    Attributes:
        bits: `(pairs, terms)`, capped together.
        known: Whether a term could say anything, `(pairs, terms)`.
        sibling, companion: The pair of records behind `kin_listed`, -1 where none speaks for the pair.
    """

    bits: Floats
    known: npt.NDArray[np.bool_]
    sibling: npt.NDArray[np.int32]
    companion: npt.NDArray[np.int32]

    def beside(self, alike: npt.NDArray[np.floating]) -> CollectiveBits:
        """Return what is left of the bits where two look-alikes would have them too.

        Brothers and sisters are taken together and stand beside the same others: of two records that a sibling or a
        twin explains, other pairs say nothing. With A for how likely look-alikes are against two unrelated people and
        C for the collective odds, C becomes C · (1 + A) / (1 + A · C).

        Args:
            alike: log2(1 + A) of each pair, as in `Scores`.
        """
        total = self.bits.sum(axis=1)
        others = np.exp2(np.clip(alike, 0, 60).astype(np.float64)) - 1
        left = total - np.log2((1 + others * np.exp2(total)) / (1 + others))
        scale = np.divide(left, total, out=np.ones_like(total), where=total != 0)
        return replace(self, bits=self.bits * scale[:, None])

    def at(self, positions: npt.NDArray[np.int64]) -> CollectiveBits:
        """Return these of the pairs."""
        return CollectiveBits(*(getattr(self, name)[positions] for name in self.__dataclass_fields__))


class CollectiveEvidence:
    """Collective evidence, worked out once from the strong pairs and then asked for any pairs.

    Args:
        spec: The linkage spec, with a `collective` part.
        table: The records.
        left, right: Pairs by themselves.
        probability: Of these, rivals counted.
        private: Weighs a sibling against a companion.
    """

    def __init__(
        self,
        spec: LinkageSpec,
        table: Table,
        left: Rows,
        right: Rows,
        probability: Floats,
        private: PrivateBits,
    ) -> None:
        assert spec.collective is not None
        self._linkage, self.spec, self.table = spec, spec.collective, table
        self.families = Families(spec, table)
        self.strong = StrongPairs.of(
            left, right, probability, strong=self.spec.strong, records=len(table), order=table.rank
        )
        self.transfers = Transfers(spec, table, self.families, self.strong) if self.spec.transfer else None
        self.siblings = Siblings(spec, table, self.families, private) if self.spec.kin else None
        self.days = Days(self.spec.time, table) if self.spec.time else None
        if self.transfers is not None:
            self.transfers.fit_elsewhere()
        if self.siblings is not None:
            self.siblings.fit_together(left, right, probability)

    def taught(self, judged: Judged) -> CollectiveEvidence:
        """Return the evidence with what people agreed on counted in.

        The shares stay as the pairs by themselves fitted them: people judge what they are handed, which is no sample of
        all pairs, and a model that moved with every verdict could not be compared with that of the day before.
        """
        out = copy(self)
        out.strong = self.strong.taught(judged, self.table.rank)
        if self.transfers is not None:
            out.transfers = Transfers(self._linkage, self.table, self.families, out.strong, judged.stated)
            out.transfers.elsewhere = self.transfers.elsewhere
        if self.siblings is not None:
            out.siblings = self.siblings.taught(judged)
        return out

    def proposals(self) -> tuple[Rows, Rows]:
        """Return the companions of strong pairs: pairs that only their families bring up."""
        none = np.zeros(0, dtype=np.int32)
        if self.siblings is None:
            return none, none
        right = np.flatnonzero(self.strong.partner >= 0).astype(np.int32)
        return self.siblings.companions_of(self.strong.partner[right].astype(np.int32), right)

    def of(self, left: Rows, right: Rows) -> CollectiveBits:
        """Return the terms of pairs."""
        bits = np.zeros((len(left), len(TERMS)))
        known = np.zeros(bits.shape, dtype=bool)
        sibling = companion = np.full(len(left), -1, dtype=np.int32)
        if self.transfers is not None:
            bits[:, :3] = self.transfers.bits(left, right).T
            known[:, :3] = bits[:, :3] != 0
        if self.siblings is not None:
            kin = self.siblings.bits(left, right)
            bits[:, 3], known[:, 3], sibling, companion = kin.bits, kin.known, kin.sibling, kin.companion
        if self.days is not None:
            bits[:, 4] = self.days.bits(left, right)
            known[:, 4] = bits[:, 4] != 0
        # Where nobody is sought others say nothing: all this is about who was taken where, and listed with whom.
        asked = self.table.asked(left, right)
        bits[~asked], known[~asked] = 0.0, False
        total = bits.sum(axis=1)
        scale = np.minimum(1.0, self.spec.max_bits / np.maximum(np.abs(total), 1e-9))
        return CollectiveBits(bits * scale[:, None], known, sibling, companion)
