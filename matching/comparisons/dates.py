"""Comparison of dates as intervals: what two people know of one day may be a day, a month, a year or an age."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import numpy as np

from matching.comparisons.base import CodedComparison, Codes, Grader, Level, Levels, Values
from transliteration.dates.interval import DateInterval

_DAY, _MONTH, _HALF_YEAR, _YEAR = 1, 31, 183, 366

_LEVELS = (
    Level("date_differs", "the dates differ", 0.05, stratum="day"),
    Level("date_half_year", "the dates differ by less than half a year", 0.02, stratum="day"),
    Level("date_weeks", "the dates differ by some weeks", 0.02, stratum="day"),
    Level("date_days", "the dates differ by some days", 0.015, stratum="day"),
    Level("date_one_part", "two of day, month and year agree", 0.04, stratum="day"),
    Level("date_swapped", "day and month are swapped", 0.015, stratum="day"),
    Level("date_same", "the same day", 0.84, stratum="day"),
    Level("month_differs", "the month does not fit", 0.06, stratum="month"),
    Level("month_half_year", "the month is some months off", 0.01, stratum="month"),
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
    days = DateInterval.from_text(value)
    return days.start.toordinal(), days.end.toordinal()


class DateComparison(CodedComparison):
    """Grades two intervals within the stratum of the less precise one: day, month, or year and age."""

    levels = _LEVELS

    def grader(self, values: Values) -> Grader:
        """Return a grader over intervals written as `start/end` in ISO form.

        Whole numbers are compared faster than pairs are remembered.
        """
        bounds = np.array([interval(value) for value in values], dtype=np.int32).reshape(-1, 2)
        first, last = np.ascontiguousarray(bounds[:, 0]), np.ascontiguousarray(bounds[:, 1])
        width = last - first + 1
        parts = _parts(first)

        def grade(left: Codes, right: Codes) -> Levels:
            wide = np.maximum(width[left], width[right])
            gap = np.maximum(first[left] - last[right], first[right] - last[left])
            out = np.full(len(left), _AT["date_same"], dtype=np.int8)
            month, year = wide > _DAY, wide > _MONTH
            out[month] = _graded(gap[month], _MONTH, "month_same", "month_near", "month_differs")
            out[month & (gap > _MONTH) & (gap <= _HALF_YEAR)] = _AT["month_half_year"]
            out[year] = _graded(gap[year], _YEAR, "year_same", "year_near", "year_differs")
            other = np.flatnonzero(~month & (gap != 0))
            out[other] = _days(gap[other], [(part[left[other]], part[right[other]]) for part in parts])
            return out

        return grade


def _graded(gap: Codes, near: int, same: str, close: str, differs: str) -> Levels:
    """Grade spans by the days between them, which are negative or 0 where they meet."""
    levels = np.full(len(gap), _AT[differs], dtype=np.int8)
    levels[gap <= near] = _AT[close]
    levels[gap <= 0] = _AT[same]
    return levels


def _days(gap: Codes, parts: list[tuple[Codes, Codes]]) -> Levels:
    """Grade pairs of different days by `gap` in days and by year, month and day of the month on both sides."""
    (year_a, year_b), (month_a, month_b), (day_a, day_b) = parts
    same_year, same_month, same_day = year_a == year_b, month_a == month_b, day_a == day_b
    levels = np.full(len(gap), _AT["date_differs"], dtype=np.int8)
    levels[gap <= _HALF_YEAR] = _AT["date_half_year"]
    levels[gap <= 45] = _AT["date_weeks"]
    levels[gap <= 7] = _AT["date_days"]
    levels[same_year.astype(np.int8) + same_month + same_day == 2] = _AT["date_one_part"]
    levels[same_year & (month_a == day_b) & (day_a == month_b)] = _AT["date_swapped"]
    return levels


def _parts(ordinals: Codes) -> tuple[Codes, Codes, Codes]:
    """Return year, month and day of the month of days given as ordinals."""
    days = (ordinals.astype(np.int64) - date(1970, 1, 1).toordinal()).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    return (
        days.astype("datetime64[Y]").astype(np.int32) + 1970,
        months.astype(np.int32) % 12 + 1,
        (days - months.astype("datetime64[D]")).astype(np.int32) + 1,
    )
