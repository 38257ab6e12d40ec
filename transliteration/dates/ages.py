"""Ages as written in Ukrainian, Russian, English, German, Polish and French."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from transliteration.tables import rows
from transliteration.text.folding import lower_in_place

OLDEST_YEARS = 120
GROWN_YEARS = 21
"""An age with a lower bound alone ends here: the lists are of children, and some have come of age since."""


_DAYS_OF = {"week": 7, "day": 1}


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
    if match["low2"]:
        return _with_months(_number(match["low2"]), match["extra2"], (0, 0))
    if nth := match["nth"] or match["nth_of_life"]:
        # In the eighth year of life a child is seven.
        year = _number(nth)
        return _bounds(year - 1, year - 1, "year") if year >= 1 else None
    if match["fixed"]:
        return _fixed_words()[match["fixed"]]
    if match["aged"] or match["paren"]:
        number = _number(match["aged"] or match["paren"])
        return _bounds(number, number, "year")
    if match["compound"]:
        prefix, unit = _compounds()[match["compound"]]
        return _bounds(prefix, prefix, unit)
    if match["lone"]:
        return _with_months(1.0, match["lone_extra"], (12, 24))
    unit = _units()[match["unit"].strip(".")]
    low = _number(match["low"])
    high = _number(match["high"]) if match["high"] else low
    bounds = _bounds(low, high, unit)
    if bounds and match["half"] and unit == "year":
        return int(low) * 12 + 6, int(low) * 12 + 12
    if bounds and match["extra"] and unit == "year":
        bounds = _with_months(low, match["extra"], bounds)
    bound = match["bound"]
    if bounds and bound and not (match["high"] and _bound_cues()[bound] == "at_least"):
        return _bounded(bounds, bound, unit)
    return bounds


def _with_months(years: float, extra: str, otherwise: tuple[int, int]) -> tuple[int, int]:
    """Return an age in years and months: one month long."""
    count = _number(extra)
    if count >= 12:
        return otherwise
    months = int(years) * 12 + int(count)
    return months, months + 1


def _bounded(exact: tuple[int, int], cue: str, unit: str) -> tuple[int, int] | None:
    """Return the ages that a bound such as "up to", "over" or "almost" leaves of an exact age.

    "Up to 5" holds 5 itself, "younger than 5" does not; "over 5" begins at the fifth birthday, as people use it.
    """
    low, high = exact
    kind = _bound_cues()[cue]
    if kind == "almost":
        return (max(0, low - 12), low) if unit == "year" else (max(0, low - 2), low)
    if kind == "at_most":
        return 0, high
    if kind == "below":
        return (0, low) if low else None
    return low, max(high, GROWN_YEARS * 12)


def _bounds(low: float, high: float, unit: str) -> tuple[int, int] | None:
    if high < low or high > (OLDEST_YEARS if unit == "year" else 60):
        return None
    if unit == "month":
        return int(low), int(high) + 1
    if unit in _DAYS_OF:
        days = _DAYS_OF[unit]
        return int(low * days / 31), int(high * days / 30) + 1
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
    return {row["form"].strip("."): row["unit"] for row in rows("age_units")}


@cache
def _bound_cues() -> dict[str, str]:
    """Return cue -> `almost`, `at_most`, `below` or `at_least`."""
    kinds = {"almost", "at_most", "below", "at_least"}
    return {row["form"]: row["kind"] for row in rows("age_cues") if row["kind"] in kinds}


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
    short_years = r"(?:р|г|л|y)\.?"
    short_months = r"(?:міс|мес|м|mos?|m)\.?"
    lone = _alternatives(["рік", "год"])
    bounds = _alternatives(list(_bound_cues()))
    joined = r"(?:\s?(?:-|/|або|или|or|чи)\s?)"
    spread = r"(?:\s(?:до|по|to)\s|\s?-\s?)"
    until = r"(?=[^,;.]{1,20}\s(?:до|по|to)\s)"
    nth = r"\s?-?\s?(?:й|ий|ый|му|ому|м|ом)"
    ending = r"(?:\s?-?\s?(?:ти|х|и|ми|го|th))?"
    return re.compile(
        rf"""(?<![\w.,/+])(?:(?P<about>{about})\s?)?(?:
            (?P<fixed>{_alternatives(list(_fixed_words()))})
          | (?:пішов|пошел|іде|йде|идет|на)\s(?P<nth>\d{{1,2}})(?:{nth})?\s(?:рік|год|році|году)
          | (?P<nth_of_life>\d{{1,2}}){nth}\s(?:рік|год|році|году)\s(?:життя|жизни)
          | (?P<compound>{_alternatives(list(_compounds()))})
          | (?P<low2>{number})\s?(?:{short_years})\s?,?\s?(?:(?:і|й|и|and|та)\s)?
            (?P<extra2>{number})\s?(?:{short_months}|(?:{month_nouns}))
          | (?P<lone>{lone})\s?,?\s?(?:і|й|и|та)\s(?P<lone_extra>{number})\s(?:{month_nouns})
          | (?:(?:{cues})\s)?(?:(?P<bound>{bounds})\s?)?(?:(?:від|вiд|от|from|between|з|с|із)\s{until})?
            (?P<low>{number})(?:(?:{joined}|{spread})(?P<high>{number}))?{ending}
            (?P<half>\sз\sполовиною|\sс\sполовиной|\sand\sa\shalf)?\s?-?\s?
            (?P<unit>{adjectives}|{nouns})(?!\w)\.?
            (?:(?:\s?,?\s?(?:і|й|и|and|та)?\s?)(?P<extra>{number})\s?(?:{month_nouns})(?!\w)\.?
            (?:\s?,?\s?(?:(?:і|й|и|and|та)\s)?\d{{1,2}}\s?(?:днів|дні|день|дней|дня|дн|days?)(?!\w)\.?)?)?(?:[\s-]?(?:{old}))?
          | (?:{cues})[\s:]{{1,2}}(?P<aged>{number})(?![\w.,]\d)
          | (?<=\()(?P<paren>\d{{1,2}})(?=\))
        )(?!\w)""",
        re.VERBOSE,
    )
