"""The index of known places: settlements, raions, regions, countries, and all names each has borne."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from rapidfuzz.fuzz import ratio

from transliteration.places.spelling import nominative_readings, spelling_key
from transliteration.tables import rows

CITY_POPULATION = 15_000
DOMINANCE = 20
"""A city this many times larger than its namesakes is what a list means by the bare name."""
LEAST_LIKENESS = 70.0
"""Names whose keys are less alike than this (per cent) are different names of one place, not spellings of one name."""

_ADJECTIVE = re.compile(
    r"(?<=.{2})(ськ|цьк|зьк|ск|цк|sk|ck|tsk)"
    r"(?:а|ої|ій|у|ою|ая|ой|ую|ий|ого|ому|им|ом|ый|і|их|ие|ых|aya|aia|a|oi|oy|iy|yi|y|ii|ij|oyi|oj|oho|ogo)?$"
)
_GENERIC = re.compile(
    r"\b(?:область|край|республіка|республика|автономн\w+|округ|oblast|krai|republic|of|autonomous|okrug|city|місто|город|"
    r"народна|народная|people's)\b"
)


def adjective_stem(phrase: str) -> str:
    """The spelling key of a phrase without the ending of a relational adjective: Донецької and Донецкая are one."""
    return spelling_key(_ADJECTIVE.sub(r"\1", phrase.strip(" -")))


class Gazetteer:
    """Names and containment of all known places; built once, then read only.

    Attributes:
        ancestors: For each id the ids around it, the nearest first: raion, region, country.
        population: Inhabitants by settlement id; 0 where unknown.
        current: Spelling keys of the present name, in all its spellings, by settlement id.
        former: Spelling keys of names that `place_renames` calls former, by settlement id.
    """

    def __init__(self) -> None:
        self.ancestors: dict[str, tuple[str, ...]] = {}
        self.population: dict[str, int] = {}
        self.current: dict[str, set[str]] = {}
        self.former: dict[str, set[str]] = defaultdict(set)
        self._settlements: dict[str, set[str]] = defaultdict(set)
        self._regions: dict[str, set[str]] = defaultdict(set)
        self._region_stems: dict[str, set[str]] = defaultdict(set)
        self._raion_stems: dict[str, set[str]] = defaultdict(set)
        self._add_regions()
        self._add_settlements()
        self._add_renames()
        self._add_raions()

    def settlements(self, name: str, *, village: bool = False) -> frozenset[str]:
        """Settlements that `name`, in any grammatical case, may mean.

        A city far larger than its namesakes stands alone, unless the text calls the place a village.
        """
        key = spelling_key(name)
        if key in self._settlements:
            return frozenset(self._settlements[key] if village else self._dominant(key))
        found = {place for reading in self._readings(name) for place in self._settlements.get(reading, ())}
        return frozenset(found if village else self._without_hamlets(found))

    def is_name(self, key: str) -> bool:
        """Whether a settlement bears, or bore, a name with this spelling key."""
        return key in self._settlements

    def regions(self, name: str) -> frozenset[str]:
        """Regions and countries called `name` as it stands (ДНР, Крым, Татарстан, Одещина)."""
        key = spelling_key(name)
        if key in self._regions:
            return frozenset(self._regions[key])
        return frozenset(region for reading in self._readings(name) for region in self._regions.get(reading, ()))

    def regions_by_adjective(self, adjective: str) -> frozenset[str]:
        """Regions whose name begins with the adjective or noun before "область", "край" and the like."""
        return frozenset(self._region_stems.get(adjective_stem(adjective), ()))

    def raions_by_adjective(self, adjective: str) -> frozenset[str]:
        """Raions whose name is the adjective before "район"."""
        return frozenset(self._raion_stems.get(adjective_stem(adjective), ()))

    def raion_seats(self) -> dict[str, set[str]]:
        """Settlements that are seats of raions, by the adjective stem of the raion's name."""
        seats: dict[str, set[str]] = defaultdict(set)
        for row in rows("raions"):
            for name in (row["uk"], row["ru"]):
                seats[adjective_stem(name.lower())] |= self._inside(spelling_key(row["seat"]), row["region"])
        return seats

    @staticmethod
    def _readings(name: str) -> set[str]:
        return set(map(spelling_key, nominative_readings(name)))

    def _dominant(self, key: str) -> set[str]:
        """Bearers of a name without those far smaller than the city that bears it today."""
        found = self._settlements.get(key, set())
        largest = max((self.population[place] for place in found if key in self.current[place]), default=0)
        if largest < CITY_POPULATION:
            return found
        return {place for place in found if self.population[place] * DOMINANCE >= largest}

    def _add_regions(self) -> None:
        for row in rows("regions"):
            self.ancestors[row["id"]] = (row["parent"], *self.ancestors[row["parent"]]) if row["parent"] else ()
            names = [row["uk"], row["ru"], row["en"], *filter(None, row["aliases"].split("|"))]
            for name in names:
                if row["kind"] != "city":
                    self._regions[spelling_key(name)].add(row["id"])
                stem = adjective_stem(_GENERIC.sub(" ", name.lower()))
                if row["kind"] not in {"country", "city"} and stem:
                    self._region_stems[stem].add(row["id"])

    def _add_settlements(self) -> None:
        others: list[tuple[str, str]] = []
        for row in rows("settlements"):
            names = row["names"].split("|")
            keys = [spelling_key(name) for name in names]
            spellings = [name for name, key in zip(names, keys, strict=True) if ratio(key, keys[0]) >= LEAST_LIKENESS]
            self._add_settlement(row["id"], row["region"], int(row["population"]), spellings)
            others.extend((row["id"], key) for key in keys if key not in self.current[row["id"]])
        borne = set(self._settlements)
        for place, key in others:
            if key not in borne:  # another place's present name would make a hamlet and a city one
                self._settlements[key].add(place)

    def _add_settlement(self, place: str, region: str, population: int, names: Iterable[str]) -> None:
        self.ancestors[place] = (region, *self.ancestors[region])
        self.population[place] = population
        self.current[place] = {spelling_key(name) for name in names if name}
        for key in self.current[place]:
            self._settlements[key].add(place)

    def _add_renames(self) -> None:
        for row in rows("place_renames"):
            current = [row["current_uk"], row["current_ru"]]
            places = {place for name in current if name for place in self._inside(spelling_key(name), row["region"])}
            if not places:
                place = f"{row['region']}~{spelling_key(row['current_uk']).replace(' ', '-')}"
                self._add_settlement(place, row["region"], 0, current)
                places = {place}
            present = {spelling_key(name) for name in current} - {""}
            old = {spelling_key(row["old_uk"]), spelling_key(row["old_ru"])} - {""}
            for place in places:
                self.current[place] |= present
                self.former[place] |= old
                for key in old | present:
                    self._settlements[key].add(place)

    def _inside(self, key: str, region: str) -> set[str]:
        inside = {place for place in self._settlements.get(key, ()) if region in self.ancestors[place]}
        return self._without_hamlets(inside)

    def _without_hamlets(self, found: set[str]) -> set[str]:
        largest = max((self.population[place] for place in found), default=0)
        return {place for place in found if largest < CITY_POPULATION or self.population[place] * DOMINANCE >= largest}

    def _add_raions(self) -> None:
        for row in rows("raions"):
            around = (row["region"], *self.ancestors[row["region"]])
            self.ancestors[row["id"]] = (row["part_of"], *around) if row["part_of"] else around
            for name in (row["uk"], row["ru"], row["seat"]):
                self._raion_stems[adjective_stem(name.lower())].add(row["id"])
            for seat in self._inside(spelling_key(row["seat"]), row["region"]):
                if self.ancestors[seat] == around:
                    self.ancestors[seat] = (row["id"], *self.ancestors[row["id"]])


@cache
def gazetteer() -> Gazetteer:
    """The one gazetteer of this process; building it takes about half a second."""
    return Gazetteer()
