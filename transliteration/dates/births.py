"""The day of birth that a row means: from its date or its age, with what makes it doubtful."""

from __future__ import annotations

import re
from collections.abc import Set
from datetime import date, timedelta
from typing import Final

from transliteration import dates
from transliteration.dates import interval
from transliteration.dates.interval import DateInterval

_TIME: Final = re.compile(
    r"^(?P<day>\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{4})[T ,]+"
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::\d\d(?:[.,]\d+)?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*"
    r"(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d)?$"
)
_EARLIEST: Final = date(1996, 1, 1)
"""Whoever was born before was of age in 2014, when children were first taken."""
_OLDEST: Final = 25  # years; registers keep those who were children when they were taken
_YEAR: Final = 366  # days
_AGES_FROM: Final = 2014


def with_time(text: str, *, language: str | None, reference: date | None) -> DateInterval | None:
    """Read a date that has a time of day; None where it has none.

    Nobody writes the hour of a birth: a program did, and what is midnight here is the evening before in another zone. A
    time late in the evening, or one after noon with a zone, may belong to the next day; seconds before midnight are a
    day number that was cut.
    """
    if (hit := _TIME.match(text.strip())) is None:
        return None
    found = dates.parse_date(hit["day"], language=language, reference=reference)
    hour, minute = int(hit["hour"]), int(hit["minute"])
    if hit["half"]:
        hour = hour % 12 + (12 if hit["half"][0] in "Pp" else 0)
    if hour == minute == 0 or (hour < 21 and not hit["zone"]):
        return found
    if hour < 12:
        return found.with_flags("time_of_day")
    return interval.span(found, interval.day(*(found.end + timedelta(days=1)).timetuple()[:3])).with_flags(
        "time_of_day"
    )


def doubts_of(born: DateInterval, age: str, observed_on: date | None) -> Set[str]:
    """Return doubts about a day of birth: too old for a child, or against the age that stands beside it."""
    found = set()
    if observed_on is not None:
        if (observed_on - born.end).days > _OLDEST * _YEAR:
            found.add("birth_of_adult")
        if born.start > observed_on:
            found.add("birth_after_list")
    elif born.end < _EARLIEST:
        found.add("birth_of_adult")
    if age and not _age_fits(born, age, observed_on):
        found.add("birth_age_differ")
    return found


def _age_fits(born: DateInterval, age: str, observed_on: date | None) -> bool:
    """Tell whether an age may be that of a day of birth; without a day, of any year in which lists were written."""
    if observed_on is not None:
        try:
            told = dates.age_to_interval(age, observed_on)
        except dates.DateError:
            return True
        year = timedelta(days=_YEAR)
        return told.start - year <= born.end and born.start <= told.end + year
    if (hit := re.match(r"\d{1,2}\b", age)) is None:
        return True
    return born.end.year + int(hit[0]) + 1 >= _AGES_FROM and born.start.year + int(hit[0]) <= date.today().year
