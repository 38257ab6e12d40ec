"""Names of institutions as kind, number, place and proper name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from transliteration.places.compare import PlaceLevel, place_ids, place_level
from transliteration.places.gazetteer import gazetteer
from transliteration.places.settlement_adjectives import LEAST_POPULATION, settlements_by_adjective
from transliteration.places.spelling import spelling_key
from transliteration.tables import rows
from transliteration.text.folding import fold

LONGEST_TEXT = 400


class InstitutionLevel(IntEnum):
    """How far two institutions agree; higher is stronger."""

    ABSENT = -1
    DIFFERENT = 0
    SAME_PLACE = 1
    COMPATIBLE = 2
    SAME_KIND_AND_PLACE = 3
    SAME = 4


@dataclass(frozen=True, slots=True)
class InstitutionKey:
    """What the name of an institution says.

    Attributes:
        kind: `orphanage`, `boarding_school`, `baby_home`, `hospital`, … of `institution_kinds`, or `''`.
        number: Its number without leading zeros, or `''`.
        place_ids: Places it may lie in, as `places.place_ids` gives them.
        name: Spelling key of its proper name in quotation marks, or of the whole text where no kind is known.
    """

    kind: str = ""
    number: str = ""
    place_ids: frozenset[str] = frozenset()
    name: str = ""


_NUMBER = re.compile(r"(?:№|#|\bn[o°º]?\.?|\bномер)\s*(\d{1,4})(?!\d)|(?<![\d.-])(\d{1,3})(?![\d.])")
_LEADING_WORDS = re.compile(r"(?:[\w'-]+(?:ськ|цьк|зьк|ск|цк|альн|ячий|ячого|ячому|асн|іальн|ебн|айон)\w{1,4} ){1,4}$")
_TRAILING_PARTS = re.compile(r"(?: ?(?:№|#|no\.?|n) ?\d{1,4})?(?: \"[^\"\n]{2,60}\")?")
_QUOTED = re.compile(r'["\']([^"\']{2,60})["\']')
_ADJECTIVE = re.compile(
    r"(?<![мгс]\. )(?<![мгс]\.)(?<!смт )(?<!місті )(?<!городе )(?<![\w'-])[\w'-]+(?:ськ|цьк|зьк|ск|цк|sk|tsk|ck)\w{0,4}"
)


@lru_cache(maxsize=50_000)
def institution_key(text: str) -> InstitutionKey:
    """Reads kind, number, place and proper name from the written name of an institution; empty for no text.

    Херсонская школа-интернат № 3 and Школа-інтернат №3 м. Херсон give the same key.
    """
    folded = fold(text[:LONGEST_TEXT]).replace("ё", "е").replace("№№", "№")
    if not any(char.isalpha() for char in folded):
        return InstitutionKey()
    quoted = _QUOTED.search(re.sub(r"(?<=\w)'(?=\w)", "", folded))
    if quoted and _take_kind(quoted[1])[0]:
        quoted = None
        folded = folded.replace('"', " ")
    rest = _QUOTED.sub(" ", folded) if quoted else folded
    number = _NUMBER.search(rest)
    if number:
        rest = f"{rest[: number.start()]} , {rest[number.end() :]}"
    kind, rest = _take_kind(rest)
    places = _places(rest, kind)
    name = spelling_key(quoted[1]) if quoted else ("" if kind else spelling_key(folded))
    if not kind and not name and not places:
        return InstitutionKey()
    written = (number[1] or number[2]).lstrip("0") if number else ""
    return InstitutionKey(kind, written, places, name)


class InstitutionTable:
    """Keys of institutions as arrays, for grading many pairs at once.

    Args:
        keys: The keys; a pair is given by two positions in them.
    """

    def __init__(self, keys: Sequence[InstitutionKey]) -> None:
        self._known = np.array([key != InstitutionKey() for key in keys], dtype=bool)
        self._kind, self._number, self._name = (
            _numbered([getattr(key, part) for key in keys]) for part in ("kind", "number", "name")
        )
        sets = {ids: i for i, ids in enumerate(dict.fromkeys(key.place_ids for key in keys))}
        self._places = np.array([sets[key.place_ids] for key in keys], dtype=np.int64)
        self._sets = list(sets)

    def levels(self, left: npt.NDArray[np.int32], right: npt.NDArray[np.int32]) -> npt.NDArray[np.int8]:
        """Return the `InstitutionLevel` of each pair of positions, as int8 of the shape of `left`.

        Kind comes first, then place, then number or proper name. Of an institution whose kind is unknown, or that
        another kind or number tells apart, only its name and its place can speak. A later line has the last word.
        """
        place, equal_places = self._place_levels(left, right)
        (kind_a, kind_b), (number_a, number_b), (name_a, name_b) = (
            (part[left], part[right]) for part in (self._kind, self._number, self._name)
        )
        exact = (place == PlaceLevel.AMBIGUOUS) | (place == PlaceLevel.SAME)
        near = exact | (place == PlaceLevel.PARENT) | ((place == PlaceLevel.SAME_REGION) & equal_places)
        unplaced = place == PlaceLevel.ABSENT
        same_name = (name_a > 0) & (name_a == name_b)
        clash = ((number_a > 0) & (number_b > 0) & (number_a != number_b)) | (
            (kind_a > 0) & (kind_b > 0) & (kind_a != kind_b)
        )
        same_kind = kind_a == kind_b
        identified = ((number_a > 0) & (number_a == number_b)) | same_name
        kindless = ~((kind_a > 0) | (kind_b > 0))
        by_name = ~clash & same_name & (near | unplaced)
        out = np.full(len(left), InstitutionLevel.COMPATIBLE, dtype=np.int8)
        out[same_kind & near] = InstitutionLevel.SAME_KIND_AND_PLACE
        out[same_kind & near & identified] = InstitutionLevel.SAME
        out[~near & ~unplaced] = InstitutionLevel.DIFFERENT
        out[clash | kindless] = InstitutionLevel.DIFFERENT
        out[(clash | kindless) & exact] = InstitutionLevel.SAME_PLACE
        out[(clash | kindless) & by_name] = InstitutionLevel.SAME
        out[~(self._known[left] & self._known[right])] = InstitutionLevel.ABSENT
        return out

    def _place_levels(
        self, left: npt.NDArray[np.int32], right: npt.NDArray[np.int32]
    ) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.bool_]]:
        a, b = self._places[left], self._places[right]
        pairs, inverse = np.unique(a * len(self._sets) + b, return_inverse=True)
        levels = [
            place_level(self._sets[pair // len(self._sets)], self._sets[pair % len(self._sets)])
            for pair in pairs.tolist()
        ]
        return np.array(levels, dtype=np.int8)[inverse] if levels else np.empty(0, dtype=np.int8), a == b


def _numbered(texts: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return a number for each distinct text, 0 for no text."""
    numbers = {"": 0}
    return np.array([numbers.setdefault(text, len(numbers)) for text in texts], dtype=np.int64)


