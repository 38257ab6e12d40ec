"""Days of cells: by the calendar of their workbook, and years or ages that were typed into cells formatted as days."""

from __future__ import annotations

import datetime as dt
from typing import Final

_NO_DAYS_BEFORE: Final = 1912  # a day before is a year or an age that was typed into a cell formatted as a day
_YEARS: Final = range(1900, 2100)
_AGES: Final = range(121)
_FIRST_1904: Final = dt.date(1904, 1, 1)


def shown(day: dt.date, *, from_1904: bool) -> str:
    """Return a day; a year or an age that was typed into a cell formatted as a day is that number again."""
    if day.year < _NO_DAYS_BEFORE:
        first = _FIRST_1904 if from_1904 else dt.date(1899, 12, 30 if day >= dt.date(1900, 3, 1) else 31)
        if (number := (day - first).days) in _YEARS or number in _AGES:
            return str(number)
    return day.isoformat()


def of_number(text: str, *, from_1904: bool) -> str:
    """Return the day of a bare number of a workbook that counts from 1904; other texts as they are."""
    if from_1904 and text.isascii() and text.isdigit() and 25_000 < int(text) < 55_000:
        return (_FIRST_1904 + dt.timedelta(days=int(text))).isoformat()
    return text
