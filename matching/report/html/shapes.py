"""Shapes of a drawing: numbers, words and a CSS class each; `templates/charts.html` writes them as SVG.

Coordinates are in units of the drawing, from its upper left corner. `kind` is the CSS class, which gives the colour;
`title` is said when one points at the shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle; `rounded` is the radius of its corners, `opacity` that of its filling."""

    form: ClassVar[str] = "rect"
    x: float
    y: float
    width: float
    height: float
    kind: str
    rounded: float = 0.0
    opacity: float | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line."""

    form: ClassVar[str] = "line"
    x1: float
    x2: float
    y1: float
    y2: float
    kind: str


@dataclass(frozen=True, slots=True)
class Circle:
    """A dot."""

    form: ClassVar[str] = "circle"
    x: float
    y: float
    radius: float
    kind: str


@dataclass(frozen=True, slots=True)
class Path:
    """Any outline, in SVG's own language of paths."""

    form: ClassVar[str] = "path"
    d: str
    kind: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Words.

    Attributes:
        x, y: Where they begin (or end, or have their middle), on the line.
        words: What is written; pieces with a CSS class of their own ('' for none) as pairs of words and class.
        kind: CSS class, '' for none.
        anchor: What stands at `x`: `start`, `middle` or `end`.
        upwards: Written from below to above.
    """

    form: ClassVar[str] = "text"
    x: float
    y: float
    words: str | tuple[tuple[str, str], ...]
    kind: str = ""
    anchor: str = "start"
    upwards: bool = False

    @property
    def pieces(self) -> tuple[tuple[str, str], ...]:
        """Return the pieces, one when the words have none."""
        return ((self.words, ""),) if isinstance(self.words, str) else self.words


Shape = Rect | Line | Circle | Path | Text


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes in a frame, with the words that say what they show to those who cannot see it."""

    width: float
    height: float
    shapes: Sequence[Shape]
    description: str


@dataclass(frozen=True, slots=True)
class Chart(Drawing):
    """A drawing with a heading and a legend of names and CSS classes."""

    title: str
    legend: Sequence[tuple[str, str]] = ()


def coordinate(value: float) -> str:
    """Write a coordinate with two decimals at most."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