def _take_kind(text: str) -> tuple[str, str]:
    """The kind whose longest wording occurs, and the text without that wording."""
    best: tuple[int, int, str, re.Match[str]] | None = None
    for order, (kind, pattern) in enumerate(_kinds()):
        match = pattern.search(text)
        if match and (best is None or (len(match[0]), -order) > (best[0], best[1])):
            best = (len(match[0]), -order, kind, match)
    if best is None:
        return "", text
    return best[2], f"{text[: best[3].start()]} , {text[best[3].end() :]}"


def _places(text: str, kind: str) -> frozenset[str]:
    """Places named outright ("м. Херсон"), or else by adjective (Херсонська)."""
    index = gazetteer()
    named: set[str] = set()
    adjectives = [word for word in _ADJECTIVE.findall(text) if not _pattern("not_a_place").fullmatch(word)]
    plain = text
    for word in adjectives:
        if settlements_by_adjective(word) or index.regions_by_adjective(word) or index.raions_by_adjective(word):
            plain = re.sub(
                rf"(?<!\w){re.escape(word)}(?!\w)(?!\s+(?:обл|край|кра[юе]|район|р-н|oblast|region))", " , ", plain
            )
    for segment in plain.split(","):
        ids = place_ids(segment)
        marked = re.match(r"\s*(?:[мгс]\.|смт|с-ще|пгт|місто|город|село|у|в|із|з|in|of)\s", segment)
        if not marked and all(place.startswith("?") for place in ids):
            ids = frozenset(place for word in segment.split() if word.isascii() for place in _town(word))
        if ids and (marked or not all(place.startswith("?") for place in ids)):
            named |= ids
    settlements = {place for place in named if place.startswith(("gn", "?"))}
    if settlements or not adjectives:
        return frozenset(settlements or named)
    if _pattern("of_region").search(text):
        of_region = {region for word in adjectives for region in index.regions_by_adjective(word)}
        if of_region:
            return frozenset(of_region)
    by_adjective = [settlements_by_adjective(word) for word in adjectives]
    regions = {region for word in adjectives for region in index.regions_by_adjective(word)} | named
    towns = frozenset(place for found in by_adjective for place in found)
    inside = frozenset(place for place in towns if named & set(index.ancestors[place]))
    return inside or (frozenset(named) if named else towns or frozenset(regions))


def _town(word: str) -> frozenset[str]:
    """The place a Latin word names beside generic words, as in "Kherson regional baby home"."""
    index = gazetteer()
    return frozenset(place for place in index.settlements(word) if index.population[place] >= LEAST_POPULATION)


def find_institutions(folded: str) -> list[tuple[int, int]]:
    """Spans of institution names in lower-cased folded text: the kind, adjectives before it, number and name behind."""
    spans: list[tuple[int, int]] = []
    for _, pattern in _kinds():
        for match in pattern.finditer(folded):
            before = _LEADING_WORDS.search(folded, max(0, match.start() - 80), match.start())
            after = _TRAILING_PARTS.match(folded, match.end())
            start = before.start() if before else match.start()
            spans.append((start, after.end() if after else match.end()))
    kept: list[tuple[int, int]] = []
    for span in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
        if all(span[1] <= other[0] or span[0] >= other[1] for other in kept):
            kept.append(span)
    return sorted(kept)


@cache
def _kinds() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((row["kind"], re.compile(_regex(row["form"]))) for row in rows("institution_kinds"))


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    return re.compile("|".join(_regex(row["form"]) for row in rows("institution_words") if row["kind"] == kind))


def _regex(form: str) -> str:
    """`*` is any ending, `…` up to four words; blanks and hyphens are loose."""
    pieces = [r"(?:[^\s,;]+\s+){0,4}?" if word == "…" else _word_regex(word) + r"\s+" for word in form.split()]
    return r"(?<![\w-])" + "".join(pieces).removesuffix(r"\s+") + r"(?!\w)"


def _word_regex(word: str) -> str:
    return r"\w*".join(re.escape(part) for part in word.split("*")).replace(r"\-", r"\s?-\s?")
