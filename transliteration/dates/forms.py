"""The forms of a single date: digits in any order, or a month or season in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cache

from rapidfuzz.distance import OSA

from transliteration.dates import interval
from transliteration.dates.interval import DateError, DateInterval
from transliteration.tables import rows

CENTURY_PIVOT = 40
"""Two-digit years up to this one belong to the 2000s when no day of observation is known."""


def placeholder(exact: DateInterval) -> DateInterval:
    """`01.01.` stands for an unknown day far oftener than for the first of January, so it means its whole year."""
    if exact.precision == "day" and exact.start.day == 1 and exact.start.month == 1:
        return interval.year(exact.start.year).with_flags(*exact.flags, "placeholder")
    return exact


def eight_digits(digits: str) -> DateInterval:
    """YYYYMMDD, or else DDMMYYYY. Raises DateError when neither is a day."""
    readings: list[Callable[[], DateInterval]] = [
        lambda: interval.day(int(digits[:4]), int(digits[4:6]), int(digits[6:])),
        lambda: interval.day(int(digits[4:]), int(digits[2:4]), int(digits[:2])),
    ]
    for reading in readings:
        try:
            return placeholder(reading())
        except DateError:
            continue
    raise DateError("impossible_date", "these eight digits are no date", "write DD.MM.YYYY")


def six_digits(digits: str, reference: date | None) -> DateInterval:
    """DDMMYY, or else YYMMDD. Raises DateError when neither is a day."""
    for day, month, year in ((digits[:2], digits[2:4], digits[4:]), (digits[4:], digits[2:4], digits[:2])):
        try:
            found = placeholder(interval.day(_century(int(year), reference), int(month), int(day)))
        except DateError:
            continue
        return found.with_flags("two_digit_year", "ambiguous")
    raise DateError("impossible_date", "these six digits are no date", "write DD.MM.YYYY")


_YEAR_FIRST = re.compile(r"^(\d{4})\s?[./-]\s?(\d{1,2}|xx)(?:\s?[./-]\s?(\d{1,2}|xx))?$")
_DAY_FIRST = re.compile(r"^(\d{1,2}|xx)\s?[., /-]\s?(\d{1,2}|xx)\s?[., /-]\s?(\d{4}|\d{2})$")
_MONTH_YEAR = re.compile(r"^(\d{1,2}|xx)\s?[./-]\s?(\d{4})$")
_DECADE = re.compile(r"^(\d{3})x$")


def numeric_date(text: str, language: str, reference: date | None) -> DateInterval | None:
    """A date written in digits, or None."""
    if re.fullmatch(r"\d{4}", text):
        return interval.year(int(text))
    if re.fullmatch(r"\d{8}", text):
        return eight_digits(text)
    match = _DECADE.match(text)
    if match:
        return interval.span(interval.year(int(match[1] + "0")), interval.year(int(match[1] + "9")))
    match = _YEAR_FIRST.match(text)
    if match:
        return _year_first(match[1], match[2], match[3] or "", slash="/" in text)
    match = _MONTH_YEAR.match(text)
    if match:
        return _partial(int(match[2]), match[1], "")
    match = _DAY_FIRST.match(text)
    if match:
        return _day_first(match[1], match[2], match[3], language, reference)
    return None


def _year_first(year: str, second: str, third: str, *, slash: bool) -> DateInterval:
    if not third and second.isdigit():
        if 20 < int(second) < 25 and not slash:
            return interval.season(int(year), int(second))
        if int(second) == int(year[2:]) + 1 and (slash or int(second) > 12):
            both = interval.span(interval.year(int(year)), interval.year(int(year) + 1))
            return both.with_flags("ambiguous") if int(second) <= 12 else both
    return _partial(int(year), second, third)


def _day_first(first: str, second: str, written_year: str, language: str, reference: date | None) -> DateInterval:
    flags: list[str] = []
    if len(written_year) == 2:
        flags.append("two_digit_year")
        if first.isdigit() and int(first) > 31:
            first, written_year = written_year, first
        year = _century(int(written_year), reference)
    else:
        year = int(written_year)
    month_first = second.isdigit() and int(second) > 12 and first.isdigit() and 1 <= int(first) <= 12
    american = language.lower() == "en-us" and first.isdigit() and int(first) <= 12
    if month_first or american:
        first, second = second, first
        flags.append("month_first")
    found = _partial(year, second, first)
    if found.precision == "day" and found.start.day <= 12 and found.start.day != found.start.month:
        flags.append("day_month_swappable")
    return found.with_flags(*flags)


def _partial(year: int, month: str, day: str) -> DateInterval:
    """A date whose month or day may be missing, `xx` or `00`."""
    if not month.isdigit() or int(month) == 0:
        return interval.year(year).with_flags("no_day")
    if not day:
        return interval.month(year, int(month))
    if not day.isdigit() or int(day) == 0:
        return interval.month(year, int(month)).with_flags("no_day")
    return placeholder(interval.day(year, int(month), int(day)))


def _century(two_digits: int, reference: date | None) -> int:
    pivot = reference.year % 100 if reference is not None and reference.year >= 2000 else CENTURY_PIVOT
    return two_digits + (2000 if two_digits <= pivot else 1900)


@cache
def _months() -> dict[str, int]:
    return {row["form"]: int(row["number"]) for row in rows("months")}


@cache
def month_pattern() -> str:
    """Return a pattern of all names and abbreviations of months, and seasons, the longest first."""
    return "|".join(re.escape(form) for form in sorted(_months(), key=lambda form: (-len(form), form)))


@cache
def _worded_patterns() -> tuple[re.Pattern[str], ...]:
    day, month, year = r"(?P<day>\d{1,2})", rf"(?P<month>{month_pattern()})\.?", r"(?P<year>\d{4}|\d{2})"
    gap = r"[\s.,\-/]{1,3}"
    return (
        re.compile(
            rf"^\"?{day}(?:-?(?:го|е|th|st|nd|rd|er|ого))?\"?(?:{gap}|)(?:of |de )?{month}"
            rf"(?:{gap}|'|(?=\d{{4}}))(?:de )?{year}$"
        ),
        re.compile(rf"^{month}{gap}{day}(?:th|st|nd|rd)?{gap}{year}$"),
        re.compile(rf"^(?P<year>\d{{4}}){gap}{month}{gap}{day}$"),
        re.compile(rf"^{month}(?:{gap}|')(?:of )?(?P<year>\d{{4}})$"),
        re.compile(rf"^(?P<year>\d{{4}}){gap}{month}$"),
        re.compile(rf"^{day}(?:-?(?:го|е|th|st|nd|rd|ого))?{gap}{month}$"),
        re.compile(rf"^{month}{gap}{day}(?:th|st|nd|rd)?$"),
    )


_MISSPELT = re.compile(r"^(\d{1,2}(?:-?(?:го|е|th))?\.?\s)([^\W\d_]{5,12})(\.?\s\d{4})$")
MAX_SLIPS = 2
MIN_MONTH = 5


def misspelt_month(text: str) -> str:
    """The text with a misspelt month put right, `''` where none is near, or two months are."""
    match = _MISSPELT.match(text)
    if not match:
        return ""
    near: dict[int, tuple[int, str]] = {}
    for form, number in _months().items():
        slips = OSA.distance(form, match[2], score_cutoff=MAX_SLIPS)
        if number <= 12 and len(form) >= MIN_MONTH and slips <= MAX_SLIPS and slips < near.get(number, (9, ""))[0]:
            near[number] = (slips, form)
    ranked = sorted(near.values())
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return ""
    return f"{match[1]}{ranked[0][1]}{match[3]}"


def worded_date(text: str, language: str, reference: date | None) -> DateInterval | None:
    """A date with its month (or a season) in words."""
    for pattern in _worded_patterns():
        match = pattern.match(text)
        if not match:
            continue
        parts = match.groupdict()
        month = _months()[parts["month"]]
        if parts.get("year") is None:
            return _without_year(month, int(parts["day"]), reference)
        year = int(parts["year"])
        flags: tuple[str, ...] = ()
        if len(parts["year"]) == 2:
            year, flags = _century(year, reference), ("two_digit_year",)
        if month > 20:
            return interval.season(year, month)
        if parts.get("day") is None:
            return interval.month(year, month)
        return interval.day(year, month, int(parts["day"])).with_flags(*flags)
    return None


def _without_year(month: int, day: int, reference: date | None) -> DateInterval:
    if reference is None:
        raise DateError("no_year", "the year is missing", "write the year, or give the date of the list")
    if month > 12:
        raise DateError("no_year", "the year is missing", "write the year beside the season")
    for year in range(reference.year, reference.year - 8, -1):
        try:
            found = interval.day(year, month, day)
        except DateError:
            if day > 29 or month != 2:
                raise
            continue
        if found.start <= reference:
            return found.with_flags("year_assumed")
    raise DateError("impossible_day", "that month has no such day", "check the day against the source document")
