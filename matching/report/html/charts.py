"""Charts with axes, as inline SVG that takes its colours from the page."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matching.report.html.markup import Html, element, join

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
        self._shapes: list[Html] = []
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
        self._shapes.append(
            element("rect", x=x + 0.5, y=y, width=width, height=max(self.at_y(bottom) - y, 0.6), class_=kind)
        )

    def upright(self, x: float, text: str, row: int = 0) -> None:
        """Draw a dashed line at a value of x with a word beside it, in the given row of words from below."""
        at = self.at_x(x)
        end = at > _WIDTH * 0.8
        self._shapes.append(element("line", x1=at, x2=at, y1=_TOP, y2=self.height - _BOTTOM, class_="mark"))
        anchor = "end" if end else "start"
        place = at + (-5 if end else 5)
        self._shapes.append(
            element("text", text, x=place, y=self.height - _BOTTOM - 8 - 16 * row, text_anchor=anchor, class_="said")
        )

    def line(self, series: Series) -> None:
        """Draw a series: a band and a line, or points with their intervals."""
        ys = list(zip(series.x, series.y, strict=True))
        if series.points:
            self._points(series)
        else:
            if series.low:
                edge = [*zip(series.x, series.high, strict=True), *zip(series.x, series.low, strict=True)]
                turned = [*edge[: len(series.x)], *reversed(edge[len(series.x) :])]
                self._shapes.append(element("path", d=self._path(turned) + "Z", class_=f"{series.kind} band"))
            if ys:
                self._shapes.append(element("path", d=self._path(ys), class_=f"{series.kind} line"))
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
                self._shapes.append(element("line", x1=at, x2=at, y1=y1, y2=y2, class_=f"{series.kind} whisker"))
            self._shapes.append(element("circle", cx=at, cy=self.at_y(y), r=4, class_=series.kind))

    def _path(self, points: Sequence[tuple[float, float]]) -> str:
        return "M" + "L".join(f"{self.at_x(x):.1f} {self.at_y(y):.1f}" for x, y in points)

    def svg(self, title: str, description: str) -> Html:
        """Return the chart with a title and a description for those who cannot see it."""
        drawing = element(
            "svg",
            element("title", title),
            element("desc", description),
            self._axes(),
            self._shapes,
            viewBox=f"0 0 {_WIDTH:.0f} {self.height:.0f}",
            role="img",
            class_="plot",
            aria_label=f"{title}. {description}",
        )
        named = [element("li", element("span", class_=f"key {kind}"), name) for name, kind in self._legend]
        return element(
            "figure",
            element("figcaption", element("b", title), element("ul", named, class_="legend") if named else None),
            element("div", drawing, class_="scroll", tabindex="0", role="group", aria_label=title),
        )

    def _axes(self) -> Html:
        bottom, right = self.height - _BOTTOM, _WIDTH - _RIGHT
        parts = []
        for value in self.y.marks():
            y = self.at_y(value)
            parts.append(element("line", x1=_LEFT, x2=right, y1=y, y2=y, class_="grid"))
            parts.append(element("text", self.y.write(value), x=_LEFT - 8, y=y + 4, text_anchor="end"))
        for value in self.x.marks():
            x = self.at_x(value)
            parts.append(element("line", x1=x, x2=x, y1=bottom, y2=bottom + 5, class_="tick"))
            parts.append(element("text", self.x.write(value), x=x, y=bottom + 18, text_anchor="middle"))
        parts.append(element("line", x1=_LEFT, x2=right, y1=bottom, y2=bottom, class_="tick"))
        middle = (_LEFT + right) / 2
        parts.append(element("text", self.x.label, x=middle, y=self.height - 6, text_anchor="middle", class_="axis"))
        turned = f"translate(13 {(_TOP + bottom) / 2:.0f}) rotate(-90)"
        parts.append(element("text", self.y.label, transform=turned, text_anchor="middle", class_="axis"))
        return join(parts)


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
