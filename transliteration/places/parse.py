"""Takes a written place apart: region, raion, settlement and the words around them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from transliteration.places.gazetteer import CITY_POPULATION, gazetteer
from transliteration.places.spelling import spelling_key
from transliteration.tables import rows
from transliteration.text.folding import fold

LONGEST_TEXT = 400
MOST_WORDS = 5
"""A settlement name of more words is taken for prose and left alone."""


@dataclass(frozen=True, slots=True)
class PlaceParts:
    """What one written place says.

    Attributes:
        settlements: Ids of settlements, all namesakes included.
        raions: Ids of raions.
        regions: Ids of regions.
        countries: Ids of countries.
        key: Spelling key of the settlement's name as written, `''` when no settlement is named.
    """

    settlements: frozenset[str] = frozenset()
    raions: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    key: str = ""


def read_place(text: str) -> list[PlaceParts]:
    """The alternatives a text names ("Херсон або Олешки" gives two), each taken apart."""
    folded = fold(text[:LONGEST_TEXT])
    if _words("nothing").fullmatch(folded):
        return []
    parts = [_read_alternative(part) for part in re.split(r"\s+(?:або|чи|или|or)\s+|\s*[/|]\s*", folded)]
    return [part for part in parts if part != PlaceParts()]


def _read_alternative(text: str) -> PlaceParts:
    raions: set[str] = set()
    regions: set[str] = set()
    settlement, village = "", False
    for segment in re.split(r"[,;()\[\]\n\"]+", text):
        if _words("nothing").fullmatch(segment.strip()) or _words("street").match(segment.strip()):
            continue
        rest, found = _take_unit(segment, "region")
        regions |= found
        rest, found = _take_unit(rest, "raion")
        raions |= found
        name, is_village = _settlement_name(rest)
        if not name:
            continue
        named_regions = _bare_region(name)
        if named_regions:
            regions |= named_regions
        elif not settlement:
            settlement, village = name, is_village
    countries = {region for region in regions if not gazetteer().ancestors[region]}
    regions -= countries
    return _resolve(settlement, village, raions, regions, countries)


def _resolve(settlement: str, village: bool, raions: set[str], regions: set[str], countries: set[str]) -> PlaceParts:
    """Keeps the settlements and raions that lie inside the regions named beside them."""
    ancestors = gazetteer().ancestors
    if regions:
        raions = {raion for raion in raions if regions & set(ancestors[raion])} or raions
    if not settlement:
        return PlaceParts(frozenset(), frozenset(raions), frozenset(regions), frozenset(countries))
    around = regions or {region for raion in raions for region in ancestors[raion] if len(ancestors[region]) == 1}
    found = gazetteer().settlements(settlement, village=village or bool(around))
    if not found and " " in settlement:
        settlement, found, around = _shorter_reading(settlement, village, around)
    if around:
        found = frozenset(place for place in found if around & set(ancestors[place]))
    elif countries:
        found = frozenset(place for place in found if countries & set(ancestors[place])) or found
    key = spelling_key(settlement)
    return PlaceParts(found, frozenset(raions), frozenset(around), frozenset(countries), key)


def _shorter_reading(name: str, village: bool, around: set[str]) -> tuple[str, frozenset[str], set[str]]:
    """Reads "Волноваха Донецкая" as settlement and region, and "лагерь в Евпатории" as the place behind "в"."""
    index = gazetteer()
    first, last = name.rsplit(" ", 1)
    regions = index.regions_by_adjective(last)
    found = index.settlements(first, village=True) if regions else frozenset()
    if found:
        return first, found, set(regions)
    words = name.split()
    for position in range(len(words) - 1, 0, -1):
        if _words("preposition").fullmatch(words[position - 1]):
            tail = " ".join(words[position:])
            return tail, index.settlements(tail, village=village), around
    return name, frozenset(), around


def _bare_region(name: str) -> frozenset[str]:
    """Regions for a name without "область" or the like, unless a city bears it too."""
    index = gazetteer()
    regions = index.regions(name)
    if any(not index.ancestors[region] for region in regions):
        return regions
    if not regions and re.search(r"(?:ськ|цьк|зьк|ск|цк)(?:а|ої|ій|ая|ой|ую)$", name):
        regions = index.regions_by_adjective(name) if not index.settlements(name) else frozenset()
    if regions and any(index.population.get(place, 0) >= CITY_POPULATION for place in index.settlements(name)):
        return frozenset()
    return regions


def _take_unit(segment: str, kind: str) -> tuple[str, frozenset[str]]:
    """Cuts a region or raion with its generic word out of a segment; returns the rest and the ids."""
    match = _generic_word(kind).search(segment)
    if not match:
        return segment, frozenset()
    index = gazetteer()
    by_adjective = index.regions_by_adjective if kind == "region" else index.raions_by_adjective
    before = segment[: match.start()].split()
    after = segment[match.end() :].split()
    for length in range(min(3, len(before)), 0, -1):
        found = _of_kind(by_adjective(" ".join(before[-length:])), match[0])
        if found:
            return " ".join([*before[:-length], *after]), found
    for length in range(min(4, len(after)), 0, -1):
        phrase = " ".join(after[:length])
        found = _of_kind(by_adjective(phrase) or (index.regions(phrase) if kind == "region" else frozenset()), match[0])
        if found:
            return " ".join([*before, *after[length:]]), found
    unknown = before[:-1] if before else after[1:]
    return " ".join(unknown), frozenset()


def _of_kind(found: frozenset[str], generic: str) -> frozenset[str]:
    """Chooses between Altai the republic and Altai the krai by the generic word, where that decides."""
    kinds = {row["id"]: row["kind"] for row in rows("regions")} if len(found) > 1 else {}
    starts = {"republic": ("респ", "repub"), "krai": ("кра", "kra", "terr"), "okrug": ("округ", "okrug")}
    named = {kind for kind, beginnings in starts.items() if any(start in generic for start in beginnings)}
    return frozenset(place for place in found if kinds.get(place) in named) or found


def _settlement_name(segment: str) -> tuple[str, bool]:
    """The bare name in a segment, and whether a word beside it says that it is a village."""
    words = re.sub(r"(?<=[а-яіїє])\.(?=[^\s.]{3})", ". ", segment).split()
    village = False
    while len(words) > 1 and any(_words(kind).fullmatch(words[0]) for kind in ("settlement", "preposition", "filler")):
        village = village or (words[0] != "с" and bool(_words("village").fullmatch(words[0])))
        words.pop(0)
    if len(words) > 1 and _words("abbreviation").fullmatch(words[-1]):
        words.pop()
    words = [word for word in words if not any(char.isdigit() for char in word)]
    name = " ".join(words).strip(" .-:'*?!_")
    if (
        _words("settlement").fullmatch(name)
        or _words("preposition").fullmatch(name)
        or _words("nothing").fullmatch(name)
    ):
        return "", False
    return (name, village) if 1 <= len(words) <= MOST_WORDS and any(map(str.isalpha, name)) else ("", False)


@cache
def _words(kind: str) -> re.Pattern[str]:
    forms = sorted((row["form"] for row in rows("place_words") if row["kind"] == kind), key=lambda x: (-len(x), x))
    return re.compile(rf"(?:{'|'.join(map(re.escape, forms))})(?!\w)")


@cache
def _generic_word(kind: str) -> re.Pattern[str]:
    """The generic word of a unit with the fillers around it, such as "автономная республика"."""
    unit, filler = _words(kind).pattern, _words("filler").pattern
    return re.compile(rf"(?<![\w-])(?:{filler}\s+)*{unit}(?![\w'-])\.?(?:\s+{filler}(?!\w))*")
