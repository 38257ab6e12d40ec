"""Reads dates and ages as written in lists, cards and posts."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from transliteration.dates import interval
from transliteration.dates.ages import WrittenAge, find_ages
from transliteration.dates.forms import (
    eight_digits,
    misspelt_month,
    month_pattern,
    numeric_date,
    placeholder,
    six_digits,
    worded_date,
)
from transliteration.dates.interval import (
    FIRST_YEAR,
    LAST_YEAR,
    DateError,
    DateInterval,
)
from transliteration.text.folding import fold

__all__ = ["DateError", "DateInterval", "age_to_interval", "parse_date"]

LONGEST_TEXT = 120
EXCEL_EPOCH = date(1899, 12, 30)
FIRST_SERIAL, LAST_SERIAL = 10959, 51134
"""Excel serial numbers taken for dates: 1930-01-01 to 2039-12-30. Outside it a number is more likely something else."""

_YEAR_WORDS = (
    r"(?:р\.?\s?н\.?|г\.?\s?р\.?|рр?\.?|гг?\.?|року народження|року|роки|рік|років|році|"
    r"года рождения|год рождения|г\.?\s?рожд\w*\.?|г/р|р/н|year of birth|yob|"
    r"года|год|году|годы|годов|roku|r\.|народження|рождения|д\.?\s?[нр]\.?)"
)
_TRAILING = re.compile(rf"(?<=[\d.\s?~x])\s*(?:{_YEAR_WORDS}\s*)+$")
_LEADING = re.compile(
    r"^(?:\(|\[|\*|дата народження|дата рождения|рік народження|год рождения|роки народження|народжен\w+|рожден\w+|"
    r"year of birth|yob|народився|народилась|народилася|родился|родилась|date of birth|dob|born|née?|"
    r"b\.|уродж\.|г/р|р/н|нар\.|род\.|д\.?\s?[нр]\.?|н\.|р\.|в|у|в|in|on|the|від|от|з|с|le|am|dnia|d\.|geb\.|ur\.)(?:\s*:\s*|\s+|(?<=[(\[*])|(?<=\.)(?=\d))"
)
_APPROXIMATE = re.compile(
    r"^(?:≈|~|близько|бл\.|приблизно|орієнтовно|около|ок\.|примерно|приблизительно|circa|ca\.?|c\.|about|around|approx\.?|"
    r"approximately|або близько|около)\s*"
)
_RANGE_JOINS = (
    re.compile(r"^(?:між|между|between)\s+(.+?)\s+(?:і|та|и|and)\s+(.+)$"),
    re.compile(r"^(?:з|із|с|from)\s+(.+?)\s+(?:по|до|to|till|until)\s+(.+)$"),
    re.compile(r"^(.+?)\s+(?:або|чи|или|or|до|по|to|-)\s+(.+)$"),
    re.compile(r"^([^/]+)/([^/]+)$"),
    re.compile(r"^([^-]+)-([^-]+)$"),
)
_DIGIT_LOOK_ALIKES = str.maketrans({"о": "0", "o": "0", "з": "3", "l": "1", "і": "1", "i": "1", "|": "1", "б": "6"})
_DAMAGED_NUMBER = re.compile(r"^[\doзоліiб|]{1,4}(?:[.\-/][\doзоліiб|]{1,4}){0,2}$")
_WEEKDAY = re.compile(
    r"^(?:понеділок|вівторок|середа|четвер|п'ятниця|субота|неділя|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|пн|вт|ср|чт|пт|сб|нд|вс)\.?,?\s+(?=\d)"
)
# A year of two digits behind a day and a month in words, though the word behind it could make an age of it.
_YEAR_NOT_AGE = re.compile(
    rf"^\D{{0,20}}\d{{1,2}}(?:-?[^\W\d_]{{1,3}})?\.?\s?(?:{month_pattern()})\.?,?\s\d\d\s?(?:року|рік|році|году|года|год|[рг])(?!\w)"
)
_AGE_IN_BRACKETS = re.compile(r"\s?\(\s?\d{1,2}\s?(?:[рглy]|років|роки|лет|года|y\.o)?\.?\s?\)$")
_DOUBLED_SIGN = re.compile(r"(?<=\d)\s?([./-])(?:\s?\1)+\s?(?=\d)")
_LITHUANIAN = re.compile(r"^(\d{4}) ?m\.? (\S+) (\d{1,2}) ?d\.?$")
_TIME = re.compile(
    r"(?<=\d{4})\s(?:в|о|об|у|at|um)\s\d{1,2}\.\d{2}$|(?:t|,?\s(?:(?:в|о|об|у|at|um)\s)?)\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?\s*(?:z|[+-]\d{2}:?\d{2})?$"
)
_AGE_SHORTHAND = re.compile(
    r"^(?:(?P<low>\d{1,2})\s?-\s?(?P<high>\d{1,2})\s?(?:р|г|л|y|y\.o)\.?|(?P<least>\d{1,2})\s?\+\s?(?:р|г|л|років|лет|years?)?\.?)$"
)
_AGE_ABBREVIATION = re.compile(r"^(\d{1,3}(?:[.,]\d)?)\s?(?:р|г|л|y|yr|y\.o|років|лет)?\.?$")


def parse_date(text: str, *, language: str | None = None, reference: date | None = None) -> DateInterval:
    """The interval of days that a written date, partial date or age stands for.

    Args:
        text: Numeric dates, months in words (Ukrainian, Russian, English, German, Polish, French), years, ranges, EDTF,
            Excel serial numbers, ages.
        language: Only `en-US` matters: it puts the month before the day in an ambiguous numeric date.
        reference: The day the text was written. An age needs it; it decides the century of a two-digit year, and the
            year of a date without one (the latest not after it).

    Raises:
        DateError: The text is no date, or an impossible or out-of-range one. The message never holds the text.
    """
    try:
        return _parse(text, language or "", reference)
    except DateError as error:
        raise DateError(error.code, error.what, error.mend, text) from None


def age_to_interval(age: str | int | float, observed_on: date) -> DateInterval:
    """The days of birth of a person who was `age` (years, or text such as "8 місяців") on `observed_on`.

    Raises:
        DateError: No age in the text, or one that nobody reaches.
    """
    written = str(age)
    try:
        folded = fold(written[: LONGEST_TEXT + 1])
        found = _abbreviated_age(folded) or _single_age(folded)
        if found is None:
            raise DateError("no_age", "no age is written here", "write the age in completed years, such as 9")
        return interval_of_age(found, observed_on)
    except DateError as error:
        raise DateError(error.code, error.what, error.mend, written) from None


def interval_of_age(age: WrittenAge, observed_on: date) -> DateInterval:
    """The days of birth that give `age` on `observed_on`; an approximate age is widened by a year each way."""
    if not FIRST_YEAR <= observed_on.year <= LAST_YEAR:
        raise DateError("reference_out_of_range", "the day of observation is out of range", "check the day of the list")
    low, high = age.low, age.high
    flags = ["age"]
    if age.approximate:
        low, high = max(0, low - 12), high + 12
        flags.append("approximate")
    start = interval.months_before(observed_on, high) + timedelta(days=1)
    end = interval.months_before(observed_on, low)
    return DateInterval(start, end, "age", f"{start.isoformat()}/{end.isoformat()}", tuple(sorted(flags)))


@lru_cache(maxsize=65536)
def _parse(text: str, language: str, reference: date | None) -> DateInterval:
    if len(text) > LONGEST_TEXT:
        raise DateError("too_long", "the text is too long for a date", "put only the date into this field")
    folded = re.sub(r"^(\d+)[.,]0+$", r"\1", fold(text).strip(" ,;\"'"))
    if not re.search(r"\w", folded):
        raise DateError("empty", "no date is written here", "leave the field empty or write DD.MM.YYYY")
    exact = _excel_serial(folded) or _bare_number(folded, reference)
    if exact is not None:
        return exact
    folded = _LITHUANIAN.sub(r"\1 \2 \3", _DOUBLED_SIGN.sub(r"\1", _WEEKDAY.sub("", folded)))
    if len(folded) > 4:
        folded = _AGE_IN_BRACKETS.sub("", folded)
    if _YEAR_NOT_AGE.match(folded):
        return _read(_strip(folded), language, reference, deep=False)
    age = _age(folded, reference)
    if age is not None:
        return age
    for extra in reversed(find_ages(folded)):
        folded = folded[: extra.start] + folded[extra.end :]
    return _read(_strip(folded), language, reference, deep=True)


def _read(folded: str, language: str, reference: date | None, *, deep: bool) -> DateInterval:
    """One date, then (when `deep`) two dates joined to a range."""
    stripped = _APPROXIMATE.sub("", folded)
    doubtful = stripped != folded or stripped.endswith(("?", "~", "%"))
    stripped = _strip(stripped.rstrip("?~% "))
    for reader in (numeric_date, worded_date):
        found = reader(stripped, language, reference)
        if found is not None:
            return interval.approximate(found) if doubtful else found
    if deep:
        for join in _RANGE_JOINS:
            match = join.match(folded)
            if match:
                parts = _range_parts(match[1], match[2], language, reference)
                if parts is not None:
                    return interval.span(*parts)
    if re.search(r"\d", stripped) and _DAMAGED_NUMBER.match(stripped):
        found = numeric_date(stripped.translate(_DIGIT_LOOK_ALIKES), language, reference)
        if found is not None:
            return found.with_flags("repaired_digits")
    if mended := misspelt_month(stripped):
        found = worded_date(mended, language, reference)
        if found is not None:
            return found.with_flags("repaired_month")
    raise DateError("no_date", "this is no known form of a date", "write DD.MM.YYYY, MM.YYYY or YYYY")


def _range_parts(
    left: str, right: str, language: str, reference: date | None
) -> tuple[DateInterval, DateInterval] | None:
    left, right = _strip(left), _strip(right)
    if re.fullmatch(r"\d{4}", left) and re.fullmatch(r"\d{2}", right):
        right = left[:2] + right
    try:
        last = _read(right, language, reference, deep=False)
        if re.search(r"\d{4}", right) and " " in left and not re.search(r"\d{4}", left):
            left = f"{left} {last.start.year}"
        if re.fullmatch(r"\d{1,2}\.?", left):
            left = (
                f"{int(left.rstrip('.'))} {right.split(' ', 1)[1]}" if " " in right else left + right[right.find(".") :]
            )
        elif " " not in left and not re.search(r"\d", left):
            left = f"{left} {last.start.year}"
        return _read(left, language, reference, deep=False), last
    except DateError as error:
        if error.code in {"no_date", "empty"}:
            return None
        raise


def _strip(folded: str) -> str:
    """Without words such as "року народження", a time of day, brackets and closing dots."""
    previous = ""
    while previous != folded:
        previous = folded
        folded = _LEADING.sub("", folded)
        folded = _TIME.sub("", folded)
        folded = _TRAILING.sub("", folded)
        folded = folded.strip(' .,;:()[]"')
    return folded


def _bare_number(folded: str, reference: date | None) -> DateInterval | None:
    if not re.fullmatch(r"\d+", folded):
        return None
    if len(folded) == 4:
        return interval.year(int(folded))
    if len(folded) == 8:
        return eight_digits(folded)
    if len(folded) == 6:
        return six_digits(folded, reference)
    raise DateError("not_a_date_number", "this number is no date", "write DD.MM.YYYY, or correct the column")


def _excel_serial(folded: str) -> DateInterval | None:
    match = re.fullmatch(r"(\d{5})(?:[.,]\d+)?", folded)
    if not match or not FIRST_SERIAL <= int(match[1]) <= LAST_SERIAL:
        return None
    found = EXCEL_EPOCH + timedelta(days=int(match[1]))
    return placeholder(interval.day(found.year, found.month, found.day)).with_flags("excel_serial")


def _age(folded: str, reference: date | None) -> DateInterval | None:
    found = _single_age(folded) or (None if folded.isdigit() else _abbreviated_age(folded))
    if found is None:
        return None
    if reference is None:
        raise DateError("age_without_reference", "an age needs the day it was written", "give the date of the list")
    return interval_of_age(found, reference)


def _single_age(folded: str) -> WrittenAge | None:
    ages = find_ages(folded)
    return ages[0] if len(ages) == 1 and not re.search(r"\d{4}", folded) else None


def _abbreviated_age(folded: str) -> WrittenAge | None:
    shorthand = _AGE_SHORTHAND.match(folded)
    if shorthand:
        low, high = shorthand["low"] or shorthand["least"], shorthand["high"]
        years = find_ages(f"{low}-{high} років" if high else f"не менше {low} років")
        return years[0] if years else None
    match = _AGE_ABBREVIATION.match(folded)
    if not match:
        return None
    years = find_ages(f"{match[1]} років" if not match[1].endswith((".0", ",0")) else f"{match[1][:-2]} років")
    return years[0] if years else None
