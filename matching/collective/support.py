"""The pairs that may support others: strong by themselves, each found record with the partner that it fits best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.collective.sums import Floats
from matching.vectors.records import Rows, Table


@dataclass(frozen=True)
class StatedTransfer:
    """A transfer that people state: those of an origin were taken to a region.

    Attributes:
        origin: Column of the origin, one of the spec's.
        atoms: What the origin may be, as `matching.collective.columns.place_atoms` gives it.
        region: The region's id.
        people: How many found people it counts for.
    """

    origin: str
    atoms: tuple[str, ...]
    region: str
    people: float


@dataclass(frozen=True)
class Judged:
    """What two people agreed on: pairs as rows, and transfers.

    Attributes:
        same: `(seeking, found)` rows that are held for one person.
        different: Those that are held for two.
        stated: Transfers.
    """

    same: tuple[Rows, Rows]
    different: tuple[Rows, Rows]
    stated: tuple[StatedTransfer, ...] = ()

    @classmethod
    def of(cls, table: Table, pairs: pd.DataFrame | None, stated: tuple[StatedTransfer, ...] = ()) -> Judged:
        """Return pairs given by record ids, `left, right, same`, in either order.

        Those not at hand are left out, and those of two rows of one list, which say nothing of where a child was taken.
        """
        none = np.zeros(0, dtype=np.int32)
        if pairs is None or not len(pairs):
            return cls((none, none), (none, none), stated)
        row = pd.Series(np.arange(len(table), dtype=np.int32), index=table.record_id)
        known = pairs[pairs["left"].isin(row.index) & pairs["right"].isin(row.index)]
        a, b = row[known["left"]].to_numpy(), row[known["right"]].to_numpy()
        turned = ~table.seeks[a] | ~table.is_found[b]
        left, right, same = np.where(turned, b, a), np.where(turned, a, b), known["same"].to_numpy(dtype=bool)
        able = table.seeks[left] & table.is_found[right] & (table.source[left] != table.source[right])
        left, right, same = left[able], right[able], same[able]
        return cls((left[same], right[same]), (left[~same], right[~same]), stated)

    @property
    def all(self) -> tuple[Rows, Rows]:
        """All judged pairs."""
        (a, b), (c, d) = self.same, self.different
        return np.concatenate([a, c]), np.concatenate([b, d])

    def __len__(self) -> int:
        return len(self.same[0]) + len(self.different[0]) + len(self.stated)


SURE = 0.9
"""Probability from which a pair counts as certain where shares are fitted: an unsure one would fit its own mistake."""


VERIFIED_BITS = 16.0
"""What a sibling verified beside the child is worth by private fields: more than the cap of its factor lets through."""


@dataclass(frozen=True)
class StrongPairs:
    """The partner of each found record, where one is strong.

    Attributes:
        partner: Row of the best seeking record, -1 where none is strong, `(records,)`.
        probability: Of that pair by itself, 0 where none is strong, `(records,)`.
        pairs: All strong pairs: seeking rows, found rows, probabilities.
    """

    partner: npt.NDArray[np.int64]
    probability: Floats
    pairs: tuple[Rows, Rows, Floats]

    @classmethod
    def of(
        cls, left: Rows, right: Rows, probability: Floats, *, strong: float, records: int, order: npt.NDArray[np.int64]
    ) -> StrongPairs:
        """Choose the partners.

        Args:
            left: Seeking rows of the pairs.
            right: Found rows.
            probability: By the pairs alone, rivals counted.
            strong: Least probability.
            records: Rows of the table.
            order: The place of each record in an order that the records bear themselves: it settles ties.
        """
        able = np.flatnonzero(probability >= strong)
        # The best comes last, and so is what stays.
        able = able[np.lexsort((-order[left[able]], probability[able]))]
        return cls._last_of(left[able], right[able], probability[able], records)

    def taught(self, judged: Judged, order: npt.NDArray[np.int64]) -> StrongPairs:
        """Return the partners with what people agreed on.

        A verified pair counts in full whatever its score, a refused one not at all.

        Args:
            judged: What was agreed on.
            order: As in `of`.
        """
        records = len(self.partner)
        left, right, probability = self.pairs
        stays = ~among(left, right, judged.different, records)
        mine, theirs = judged.same
        in_turn = np.lexsort((-order[mine], theirs))
        return self._last_of(
            np.concatenate([left[stays], mine[in_turn]]),
            np.concatenate([right[stays], theirs[in_turn]]),
            np.concatenate([probability[stays], np.ones(len(mine))]),
            records,
        )

    @classmethod
    def _last_of(cls, left: Rows, right: Rows, probability: Floats, records: int) -> StrongPairs:
        partner, worth = np.full(records, -1, dtype=np.int64), np.zeros(records)
        partner[right], worth[right] = left, probability
        return cls(partner, worth, (left, right, probability))


def among(left: Rows, right: Rows, pairs: tuple[Rows, Rows], records: int) -> npt.NDArray[np.bool_]:
    """Tell which pairs of rows are among those given."""
    return np.isin(code_of(left, right, records), code_of(*pairs, records))


def code_of(left: Rows, right: Rows, records: int) -> npt.NDArray[np.int64]:
    """Return one number for each pair of rows of a table of so many records."""
    return left.astype(np.int64) * records + right
