"""Charts with axes, as shapes that take their colours from the page."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matching.report.html.shapes import Chart, Circle, Line, Path, Rect, Shape, Text

Format = Callable[[float], str]

_WIDTH, _LEFT, _RIGHT, _TOP, _BOTTOM = 720.0, 62.0, 26.0, 14.0, 46.0


@dataclass(frozen=True)
class Axis:
    """One axis: its ends, and what is written along it."""

    low: float
    high: float
    label: str
    write: Format
    ticks: tuple[float, ...] = ()

    def marks(self) -> tuple[float, ...]:
        """Return where to write: the given ticks, or round numbers."""
        return self.ticks or round_ticks(self.low, self.high)


@dataclass(frozen=True)
class Series:
    """A line.

    Attributes:
        name: For the legend; '' for none.
        kind: CSS class.
        x, y: Points.
        low, high: Ends of the interval at each point; empty for none.
        points: Draw the points themselves, with their intervals, instead of a line and a band.
    """

    name: str
    kind: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    points: bool = False


class Plot:
    """A frame with two axes, into which shapes are put."""

    def __init__(self, x: Axis, y: Axis, *, height: float = 300.0) -> None:
        self.x, self.y, self.height = x, y, height
        self._shapes: list[Shape] = []
        self._legend: list[tuple[str, str]] = []

    def at_x(self, value: float) -> float:
        """Return the place of a value from the left."""
        span = (self.x.high - self.x.low) or 1.0
        return _LEFT + (value - self.x.low) / span * (_WIDTH - _LEFT - _RIGHT)

    def at_y(self, value: float) -> float:
        """Return the place of a value from the top."""
        span = (self.y.high - self.y.low) or 1.0
        return self.height - _BOTTOM - (value - self.y.low) / span * (self.height - _TOP - _BOTTOM)

    def column(self, left: float, right: float, bottom: float, top: float, kind: str) -> None:
        """Draw a column between two values of x and of y."""
        if top <= bottom:
            return
        x, y = self.at_x(left), self.at_y(top)
        width = max(self.at_x(right) - x - 1, 0.5)
        self._shapes.append(Rect(x + 0.5, y, width, max(self.at_y(bottom) - y, 0.6), kind))

    def upright(self, x: float, text: str, row: int = 0) -> None:
        """Draw a dashed line at a value of x with a word beside it, in the given row of words from below."""
        at = self.at_x(x)
        end = at > _WIDTH * 0.8
        self._shapes.append(Line(at, at, _TOP, self.height - _BOTTOM, "mark"))
        place, y = at + (-5 if end else 5), self.height - _BOTTOM - 8 - 16 * row
        self._shapes.append(Text(place, y, text, "said", "end" if end else "start"))

    def line(self, series: Series) -> None:
        """Draw a series: a band and a line, or points with their intervals."""
        ys = list(zip(series.x, series.y, strict=True))
        if series.points:
            self._points(series)
        else:
            if series.low:
                edge = [*zip(series.x, series.high, strict=True), *zip(series.x, series.low, strict=True)]
                turned = [*edge[: len(series.x)], *reversed(edge[len(series.x) :])]
                self._shapes.append(Path(self._path(turned) + "Z", f"{series.kind} band"))
            if ys:
                self._shapes.append(Path(self._path(ys), f"{series.kind} line"))
        if series.name:
            self._legend.append((series.name, series.kind))

    def legend(self, name: str, kind: str) -> None:
        """Add a line to the legend."""
        self._legend.append((name, kind))

    def _points(self, series: Series) -> None:
        for i, (x, y) in enumerate(zip(series.x, series.y, strict=True)):
            at = self.at_x(x)
            if series.low:
                y1, y2 = self.at_y(series.high[i]), self.at_y(series.low[i])
                self._shapes.append(Line(at, at, y1, y2, f"{series.kind} whisker"))
            self._shapes.append(Circle(at, self.at_y(y), 4, series.kind))

    def _path(self, points: Sequence[tuple[float, float]]) -> str:
        return "M" + "L".join(f"{self.at_x(x):.1f} {self.at_y(y):.1f}" for x, y in points)

    def chart(self, title: str, description: str) -> Chart:
        """Return the chart with a title and a description for those who cannot see it."""
        return Chart(_WIDTH, self.height, (*self._axes(), *self._shapes), description, title, tuple(self._legend))

    def _axes(self) -> list[Shape]:
        bottom, right = self.height - _BOTTOM, _WIDTH - _RIGHT
        drawn: list[Shape] = []
        for value in self.y.marks():
            y = self.at_y(value)
            drawn += [
                Line(_LEFT, right, y, y, "grid"),
                Text(_LEFT - 8, y + 4, self.y.write(value), anchor="end"),
            ]
        for value in self.x.marks():
            x = self.at_x(value)
            drawn += [
                Line(x, x, bottom, bottom + 5, "tick"),
                Text(x, bottom + 18, self.x.write(value), anchor="middle"),
            ]
        drawn += [
            Line(_LEFT, right, bottom, bottom, "tick"),
            Text((_LEFT + right) / 2, self.height - 6, self.x.label, "axis", "middle"),
            Text(13, (_TOP + bottom) / 2, self.y.label, "axis", "middle", upwards=True),
        ]
        return drawn


def round_ticks(low: float, high: float, wanted: int = 6) -> tuple[float, ...]:
    """Return about `wanted` round numbers (1, 2 or 5 times a power of ten) between two ends."""
    span = high - low
    if span <= 0:
        return (low,)
    raw = span / wanted
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= raw)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return tuple(round(i * step, 10) for i in range(first, last + 1))


def round_up(value: float) -> float:
    """Return the next round number, for the end of an axis."""
    ticks = round_ticks(0.0, max(value, 1e-9))
    step = ticks[1] - ticks[0] if len(ticks) > 1 else max(value, 1e-9)
    return math.ceil(value / step - 1e-9) * step if value > 0 else 1.0


def thinned(length: int, most: int = 240) -> list[int]:
    """Return positions of at most so many points of a long series, its ends among them."""
    if length <= most:
        return list(range(length))
    return sorted({round(i * (length - 1) / (most - 1)) for i in range(most)})
