"""The transfer factor: where others of the same origin were found, leaving out the pair's own family.

The region of a found record is weighed against how common the region is in its list. What is expected is worked out in
steps, each with what came before as its prior: the background, the town, the institution, the sought person's own
brothers and sisters, and the person's own strong pairs in other lists. Each found record counts once, with its strong
partner's origin or the origin that its own list states. For the pair (i, j) all that i's family or j itself has to do
with is left out of the first three steps, and j and its list out of the last: so no pair supports itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.collective.columns import Codes, places_of, regions_of
from matching.collective.families import Families
from matching.collective.sums import Floats, SumTable, Tally, joined
from matching.collective.support import SURE, StatedTransfer, StrongPairs
from matching.spec import LinkageSpec
from matching.vectors.records import Rows, Table

_INNER_WEIGHT = 2.0
"""What an origin's town counts for beside the institution itself, in found people."""
_KIN_WEIGHT = 0.4
"""What all this counts for beside one brother or sister that was found: most are taken together."""
_OWN_WEIGHT = 0.15
"""The same beside one strong pair of the sought person in another list."""
_SPOKEN_BITS = 0.5
"""Below this, origin and background expect the same of a region: the pair tells nothing of who is listed elsewhere."""
_BACKGROUND = 1.0
_MOST_DESTINATIONS = 3
_DESTINATION_BITS = 1.5
_ROUNDS = 12
_BETA = (2.0, 10.0)
"""Pseudo-counts of those listed elsewhere and not, under which their share is fitted."""


@dataclass(frozen=True)
class _Origin:
    """One column of origins.

    Attributes:
        of: Origin of each record as its own list states it, `(records,)`.
        whose: Origin that each found record counts for: its own, or its partner's, `(records,)`.
        worth: What it counts for, `(records,)`.
        size: How many origins there are.
        names: What each of them is.
        found: Where the people of each origin were found.
        by_family: The same by family and origin.
        families: Families behind each origin.
        named: For each family and origin 1 where the family is among them.
    """

    of: Codes
    whose: Codes
    worth: Floats
    size: int
    names: list[str]
    found: Tally
    by_family: Tally
    families: SumTable
    named: SumTable


