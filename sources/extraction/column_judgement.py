"""Dates judged as a column: what one value leaves open, the others beside it settle, or make doubtful."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain, islice
from typing import Final

from sources.extraction.extracted import Extracted, Problem
from sources.read_items import ReadItem, ReadReport

WINDOW: Final = 2_000
"""Rows by which a column is judged: a list of children is rarely longer."""

SWAPPED: Final = "birth_probably_swapped"
SWAPPABLE: Final = "birth_day_month_swappable"
MONTH_FIRST: Final = "month_first"

_ISO: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_SERIAL: Final = re.compile(r"[34]\d{4}(?:\.\d+)?")
_DAY_ZERO: Final = date(1899, 12, 30)  # of the numbers that spreadsheets store for days
_TEXT: Final = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(?:\d{4}|\d\d)\b")
_ENOUGH: Final = 3

Made = tuple[ReadItem, Extracted | Problem | None]


@dataclass(frozen=True)
class Judgement:
    """What the dates of birth of a list say together.

    Attributes:
        swapped: Styles of writing whose days another program has probably taken for months.
        settled: Styles whose order of day and month is certain.
        month_first: Styles in which the month stands first.
        observed_month_first: The days on which the rows were written have the month first.
    """

    swapped: frozenset[str] = frozenset()
    settled: frozenset[str] = frozenset()
    month_first: frozenset[str] = frozenset()
    observed_month_first: bool = False

    @classmethod
    def of(cls, texts: list[str]) -> Judgement:
        """Judge a column.

        A style (`2012-03-04`, `04.03.2012`, `04/03/2012`) in which no number is above 12, beside another in which each
        day is, was made by a program that took days for months where it could, and left the others as text.
        """
        styles: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for text in texts:
            if (told := _style(text)) is not None:
                styles[told[0]][told[1]] += 1
        if not styles:
            return cls()
        total = sum(counts.total() for counts in styles.values())
        low = {name for name, counts in styles.items() if set(counts) == {"low"}}
        high = {name for name, counts in styles.items() if not counts["low"]}
        swapped = frozenset(low if low and high and total >= _ENOUGH else ())
        texts_only = {name: counts for name, counts in styles.items() if name not in ("iso", "serial")}
        month_first = {name for name, counts in texts_only.items() if counts["second"] and not counts["first"]}
        settled = {
            name
            for name, counts in texts_only.items()
            if not counts["second"] and (counts["first"] or name == ".") and name not in swapped
        }
        return cls(swapped, frozenset(settled | month_first), frozenset(month_first))

    def applied(self, result: Extracted | Problem | None) -> Extracted | Problem | None:
        """Return a record with what the column says of its date of birth."""
        if self.observed_month_first and isinstance(result, Extracted):
            result = result._replace(settled=result.settled | {"observed_month_first"})
        if not isinstance(result, Extracted) or not isinstance(text := result.written.get("birth_date"), str):
            return result
        style = _style(text)
        if style is None:
            return result
        doubts = (*result.doubts, SWAPPED) if style[0] in self.swapped and style[1] == "low" else result.doubts
        settled = set(result.settled)
        if style[0] in self.settled:
            settled.add(SWAPPABLE)
        if style[0] in self.month_first:
            settled.add(MONTH_FIRST)
        return result._replace(doubts=doubts, settled=frozenset(settled))


def _program_writes_month_first(observed: list[str], births: Judgement) -> bool:
    """Tell whether the days on which a list was written have the month first, by themselves or as the births do."""
    told = Counter(style for text in observed if (style := _style(text)) is not None and style[0] != "iso")
    first = sum(count for (_, place), count in told.items() if place == "first")
    second = sum(count for (_, place), count in told.items() if place == "second")
    return bool(second and not first) or bool(told and not first and {name for name, _ in told} <= births.month_first)


def judged(made: Iterator[Made], report: ReadReport) -> Iterator[Made]:
    """Yield what was made of each row, with what its column says."""
    head = list(islice(made, WINDOW))
    texts = [
        text
        for _, each in head
        if isinstance(each, Extracted) and isinstance(text := each.written.get("birth_date"), str)
    ]
    judgement = Judgement.of(texts)
    observed = [each.observed_on for _, each in head if isinstance(each, Extracted) and each.observed_on]
    if _program_writes_month_first(observed, judgement):
        judgement = replace(judgement, observed_month_first=True)
        report.notes.append("days on which the rows were written have the month first: read so")
    if judgement.swapped:
        report.notes.append(
            "in doubt: the dates of birth whose day is 12 or less stand in another form than the others: day and month "
            "are probably swapped in them"
        )
    if judgement.month_first:
        report.notes.append("dates of birth are written month first: read so")
    for item, result in chain(head, made):
        yield item, judgement.applied(result)


def _style(text: str) -> tuple[str, str] | None:
    """Return the style of a date, and where its day must be: `first`, `second`, or `low` where both may be.

    The style is `iso`, `serial` for the number of a day, or the sign that parts the numbers.
    """
    if hit := _ISO.fullmatch(text):
        month, day = int(hit[2]), int(hit[3])
        return ("iso", "same" if month == day else "low" if day <= 12 else "first")
    if _SERIAL.fullmatch(text):
        born = _DAY_ZERO + timedelta(days=int(text.partition(".")[0]))
        return ("serial", "same" if born.month == born.day else "low" if born.day <= 12 else "first")
    if hit := _TEXT.match(text):
        first, second = int(hit[1]), int(hit[3])
        if first == second:
            return hit[2], "same"
        return hit[2], "first" if first > 12 else "second" if second > 12 else "low"
    return None
