"""What stands around names in a text: sentences, ages, dates of birth, places, institutions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from transliteration.dates import DateError, DateInterval, interval_of_age, parse_date
from transliteration.dates.ages import WrittenAge, find_ages
from transliteration.dates.interval import months_before
from transliteration.mentions.cue_words import is_word
from transliteration.mentions.names import is_given
from transliteration.mentions.text import Text
from transliteration.places import place_ids
from transliteration.places.gazetteer import gazetteer
from transliteration.tables import rows

_BIRTH = re.compile(
    r"(?<![\d.])(?:\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2}|\d{1,2}\.\d{4}|\d{1,2} [^\W\d_]{3,9} \d{4}|"
    r"\d{4}(?=\s?(?:р\.?\s?н|г\.?\s?р|року народ|года рожд)))(?!\d)"
    r"(?:\s?(?:р\.?\s?н\.?|г\.?\s?р\.?|року народження|года рождения))?"
    r"|(?:born in|народи\w+ (?:у|в)|роди\w+ в|нар\.|род\.)\s(?P<year>\d{4})"
)
_SHARED_AGES = re.compile(
    r"(?<![\w,.])(\d{1,2}(?:(?:,\s|\s(?:і|й|та|и|and)\s)\d{1,2})+)\s?(?:років|роки|лет|года|years|р\.|л\.)(?!\w)"
)
_BORN = re.compile(r"(?:р\.?\s?н|г\.?\s?р|д\.?\s?[нр]\b|нар\.|род\.|народ|рожд|родил|born)")
_AGO = re.compile(r"\s?(?:тому|назад|ago|поспіль|подряд)(?!\w)")
_AGE_BEFORE = re.compile(r"(?:років|роки|рік|лет|года|год|old|ans|alt|\d|н\.|р\.)\)?, $", re.IGNORECASE)
_BARE_AGE = re.compile(
    r"\s?[,(–-]\s?(?:lat |l\. )?(\d{1,2})(?:\s?(?:[рл]|l|lat|ans|j|y)\.?)?\s?(?=[,).;:]|\s(?:-|—)|\s?$|\n)"
)
_ADJECTIVE_AGE = re.compile(r"(?:річн|летн|місячн|месячн|годовал|year-old|jährig|letni)", re.IGNORECASE)
NAMESAKE_TOWN = 5_000
"""Inhabitants from which a given name behind an age ("10 років, Ізмаїл") is the town."""
OLDEST_BARE_AGE = 100
"""A bare number behind a name from this on is no age."""


@dataclass(frozen=True, slots=True)
class Birth:
    """An age or a date of birth found in a text, as an interval where one can be worked out.

    A `plain_date` has no word such as "р.н." beside it and may as well be the day of something else.
    """

    start: int
    end: int
    interval: DateInterval | None
    months: tuple[int, int] | None
    adjective: bool
    sex: str = ""
    plain_date: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A place named in a text.

    `role` is `origin` behind "з", "из", "from" or a word such as "жила", `location` behind "у", "до", "in", else `''`.
    """

    start: int
    end: int
    role: str


def births(text: Text) -> list[Birth]:
    """Ages and dates of birth in the text, from left to right without overlaps."""
    lower, published = text.lower, text.published
    found: list[Birth] = []
    for match in _BIRTH.finditer(lower):
        try:
            interval = parse_date(match["year"] or match[0], reference=published)
        except DateError:
            continue
        around = lower[max(0, match.start() - 16) : match.start()] + " " + match[0]
        plain = _BORN.search(around) is None
        found.append(Birth(match.start(), match.end(), interval, None, adjective=False, plain_date=plain))
    for match in _SHARED_AGES.finditer(lower):
        for number in re.finditer(r"\d{1,2}", match[1]):
            start = match.start(1) + number.start()
            found.append(
                _of_age(
                    WrittenAge(start, start + len(number[0]), int(number[0]) * 12, int(number[0]) * 12 + 12),
                    lower,
                    published,
                )
            )
    for age in find_ages(text.folded):
        if _AGO.match(lower, age.end):
            continue
        if not any(age.start < other.end and other.start < age.end for other in found):
            found.append(_of_age(age, lower, published))
    return sorted(found, key=lambda birth: birth.start)


def bare_age(text: Text, position: int) -> Birth | None:
    """A number right behind a name, such as in "Dmytro, 10, was taken" or "Діма (10)"."""
    match = _BARE_AGE.match(text.folded, position)
    if not match or int(match[1]) >= OLDEST_BARE_AGE:
        return None
    months = int(match[1]) * 12
    return _of_age(WrittenAge(match.start(1), match.end(1), months, months + 12), text.folded.lower(), text.published)


