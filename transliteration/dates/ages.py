"""Ages as written in Ukrainian, Russian, English, German, Polish and French."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from transliteration.tables import rows
from transliteration.text.folding import lower_in_place

OLDEST_YEARS = 120


@dataclass(frozen=True, slots=True)
class WrittenAge:
    """An age found in folded text.

    Attributes:
        start: Offset of its first character.
        end: Offset behind its last character.
        low: Least age in completed months.
        high: Age in months that is no longer reached: `low <= age < high`.
        approximate: Whether the text calls the age approximate.
        bare: Whether a cue such as "aged" stands in for the unit.
    """

    start: int
    end: int
    low: int
    high: int
    approximate: bool = False
    bare: bool = False


def find_ages(folded: str) -> list[WrittenAge]:
    """All ages in a text prepared by `text_folding.fold`, or of the same shape, from left to right without overlaps."""
    plain = lower_in_place(folded)
    found: list[WrittenAge] = []
    for match in _pattern().finditer(plain):
        months = _months(match)
        if months is not None:
            found.append(
                WrittenAge(
                    match.start(), match.end(), *months, bool(match["about"]), bool(match["aged"] or match["paren"])
                )
            )
    return found


def _months(match: re.Match[str]) -> tuple[int, int] | None:
    if match["fixed"]:
        return _fixed_words()[match["fixed"]]
    if match["aged"] or match["paren"]:
        number = _number(match["aged"] or match["paren"])
        return _bounds(number, number, "year")
    if match["compound"]:
        prefix, unit = _compounds()[match["compound"]]
        return _bounds(prefix, prefix, unit)
    unit = _units()[match["unit"]]
    low = _number(match["low"])
    high = _number(match["high"]) if match["high"] else low
    bounds = _bounds(low, high, unit)
    if bounds and match["extra"] and unit == "year":
        extra = _number(match["extra"])
        if extra >= 12:
            return bounds
        months = int(low) * 12 + int(extra)
        return months, months + 1
    return bounds


def _bounds(low: float, high: float, unit: str) -> tuple[int, int] | None:
    if high < low or high > (OLDEST_YEARS if unit == "year" else 60):
        return None
    if unit == "month":
        return int(low), int(high) + 1
    if low == high and low != int(low):
        return int(low * 12), (int(low) + 1) * 12
    return int(low * 12), (int(high) + 1) * 12


def _number(text: str) -> float:
    value = _cardinals().get(text)
    return float(text.replace(",", ".")) if value is None else value


@cache
def _cardinals() -> dict[str, float]:
    return {row["form"]: float(row["value"]) for row in rows("number_words") if row["kind"] == "cardinal"}


@cache
def _units() -> dict[str, str]:
    return {row["form"]: row["unit"] for row in rows("age_units")}


@cache
def _compounds() -> dict[str, tuple[float, str]]:
    """Adjectives written as one word, such as десятилетний: its number and unit."""
    adjectives = [row for row in rows("age_units") if row["kind"] == "adjective"]
    return {
        prefix["form"] + unit["form"]: (float(prefix["value"]), unit["unit"])
        for prefix in rows("number_words")
        if prefix["kind"] == "prefix"
        for unit in adjectives
        if unit["language"] == prefix["language"]
    }


@cache
def _fixed_words() -> dict[str, tuple[int, int]]:
    return {row["form"]: (int(row["low_months"]), int(row["high_months"])) for row in rows("age_words")}


def _alternatives(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


@cache
def _pattern() -> re.Pattern[str]:
    units = rows("age_units")
    nouns = _alternatives([row["form"] for row in units if row["kind"] == "noun"])
    adjectives = _alternatives([row["form"] for row in units if row["kind"] == "adjective"])
    month_nouns = _alternatives([row["form"] for row in units if row["kind"] == "noun" and row["unit"] == "month"])
    number = rf"(?:\d{{1,3}}(?:[.,]\d)?|{_alternatives(list(_cardinals()))})"
    cues = _alternatives([row["form"] for row in rows("age_cues") if row["kind"] == "before"])
    about = _alternatives([row["form"] for row in rows("age_cues") if row["kind"] == "approximate"])
    old = _alternatives([row["form"] for row in rows("age_cues") if row["kind"] == "after"])
    ending = r"(?:\s?-?\s?(?:ти|х|и|ми|го|th))?"
    return re.compile(
        rf"""(?<![\w.,/+])(?:(?P<about>{about})\s?)?(?:
            (?P<fixed>{_alternatives(list(_fixed_words()))})
          | (?P<compound>{_alternatives(list(_compounds()))})
          | (?:(?:{cues})\s)?(?P<low>{number})(?:\s?(?:-|/|або|или|or|чи)\s?(?P<high>{number}))?{ending}\s?-?\s?
            (?P<unit>{adjectives}|{nouns})(?!\w)\.?
            (?:(?:\s?,?\s?(?:і|й|и|and|та)?\s?)(?P<extra>\d{{1,2}})\s?(?:{month_nouns})(?!\w)\.?)?(?:[\s-]?(?:{old}))?
          | (?:{cues})[\s:]{{1,2}}(?P<aged>{number})(?![\w.,]\d)
          | (?<=\()(?P<paren>\d{{1,2}})(?=\))
        )(?!\w)""",
        re.VERBOSE,
    )
