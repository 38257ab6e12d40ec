"""Bars inside tables: the row is the figure's own label, so a table is a chart that anybody can read."""

from __future__ import annotations

from collections.abc import Sequence

from matching.report.html.shapes import Line, Rect, Shape

_WIDTH = 100.0
_THINNEST = 0.4  # of a hundred: what is there at all can be seen


def bars(parts: Sequence[tuple[float, str]], most: float) -> list[Shape]:
    """Return lengths side by side as one bar, on a scale that ends at `most`; each part with its CSS class."""
    drawn: list[Shape] = []
    at = 0.0
    for length, kind in parts:
        width = max(length, 0.0) / most * _WIDTH if most > 0 else 0.0
        if width > 0:
            drawn.append(_bar(at, width, kind))
        at += width
    return drawn


def floating(start: float, end: float, low: float, high: float) -> list[Shape]:
    """Return a bar from `start` to `end` on a scale from `low` to `high`, with a line at zero: a waterfall's step."""
    span = max(high - low, 1e-9)
    left, right = sorted(((start - low) / span * _WIDTH, (end - low) / span * _WIDTH))
    zero = (0 - low) / span * _WIDTH
    axis = Line(zero, zero, 0, 10, "zero")
    return [axis, _bar(left, right - left, "for" if end >= start else "against")] if end != start else [axis]


def _bar(x: float, width: float, kind: str) -> Rect:
    return Rect(x, 1, max(width, _THINNEST), 8, kind)
