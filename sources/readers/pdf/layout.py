"""What stands on a page of a PDF file: words, lines and ruled tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Word(NamedTuple):
    """A word of a line, between two places from the left of the page, in points."""

    left: float
    right: float
    text: str


class Line(NamedTuple):
    """A line of words; `size` is that of its letters; `struck`: a line is drawn through it."""

    top: float
    bottom: float
    size: float
    words: tuple[Word, ...]
    struck: bool = False

    @property
    def text(self) -> str:
        """The words with single spaces."""
        return " ".join(word.text for word in self.words)


class RuledTable(NamedTuple):
    """A table drawn with lines: of each row its cells, its cells with merged ones filled in, and if it is struck."""

    top: float
    bottom: float
    rows: list[tuple[list[str], list[str], bool]]


@dataclass(frozen=True)
class Page:
    """A page: its number from 1, its height, the lines outside ruled tables, and these.

    `scan`: read from a picture; `slanted`: letters of slanted text that are left out; `western`: its letters were
    stored under Western codes.
    """

    number: int
    height: float
    lines: tuple[Line, ...]
    tables: tuple[RuledTable, ...]
    scan: bool = False
    slanted: int = 0
    western: bool = False
