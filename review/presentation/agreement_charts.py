"""Small charts of the lead's page as numbers for inline SVG; every chart stands beside the same figures in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from review.verdicts.agreement import Hits, Pace, Week

WIDTH, HEIGHT = 260, 44
PAD = 4
FEW = 5
"""Verdicts below which a week's share is not drawn: it would jump by chance."""


@dataclass(frozen=True)
class Span:
    """A bar from `x` over `width`, with a mark at `mark`; in units of the drawing."""

    x: float
    width: float
    mark: float


@dataclass(frozen=True)
class Line:
    """Points of a line and dots where single weeks stand; `weeks` is how many the drawing spans."""

    points: str
    dots: tuple[tuple[float, float], ...]
    weeks: int


def kappa(value: float | None) -> Span | None:
    """Draw kappa between −0.2 and 1: a bar from 0."""
    if value is None:
        return None
    zero, end = _across(0, -0.2, 1), _across(max(-0.2, min(1.0, value)), -0.2, 1)
    return Span(min(zero, end), _round(abs(end - zero)), zero)


def hits(found: Hits) -> Span | None:
    """Draw the interval of a share between 0 and 1 with the share as the mark."""
    if not found.judged:
        return None
    low, high = found.interval
    x = _across(low, 0, 1)
    return Span(x, _round(_across(high, 0, 1) - x), _across(found.right / found.judged, 0, 1))


def pace(found: Pace, longest: float) -> Span | None:
    """Draw quartiles and median between 0 and the longest upper quartile of the page."""
    if found.low is None or found.middle is None or found.high is None or longest <= 0:
        return None
    x = _across(found.low, 0, longest)
    return Span(x, max(1.0, _round(_across(found.high, 0, longest) - x)), _across(found.middle, 0, longest))


def same_by_week(weeks: Sequence[Week]) -> Line | None:
    """Draw the share of 'same' by week; weeks with few verdicts are passed over."""
    drawn = [(n, week.same / week.verdicts) for n, week in enumerate(weeks) if week.verdicts >= FEW]
    if not drawn:
        return None
    last = max(len(weeks) - 1, 1)
    dots = tuple((_across(n, 0, last), _round(HEIGHT - PAD - share * (HEIGHT - 2 * PAD))) for n, share in drawn)
    return Line(" ".join(f"{x},{y}" for x, y in dots), dots, len(weeks))


def _across(value: float, low: float, high: float) -> float:
    return _round(PAD + (value - low) / (high - low) * (WIDTH - 2 * PAD))


def _round(value: float) -> float:
    return round(value, 1)
