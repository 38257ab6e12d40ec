"""Compares places as sets of what their names may mean, with former names and containment."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import IntEnum
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from transliteration.places.gazetteer import gazetteer
from transliteration.places.parse import PlaceParts, read_place


class PlaceLevel(IntEnum):
    """How far two places agree; higher is stronger."""

    ABSENT = -1
    DIFFERENT = 0
    SAME_REGION = 1
    PARENT = 2
    AMBIGUOUS = 3
    SAME = 4


@lru_cache(maxsize=100_000)
def place_ids(text: str) -> frozenset[str]:
    """Ids of everything a written place may mean: the settlements, or else the raions, regions or countries named.

    A settlement missing from the gazetteer, or one of several namesakes, also gives `?key`, its folded spelling (with
    `@region` where one region is named), so that two lists that name the same unknown village agree. Empty when the
    text names no place at all.
    """
    ids: set[str] = set()
    for part in read_place(text):
        ids |= _ids(part)
    return frozenset(ids)


def place_ancestors(place: str) -> tuple[str, ...]:
    """Ids of the places around `place`, the nearest first: raion where known, region, country."""
    if place.startswith("?"):
        region = place.partition("@")[2]
        return (region, *gazetteer().ancestors.get(region, ())) if region else ()
    return gazetteer().ancestors.get(place, ())


def compare_place_sets(left: Sequence[Collection[str]], right: Sequence[Collection[str]]) -> npt.NDArray[np.int8]:
    """Element-wise `place_level` of two equally long sequences of id sets; each distinct pair is compared once."""
    if len(left) != len(right):
        raise ValueError("both sides need the same length")
    sets: dict[frozenset[str], int] = {}
    codes = [
        np.fromiter((sets.setdefault(frozenset(value), len(sets)) for value in side), np.int64, len(side))
        for side in (left, right)
    ]
    distinct = list(sets)
    pairs, inverse = np.unique(codes[0] * max(1, len(distinct)) + codes[1], return_inverse=True)
    levels = [place_level(distinct[pair // len(distinct)], distinct[pair % len(distinct)]) for pair in pairs.tolist()]
    return np.array(levels, dtype=np.int8)[inverse.ravel()] if levels else np.empty(0, dtype=np.int8)


def place_level(left: frozenset[str], right: frozenset[str]) -> PlaceLevel:
    """The level of two sets of ids from `place_ids`.

    Two records that name the same region and no settlement agree only at `SAME_REGION`; a country on one side is no
    evidence unless the countries differ.
    """
    if not left or not right:
        return PlaceLevel.ABSENT
    if _is_country(left) or _is_country(right):
        return PlaceLevel.ABSENT if _around(left) & _around(right) else PlaceLevel.DIFFERENT
    shared = {place for place in left & right if not place.startswith("?")}
    if shared:
        if all(_is_region(place) for place in shared):
            return PlaceLevel.SAME_REGION
        known = [sum(not place.startswith("?") for place in side) for side in (left, right)]
        return PlaceLevel.SAME if known == [1, 1] else PlaceLevel.AMBIGUOUS
    unknown = _unknown_level(left, right)
    if unknown is not None:
        return unknown
    if left & _around(right) or right & _around(left):
        return PlaceLevel.PARENT
    regions = _regions(left), _regions(right)
    if regions[0] & regions[1] and max(map(len, regions)) <= 2:
        return PlaceLevel.SAME_REGION
    return PlaceLevel.DIFFERENT


def _unknown_level(left: frozenset[str], right: frozenset[str]) -> PlaceLevel | None:
    """The level at which places outside the gazetteer agree by spelling and, where both give it, by region."""
    best: PlaceLevel | None = None
    for a in left:
        for b in right:
            if not (a.startswith("?") and b.startswith("?")):
                continue
            (name, _, region), (other_name, _, other_region) = a.partition("@"), b.partition("@")
            if name != other_name or (region and other_region and region != other_region):
                continue
            if region == other_region and len(left) == len(right) == 1:
                return PlaceLevel.SAME
            best = PlaceLevel.AMBIGUOUS
    return best


def _ids(part: PlaceParts) -> frozenset[str]:
    if not part.key:
        return part.raions or part.regions or part.countries
    if not part.settlements:
        regions = sorted(part.regions)
        return frozenset({f"?{part.key}@{regions[0]}" if len(regions) == 1 else f"?{part.key}"})
    if len(part.settlements) > 1 and gazetteer().is_name(part.key):
        return part.settlements | {f"?{part.key}"}
    return part.settlements


def _is_region(place: str) -> bool:
    return len(place_ancestors(place)) == 1 and not place.startswith("?")


# A linkage asks these of the same sets a million times.
@lru_cache(maxsize=100_000)
def _is_country(ids: frozenset[str]) -> bool:
    return all(not place.startswith("?") and not place_ancestors(place) for place in ids)


@lru_cache(maxsize=100_000)
def _around(ids: frozenset[str]) -> frozenset[str]:
    return frozenset(around for place in ids for around in (place, *place_ancestors(place)))


@lru_cache(maxsize=100_000)
def _regions(ids: frozenset[str]) -> frozenset[str]:
    return frozenset(place for place in _around(ids) if not place.startswith("?") and _is_region(place))
