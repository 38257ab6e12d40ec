"""The dates of both records on one line: what each source saw, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from review.pair.side import SideView
from review.presentation.labels import LETTERS
from review.presentation.value_labels import interval
from transliteration.dates.interval import DateError, DateInterval

WIDTH, HEIGHT = 420, 110
_LEFT, _RIGHT = 34, 400
_LANES = (36, 76)

EVENTS: dict[str, Promise] = {
    "birth": _("born"),
    "lost_on": _("contact lost"),
    "transferred_on": _("transferred"),
    "photo_date": _("photographed"),
    "observed": _("the list speaks for this day"),
}
"""What may have a date, in the order in which it usually happens."""


@dataclass(frozen=True)
class Event:
    """One date of one record.

    Attributes:
        number: By which the drawing and the list name it.
        side: 0 for the left record, 1 for the right one.
        label: What happened.
        when: The date as a person writes it; an interval where the day is unknown.
        x: Where it is drawn; None for what lies before the line, as births do.
        width: Length of its bar, for an interval.
        y: The height of its lane; `level` lifts the number of one that lies close to the one before.
    """

    number: int
    side: int
    label: str
    when: str
    x: float | None
    width: float
    y: int
    level: int = 0

    @property
    def letter(self) -> str:
        """Return the letter of the record."""
        return str(LETTERS[self.side])


@dataclass(frozen=True)
class Tick:
    """A year or month on the line."""

    x: float
    label: str


@dataclass(frozen=True)
class Timeline:
    """The drawing and its list; `ticks` are empty when there is nothing to draw."""

    events: tuple[Event, ...]
    ticks: tuple[Tick, ...]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def drawn(self) -> tuple[Event, ...]:
        """Return the events on the line."""
        return tuple(event for event in self.events if event.x is not None)


def timeline(left: SideView, right: SideView) -> Timeline:
    """Place the dates of both records on one line, the earliest first."""
    found = sorted(
        ((*span, side, kind) for side, view in enumerate((left, right)) for kind, span in dates_of(view).items()),
        key=lambda event: (event[0], event[1], event[2]),
    )
    placed = [(first, last) for first, last, _side, kind in found if kind != "birth"]
    if not placed:
        return Timeline(_events(found, None), ())
    start = date(min(first for first, _last in placed).year, 1, 1)
    end = date(max(last for _first, last in placed).year + 1, 1, 1)
    scale = (_RIGHT - _LEFT) / (end - start).days

    def x(day: date) -> float:
        return round(_LEFT + (day - start).days * scale, 1)

    years = range(start.year, end.year + 1)
    ticks = tuple(Tick(x(date(year, 1, 1)), str(year)) for year in years)
    return Timeline(_events(found, x), ticks)


def _events(found: list[tuple[date, date, int, str]], x: Any) -> tuple[Event, ...]:
    events: list[Event] = []
    reached = {0: (-99.0, 0), 1: (-99.0, 0)}
    for number, (first, last, side, kind) in enumerate(found, start=1):
        at = None if x is None or kind == "birth" else x(first)
        level = 0
        if at is not None:
            before, height = reached[side]
            level = (height + 1) % 2 if at - before < 18 else 0
            reached[side] = (at, level)
        width = 0.0 if at is None else round(x(last) - at, 1)
        when = interval(DateInterval.between(first, last).text)
        events.append(Event(number, side, str(EVENTS[kind]), when, at, width, _LANES[side], level))
    return tuple(events)


def dates_of(side: SideView) -> dict[str, tuple[date, date]]:
    """Return what one record has a date for, first and last day of each."""
    found = {kind: span for kind in EVENTS if (span := _span(side.values, kind)) is not None}
    if side.observed_on is not None:
        found["observed"] = (side.observed_on, side.observed_on)
    return found


def _span(values: Mapping[str, Any], kind: str) -> tuple[date, date] | None:
    try:
        days = DateInterval.from_text(str(values.get(kind, "")))
    except DateError:
        return None
    return days.start, days.end