def _of_age(age: WrittenAge, lower: str, published: date | None) -> Birth:
    interval = None
    if published is not None:
        try:
            interval = interval_of_age(age, published)
        except DateError:
            interval = None
    text = lower[age.start : age.end]
    adjective = bool(_ADJECTIVE_AGE.search(text))
    return Birth(
        age.start, age.end, interval, (age.low, age.high), adjective, _adjective_sex(text) if adjective else ""
    )


def _adjective_sex(text: str) -> str:
    if re.search(r"(?:ий|ого|его|ому|ему)$", text):
        return "m"
    return "f" if re.search(r"(?:на|яя|ної|ную|юю|ну|ною|ній)$", text) else ""


def beside_births(text: Text, found: list[Birth]) -> frozenset[int]:
    """Indices of capitalised words right behind an adjectival age or "видели", or right before another age or date."""
    folded, words = text.folded, text.words
    by_start = {word.start: index for index, word in enumerate(words)}
    by_end = {word.end: index for index, word in enumerate(words)}
    indices = {
        index
        for index, word in enumerate(words)
        if word.capital
        and (_BARE_AGE.match(folded, word.end) or (index > 0 and is_word(words[index - 1].lower, "seen")))
    }
    for birth in found:
        if birth.adjective:
            index = by_start.get(birth.end + 1)
        else:
            gap = re.search(r"(?:,? ?[(]?| - )$", folded[max(0, birth.start - 3) : birth.start])
            index = by_end.get(birth.start - len(gap[0])) if gap and gap[0] else None
        if index is not None and words[index].capital:
            indices.add(index)
    return frozenset(indices)


def is_child(birth: Birth, published: date | None, *, years: int) -> bool:
    """Whether the person may have been younger than `years` on the day of publication."""
    if birth.months is not None:
        return birth.months[0] < years * 12
    if birth.interval is None:
        return False
    return published is None or birth.interval.end >= months_before(published, years * 12)


def places(text: Text, houses: list[tuple[int, int]]) -> list[Place]:
    """Places named outside institutions: behind "з", "из", "from", behind "м.", "місто", or known by name."""
    words = text.words
    found: list[Place] = []
    index = 0
    while index < len(words):
        first, role, trusted = _place_start(text, index)
        last = _place_end(text, first)
        inside = last > first and any(start < words[last - 1].end and words[first].start < end for start, end in houses)
        if last > first and not inside and _names_place(text, first, last, trusted=trusted):
            found.append(Place(words[first].start, words[last - 1].end, role))
            index = last
        else:
            index += 1
    return found


def _place_start(text: Text, index: int) -> tuple[int, str, bool]:
    """The index of the first word of a name, the role the word before gives, and whether that asks for a place."""
    words = text.words
    word, first, role = words[index].lower, index, ""
    if is_word(word, "origin"):
        first, role = index + 1, "origin"
    elif is_word(word, "location"):
        lived = any(is_word(before.lower, "lived") for before in words[max(0, index - 3) : index])
        first, role = index + 1, "origin" if lived else "location"
    if first + 1 < len(words) and is_word(words[first].lower, "place_marker"):
        return first + 1, role, True
    return min(first, len(words) - 1), role, first > index


def _place_end(text: Text, first: int) -> int:
    """The index behind the capitalised words (and generic words such as "області") that may name one place."""
    words = text.words
    last = first
    while last < len(words) and last - first < 5:
        generic = is_generic(words[last].lower)
        if not (words[last].capital or (generic and last > first)):
            break
        gap = text.gap(last - 1) if last > first else ""
        if gap not in {"", " ", ", ", ". "} or (gap == ". " and len(words[last - 1].text) > 3):
            break
        if gap == ", " and not _region_follows(text, last):
            break
        last += 1
        if generic:
            break
    return last


def _region_follows(text: Text, index: int) -> bool:
    return index + 1 < len(text.words) and is_generic(text.words[index + 1].lower)


@cache
def _generic_words() -> frozenset[str]:
    return frozenset(row["form"] for row in rows("place_words") if row["kind"] in {"region", "raion"})


def is_generic(lower: str) -> bool:
    """Whether a word is "область", "район", "region" or the like."""
    return lower in _generic_words()


def _names_place(text: Text, first: int, last: int, *, trusted: bool) -> bool:
    words, folded = text.words, text.folded
    ids = place_ids(folded[words[first].start : words[last - 1].end])
    known = bool(ids) and not all(place.startswith("?") for place in ids)
    if any(is_given(word.lower) for word in words[first:last]):
        behind_age = _AGE_BEFORE.search(folded, max(0, words[first].start - 12), words[first].start)
        return known and (trusted or (behind_age is not None and _has_town(ids)))
    return known or (trusted and bool(ids) and len(words[first].lower) > 3 and words[first].lower[-1] not in "ийых")


def _has_town(ids: frozenset[str]) -> bool:
    return any(gazetteer().population.get(place, 0) >= NAMESAKE_TOWN for place in ids)
