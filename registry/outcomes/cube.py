"""The fixed cube: each measure in all, by month, by list, by oblast and by age band, and by oblast with age band.

It ends with the last whole month: whoever looks every day would else see one child come in. Figures that are small, or
that would tell a small one, are suppressed together for all that is shown (`suppression`). There are no other questions
to ask of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from django.utils import timezone

from configs.settings import settings
from registry.models import Source
from registry.outcomes import counting
from registry.outcomes.counting import MEASURES, UNKNOWN, Cell
from registry.outcomes.suppression import suppressed
from transliteration.tables import rows

ELSEWHERE = "elsewhere"
TABLES: Final = ("all", "month", "list", "oblast", "age", "oblast_age")

Place = tuple[str, str, str, str, str]
"""Table, month, oblast, age band and list of a figure; '' where the table does not part by it."""
Key = tuple[str, *Place]
"""The measure before its place."""


@dataclass(frozen=True)
class Figure:
    """One figure of the cube; `value` is None when it is suppressed."""

    measure: str
    table: str
    month: str
    oblast: str
    age: str
    list: str
    value: int | None


@dataclass(frozen=True)
class Cube:
    """All figures at the end of a month; `until` is the first day that is not counted."""

    until: date
    threshold: int
    figures: tuple[Figure, ...]

    def of(self, table: str) -> Iterator[Figure]:
        """Give the figures of one table, in order."""
        return (figure for figure in self.figures if figure.table == table)


def cube(until: date | None = None) -> Cube:
    """Count and suppress.

    Args:
        until: The first day of a month; None for that of this month.
    """
    until = (until or timezone.now().date()).replace(day=1)
    threshold = settings().outcomes_threshold
    counts = {
        measure: counting.count(measure, datetime(until.year, until.month, 1, tzinfo=UTC)) for measure in MEASURES
    }
    months = _months(counts, until)
    lists = list(Source.objects.order_by("slug").values_list("slug", flat=True))
    values: dict[Key, int] = {}
    for measure in MEASURES:
        values |= {(measure, *place): number for place, number in _margins(counts[measure], months, lists).items()}
    hidden: frozenset[Key] = frozenset()
    for together in (("records",), ("proposed",), ("verified", "returned", "reunited")):
        some = {key: value for key, value in values.items() if key[0] in together}
        hidden |= suppressed(some, list(_sums(some)), threshold, list(_orders(some)))
    figures = (Figure(*key, None if key in hidden else value) for key, value in values.items())
    return Cube(until, threshold, tuple(figures))


def oblasts() -> list[str]:
    """Return the oblasts by identifier, then `elsewhere` and `unknown`."""
    return [row["id"] for row in rows("regions") if row["id"].startswith("UA-")] + [ELSEWHERE, UNKNOWN]


def ages() -> list[str]:
    """Return the age bands in order, then `unknown`."""
    return [name for name, _, _ in counting.bands()] + [UNKNOWN]


def called(oblast: str, language: str) -> str:
    """Return the name of an oblast; '' for what is none."""
    return next((row[language] for row in rows("regions") if row["id"] == oblast), "")


def _margins(counts: Mapping[Cell, int], months: list[str], lists: list[str]) -> dict[Place, int]:
    found: Counter[Place] = Counter()
    for (month, oblast, age, source), number in counts.items():
        for place in (
            ("all", "", "", "", ""),
            ("month", month, "", "", ""),
            ("list", "", "", "", source),
            ("oblast", "", oblast, "", ""),
            ("age", "", "", age, ""),
            ("oblast_age", "", oblast, age, ""),
        ):
            found[place] += number
    every: list[Place] = [("all", "", "", "", "")]
    every += [("month", month, "", "", "") for month in months]
    every += [("list", "", "", "", source) for source in lists]
    every += [("oblast", "", oblast, "", "") for oblast in oblasts()]
    every += [("age", "", "", age, "") for age in ages()]
    every += [("oblast_age", "", oblast, age, "") for oblast in oblasts() for age in ages()]
    return {place: found[place] for place in every}


def _sums(values: Mapping[Key, int]) -> Iterator[tuple[Key, list[Key]]]:
    """Give what adds up to what: each total and its parts."""
    for measure in dict.fromkeys(key[0] for key in values):
        own = [key for key in values if key[0] == measure]
        total = next(key for key in own if key[1] == "all")
        for table in ("month", "list", "oblast", "age"):
            parts = [key for key in own if key[1] == table]
            if parts:
                yield total, parts
        for key in own:
            if key[1] == "oblast":
                yield key, [one for one in own if one[1] == "oblast_age" and one[3] == key[3]]
            elif key[1] == "age":
                yield key, [one for one in own if one[1] == "oblast_age" and one[4] == key[4]]


def _orders(values: Mapping[Key, int]) -> Iterator[tuple[Key, Key]]:
    """Give what everybody knows to be no more than what: of a verified identity alone a return is told."""
    for key in values:
        if key[0] in ("returned", "reunited") and key[1] in ("all", "list", "oblast"):
            yield key, ("verified", *key[1:])


def _months(counts: Mapping[str, Mapping[Cell, int]], until: date) -> list[str]:
    """Return all months from the first in which anything happened to the last whole one."""
    seen = sorted(month for cells in counts.values() for month, *_ in cells)
    if not seen:
        return []
    year, month = (int(part) for part in seen[0].split("-"))
    found = []
    while (year, month) < (until.year, until.month):
        found.append(f"{year:04}-{month:02}")
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found