class Transfers:
    """Where the people of each origin were found.

    Args:
        spec: The linkage spec, with a `transfer` part.
        table: The records.
        families: Who belongs together.
        strong: The partners of found records.
        stated: Transfers that people state beside what was found.
    """

    def __init__(
        self,
        spec: LinkageSpec,
        table: Table,
        families: Families,
        strong: StrongPairs,
        stated: tuple[StatedTransfer, ...] = (),
    ) -> None:
        assert spec.collective is not None
        assert spec.collective.transfer is not None
        self._linkage, self.spec = spec, spec.collective.transfer
        self.table, self.strong, self._stated = table, strong, stated
        self.region, self.regions = regions_of(table, self.spec.destination)
        self.places = max(len(self.regions), 1)
        # A list that seeks as well says where a child is sought from, and makes families: it tells no destination.
        self.region = np.where(table.is_found & ~table.both, self.region, -1)
        self.family = families.seeking
        self._background = self._shares_of_lists()
        self._count()
        self.elsewhere = np.full(len(table.sources), self.spec.elsewhere)

    def _shares_of_lists(self) -> Floats:
        """Return how common each region is in each list, `(lists, regions)`."""
        known = self.region >= 0
        counts = np.zeros((len(self.table.sources), self.places))
        np.add.at(counts, (self.table.source[known], self.region[known]), 1.0)
        counts += _BACKGROUND
        shares: Floats = counts / counts.sum(axis=1, keepdims=True)
        return shares

    def _count(self) -> None:
        partner, region = self.strong.partner, self.region
        paired = (region >= 0) & (partner >= 0)
        # Whose found record this is: the partner's family, else nobody's.
        self.of_family = np.where(paired, self.family[partner], -1)
        self.weight = np.where(paired, self.strong.probability, 0.0)
        person = np.where(paired, partner, -1)
        in_list = joined(person, self.table.source.astype(np.int64), len(self.table.sources))
        self._of_family = Tally(self.of_family, region, self.places, self.weight)
        self._of_person = Tally(person, region, self.places, self.weight)
        self._of_person_in_list = Tally(in_list, region, self.places, self.weight)
        self.origins = {name: self._origin(name, paired) for name in self.spec.origins}

    def _origin(self, name: str, paired: npt.NDArray[np.bool_]) -> _Origin:
        of, names = places_of(self._linkage, self.table, name)
        size = max(len(names), 1)
        stated = (of >= 0) & (self.region >= 0)
        whose = np.where(stated, of, np.where(paired, of[self.strong.partner], -1))
        worth = np.where(stated, 1.0, self.weight)
        own = joined(self.of_family, whose, size)
        # Each family that is known counts once, and each found record of which nobody knows whose it is.
        named = np.unique(own[own >= 0])
        alone = whose[(whose >= 0) & (self.of_family < 0)]
        at, region, people = self._said_of(name, names)
        # What people state is enough by itself: as many families as an origin needs stand behind it.
        behind = np.concatenate([named % size, alone, np.repeat(at, self.spec.least_families)])
        everybody = np.concatenate([whose, at]), np.concatenate([self.region, region]), np.concatenate([worth, people])
        return _Origin(
            of,
            whose,
            worth,
            size,
            names,
            Tally(everybody[0], everybody[1], self.places, everybody[2]),
            Tally(own, self.region, self.places, worth),
            SumTable(behind, np.ones(len(behind))),
            SumTable(named, np.ones(len(named))),
        )

    def _said_of(self, name: str, names: list[str]) -> tuple[Codes, Codes, Floats]:
        """Return origin, region and people of the transfers stated of a column; those of unknown places say nothing."""
        number = {atom: place for place, atom in enumerate(names)}
        region = {region: place for place, region in enumerate(self.regions)}
        rows = [
            (next(number[atom] for atom in one.atoms if atom in number), region[one.region], one.people)
            for one in self._stated
            if one.origin == name and one.region in region and any(atom in number for atom in one.atoms)
        ]
        columns = list(zip(*rows, strict=True)) or [(), (), ()]
        return (
            np.array(columns[0], dtype=np.int64),
            np.array(columns[1], dtype=np.int64),
            np.array(columns[2], dtype=np.float64),
        )

    def expected(self, left: Rows, right: Rows) -> Floats:
        """Return the share of each pair's region that is expected after each step, `(4, pairs)`.

        The steps are the background, the origins, the family, and the person's own pairs in other lists. The found
        records must have a region.
        """
        region, source = self.region[right], self.table.source[right].astype(np.int64)
        person, family, theirs = left.astype(np.int64), self.family[left], self.of_family[right]
        share = self._background[source, region]
        steps = [share]
        for number, origin in enumerate(self.origins.values()):
            x = origin.of[left]
            own = joined(family, x, origin.size)
            itself = (origin.whose[right] == x) & (x >= 0) & (theirs != family)
            counts = origin.found.of(x, region) - origin.by_family.of(own, region)
            counts -= np.where(itself, origin.worth[right], 0.0)
            enough = origin.families[x] - origin.named[own] - itself >= self.spec.least_families
            share = _updated(share, np.where(enough, counts, 0.0), self._prior(number))
        steps.append(share)
        counts = self._of_family.of(family, region) - self._of_person.of(person, region)
        counts -= np.where((theirs == family) & (self.strong.partner[right] != left), self.weight[right], 0.0)
        share = _updated(share, counts, _KIN_WEIGHT)
        steps.append(share)
        in_list = joined(person, source, len(self.table.sources))
        counts = self._of_person.of(person, region) - self._of_person_in_list.of(in_list, region)
        steps.append(_updated(share, counts, _OWN_WEIGHT))
        return np.stack(steps)

    def _prior(self, number: int) -> float:
        """Return what all before counts for beside an origin: the first is held by the background, the next by it."""
        return self.spec.prior_weight if number == 0 else _INNER_WEIGHT

    def bits(self, left: Rows, right: Rows) -> Floats:
        """Return the bits of the origin, the family and the person's own pairs, `(3, pairs)`; 0 where unknown."""
        out = np.zeros((3, len(left)))
        known = np.flatnonzero(self.region[right] >= 0)
        expected = self.expected(left[known], right[known])
        elsewhere = self.elsewhere[self.table.source[right[known]]]
        ratio = (1 - elsewhere) * expected / expected[0] + elsewhere
        total = np.clip(np.log2(ratio), -self.spec.max_bits_against, self.spec.max_bits_for)
        out[:, known] = np.diff(total, axis=0)
        return out

    def fit_elsewhere(self) -> None:
        """Fit for each list the share of people who are listed elsewhere than where they were taken."""
        right = np.flatnonzero((self.strong.partner >= 0) & (self.region >= 0) & (self.strong.probability >= SURE))
        left = self.strong.partner[right]
        expected = self.expected(left.astype(np.int32), right.astype(np.int32))
        told = expected[3] / expected[0]
        spoken = np.abs(np.log2(np.maximum(told, 1e-9))) > _SPOKEN_BITS
        for source in range(len(self.table.sources)):
            at = spoken & (self.table.source[right] == source)
            here, weight = told[at], self.strong.probability[right][at]
            share = self.spec.elsewhere
            for _ in range(_ROUNDS):
                away = share / (share + (1 - share) * here)
                share = float((np.sum(weight * away) + _BETA[0]) / (weight.sum() + sum(_BETA)))
            self.elsewhere[source] = share

    def destinations(self) -> pd.DataFrame:
        """Return for each seeking record the regions where it may be found: `row`, `region`, the likeliest few."""
        seeking = self.table.seeking
        frames = [
            pd.DataFrame({"row": seeking, "key": key[seeking]}).merge(
                pd.DataFrame(dict(zip(("key", "region"), tally.known, strict=True))), on="key"
            )
            for tally, key, _ in self._tallies()
        ]
        asked = pd.concat(frames)[["row", "region"]].drop_duplicates(ignore_index=True)
        asked["bits"] = self._outlook(asked["row"].to_numpy(), asked["region"].to_numpy())
        asked = asked[asked["bits"] >= _DESTINATION_BITS].sort_values(
            ["row", "bits", "region"], ascending=[True, False, True]
        )
        kept: pd.DataFrame = asked[asked.groupby("row").cumcount() < _MOST_DESTINATIONS]
        return kept.reset_index(drop=True)

    def _tallies(self) -> list[tuple[Tally, Codes, float]]:
        """Return what is counted, the key of each record in it, and what all before counts for beside it."""
        origins = [
            (origin.found, origin.of, self._prior(number)) for number, origin in enumerate(self.origins.values())
        ]
        person = np.arange(len(self.table), dtype=np.int64)
        return [*origins, (self._of_family, self.family, _KIN_WEIGHT), (self._of_person, person, _OWN_WEIGHT)]

    def _outlook(self, row: Codes, region: Codes) -> Floats:
        """Return how much likelier than by chance each record is found in each region, in bits; all evidence counts."""
        background = self._background.mean(axis=0)[region]
        share = background
        for tally, key, prior in self._tallies():
            share = _updated(share, tally.of(key[row], region), prior)
        ratio: Floats = np.log2(share / background)
        return ratio


def _updated(share: Floats, counts: Floats, prior: float) -> Floats:
    """Return shares after so many were found in the region and everywhere; `prior` is what the share counts for."""
    here, everywhere = np.maximum(counts, 0)
    return np.asarray((here + prior * share) / (everywhere + prior), dtype=np.float64)
