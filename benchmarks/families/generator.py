"""What a perfect scorer knows: the generator's rates, and where the children of each origin were taken."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from synthetic.corruption.rates import Damage
from synthetic.population.people import Child
from synthetic.world import World
from transliteration import places
from transliteration.places import institutions

ELSEWHERE = 0.15
"""Share of the cards of a region that the child was not taken to; see `synthetic.lists.adoption_cards`."""

_FROM_THERE = 0.85
"""Share of the children at home in a town with a transfer who were taken with it."""


@dataclass(frozen=True)
class Generator:
    """What was drawn, without who is who.

    Attributes:
        damage: The rates.
        regions: Share of each region among all children.
        of_institution, of_town: Share of each region among the children taken from an institution, or from a town and
            its surroundings.
    """

    damage: Damage
    regions: dict[str, float]
    of_institution: dict[str, dict[str, float]]
    of_town: dict[str, dict[str, float]]

    def expected(self, report: dict[str, Any]) -> dict[str, float]:
        """Return where a child may have been taken, as far as its report says where it lived."""
        if (text := report.get("institution")) and (shares := self.of_institution.get(institution(text))):
            return shares
        for place in report.get("last_place") or ():
            if shares := self.of_town.get(place):
                # Some live in a town from which others were taken, and were taken from elsewhere.
                return {
                    region: _FROM_THERE * shares.get(region, 0.0) + (1 - _FROM_THERE) * share
                    for region, share in self.regions.items()
                }
        return self.regions


def generator_of(world: World) -> Generator:
    """Return what the generator of a world knows."""
    of_institution: defaultdict[str, Counter[str]] = defaultdict(Counter)
    of_town: defaultdict[str, Counter[str]] = defaultdict(Counter)
    everywhere: Counter[str] = Counter()
    for community in world:
        for child in community.children:
            region = _region(child)
            everywhere[region] += 1
            for place in places.place_ids(community.institution.town.described("uk", oblast=True)):
                of_town[place][region] += 1
            if child.institution is not None:
                of_institution[institution(child.institution.written("uk"))][region] += 1
    return Generator(
        world.damage,
        _shares(everywhere),
        {key: _shares(counts) for key, counts in of_institution.items()},
        {key: _shares(counts) for key, counts in of_town.items()},
    )


def institution(text: str) -> str:
    """Return one key for all ways of writing an institution."""
    key = institutions.institution_key(text)
    return "|".join((key.kind, key.number, key.name, *sorted(key.place_ids)))


def _region(child: Child) -> str:
    return next(iter(places.place_ids(child.transfer.region.name)))


def _shares(counts: Counter[str]) -> dict[str, float]:
    total = sum(counts.values())
    return {key: count / total for key, count in counts.items()}
