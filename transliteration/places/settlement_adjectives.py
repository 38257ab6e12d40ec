"""Adjectives made from the names of towns, as institutions carry them: Херсонська, Херсонская from Херсон."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

from transliteration.places.gazetteer import adjective_stem, gazetteer
from transliteration.places.spelling import plain_ending

LEAST_POPULATION = 2_000
"""Smaller places seldom name an institution by adjective, and their adjectives collide."""

_ENDINGS = (
    (re.compile(r"(?:iv|ov|ev)?ka$"), ("sk", "ovsk", "vsk", "ivsk", "evsk")),
    (re.compile(r"(?:ki|ky)$"), ("ksk", "ckovsk", "kovsk", "ck")),
    (re.compile(r"(?:ck|sk)(?:i|e|a)?$"), ("ck", "sk")),
    (re.compile(r"h[aiou]?$"), ("hsk", "sk")),
    (re.compile(r"[gž][aiou]?$"), ("gsk", "zk", "žsk")),
    (re.compile(r"(?:ia|ie)$"), ("sk", "isk", "ck", "zk")),
    (re.compile(r"k[ai]?$"), ("ck", "ksk")),
    (re.compile(r"(?:[aeiou])?$"), ("sk", "nsk", "ivsk", "ovsk", "ansk", "insk", "ensk")),
)


def settlements_by_adjective(adjective: str) -> frozenset[str]:
    """Ids of the towns an adjective may come from, the far larger ones alone; empty when none."""
    found = _index().get(adjective_stem(adjective), frozenset())
    population = gazetteer().population
    largest = max((population[place] for place in found), default=0)
    return frozenset(place for place in found if population[place] * 5 >= largest)


@cache
def _index() -> dict[str, frozenset[str]]:
    index: dict[str, set[str]] = defaultdict(set)
    places = gazetteer()
    for place, keys in places.current.items():
        if places.population[place] < LEAST_POPULATION:
            continue
        for key in keys | places.former.get(place, set()):
            for stem in _stems(key):
                index[stem].add(place)
    for stem, seats in places.raion_seats().items():
        index[stem] |= seats
    return {stem: frozenset(found) for stem, found in index.items()}


def _stems(key: str) -> set[str]:
    """Spelling keys of the adjective stems of a name; two words join as in Новокаховська."""
    words = key.split(" ")
    if len(words) == 2 and re.search(r"[aei]$", words[0]):
        key = re.sub(r"(?:aia|oe|[aei])$", "o", words[0]) + words[1]
    elif len(words) > 1:
        key = words[-1] if len(words[0]) < 3 else key
    for pattern, endings in _ENDINGS:
        match = pattern.search(key)
        if match:
            return {plain_ending(key[: match.start()] + ending) for ending in endings}
    return set()
