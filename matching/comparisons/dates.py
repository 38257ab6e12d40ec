"""Comparison of dates as intervals: what two people know of one day may be a day, a month, a year or an age."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from matching.comparisons.base import Comparison, Level, Levels, Values

_DAY, _MONTH = 1, 31

_LEVELS = (
    Level("date_differs", "the dates differ", 0.05, stratum="day"),
    Level("date_half_year", "the dates differ by less than half a year", 0.02, stratum="day"),
    Level("date_weeks", "the dates differ by some weeks", 0.02, stratum="day"),
    Level("date_days", "the dates differ by some days", 0.015, stratum="day"),
    Level("date_one_part", "two of day, month and year agree", 0.04, stratum="day"),
    Level("date_swapped", "day and month are swapped", 0.015, stratum="day"),
    Level("date_same", "the same day", 0.84, stratum="day"),
    Level("month_differs", "the month does not fit", 0.07, stratum="month"),
    Level("month_near", "the month is one off", 0.03, stratum="month"),
    Level("month_same", "month and year agree, the day is unknown", 0.90, stratum="month"),
    Level("year_differs", "the year or age does not fit", 0.05, stratum="year"),
    Level("year_near", "the year or age is one off", 0.10, stratum="year"),
    Level("year_same", "the year or age fits, the day is unknown", 0.85, stratum="year"),
)
_AT = {level.code: i for i, level in enumerate(_LEVELS)}


@lru_cache(maxsize=500_000)
def interval(value: str) -> tuple[int, int]:
    """Return the first and last day as ordinals of an interval written `YYYY-MM-DD/YYYY-MM-DD` (or one ISO date)."""
    start, _, end = value.partition("/")
    first = date.fromisoformat(start).toordinal()
    return first, date.fromisoformat(end).toordinal() if end else first


def _parts(
    ordinals: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    days = (ordinals - date(1970, 1, 1).toordinal()).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    years = days.astype("datetime64[Y]")
    return (
        years.astype(np.int64) + 1970,
        months.astype(np.int64) % 12 + 1,
        (days - months.astype("datetime64[D]")).astype(np.int64) + 1,
    )


class DateComparison(Comparison):
    """Grades two intervals within the stratum of the less precise one: day, month, or year and age."""

    levels = _LEVELS

    def grade(self, left: Values, right: Values) -> Levels:
        """Grade intervals written as `start/end` in ISO form."""
        a = np.array([interval(v) for v in left], dtype=np.int64).reshape(-1, 2)
        b = np.array([interval(v) for v in right], dtype=np.int64).reshape(-1, 2)
        width = np.maximum(a[:, 1] - a[:, 0], b[:, 1] - b[:, 0]) + 1
        gap = np.maximum(0, np.maximum(a[:, 0] - b[:, 1], b[:, 0] - a[:, 1]))
        out = np.select(
            [
                (width > _MONTH) & (gap == 0),
                (width > _MONTH) & (gap <= 366),
                width > _MONTH,
                (width > _DAY) & (gap == 0),
                (width > _DAY) & (gap <= _MONTH),
                width > _DAY,
            ],
            [_AT[c] for c in ("year_same", "year_near", "year_differs", "month_same", "month_near", "month_differs")],
            default=_AT["date_differs"],
        ).astype(np.int8)
        days = width == _DAY
        out[days] = self._days(a[days, 0], b[days, 0])
        return out

    @staticmethod
    def _days(a: npt.NDArray[np.int64], b: npt.NDArray[np.int64]) -> Levels:
        """Grade pairs of known days."""
        gap = np.abs(a - b)
        (ya, ma, da), (yb, mb, db) = _parts(a), _parts(b)
        agree = (ya == yb).astype(int) + (ma == mb) + (da == db)
        return np.select(
            [gap == 0, (ya == yb) & (ma == db) & (da == mb), agree == 2, gap <= 7, gap <= 45, gap <= 183],
            [
                _AT[c]
                for c in ("date_same", "date_swapped", "date_one_part", "date_days", "date_weeks", "date_half_year")
            ],
            default=_AT["date_differs"],
        ).astype(np.int8)
