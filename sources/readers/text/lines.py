"""Texts without tables: each line or paragraph a row, or the whole text one, with titles as context."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

from sources.column_names import fold
from sources.description.document_reader_options import TextualOptions
from sources.description.reader_options import compiled
from sources.locator import Locator
from sources.read_items import (
    Column,
    NonData,
    ReadItem,
    ReadProblem,
    ReadReport,
    Row,
)
from sources.readers.files import SourceFile
from sources.readers.limits import MAX_CELL_CHARS, kept
from sources.readers.row_text import title_groups, unfit
from sources.readers.tables.card_table import CardTable
from sources.readers.tables.header import Header, MissingColumns
from sources.readers.tables.raw_row import RawRow
from sources.readers.tables.titles import Titles

_BROKEN_WORD: Final = re.compile(r"(?<=\w)[-\u00ad]\n(?=[^\W\d_])")
_TITLE_CHARS: Final = 300
_WRAPPED_WIDTH: Final = 45  # characters; shorter lines were ended by their writer


class TextLine(NamedTuple):
    """A line or paragraph, and where it stands; `ends_block` tells that white space follows it."""

    text: str
    locator: Locator
    ends_block: bool = False


@dataclass
class TextReading:
    """One text, and how the description says to read it; `context` holds what is known before its first line.

    `title` is what the file states apart from its text; '' when its first line is the title.
    """

    file: SourceFile
    options: TextualOptions
    columns: Sequence[Column]
    report: ReadReport
    context: dict[str, str]
    places: dict[str, str] = field(default_factory=dict)
    title: str = ""

    def read(self, lines: Iterable[TextLine]) -> Iterator[ReadItem]:
        """Yield a row for each line, paragraph or the whole text; blank ones are nothing.

        Raises:
            SourceError: the description names a column that texts do not have.
        """
        if self.options.read == "cards":
            yield from self._cards(lines)
            return
        names = self.options.text_columns()
        known = {fold(name) for name in names}
        missing = [column for column in self.columns if fold(column.name) not in known and not column.optional]
        if missing:
            raise MissingColumns(self.file, "text", Header(0, 1, list(names), {}), missing).error()
        if self.options.read == "lines":
            yield from self._rows(lines)
        else:
            yield from self._rows(paragraphs(lines) if self.options.read == "paragraphs" else self._whole(lines))

    def _cards(self, lines: Iterable[TextLine]) -> Iterator[ReadItem]:
        """Yield a row for each card of lines `label: value`; titles above them are context."""
        stood: dict[int, Locator] = {}

        def rows() -> Iterator[tuple[int, list[str]]]:
            for number, line in enumerate(lines, start=1):
                stood[number] = line.locator
                text = line.text.strip()
                if not (text and self.options.titles and titles.of_row(RawRow(number, [text]))):
                    yield number, [text]

        titles = Titles(self.options, self.context, self.places)
        table = CardTable(self.file, self.columns, self.report, Locator(), "", titles, stood.__getitem__)
        try:
            yield from table.read(rows())
        except MissingColumns as missing:
            raise missing.error() from None

    def _whole(self, lines: Iterable[TextLine]) -> Iterator[TextLine]:
        """Join all lines into one text, its blocks parted by a blank line; a text beyond all bounds is cut there."""
        parts: list[str] = []
        first: TextLine | None = None
        length = 0
        for block in paragraphs(lines):
            first = first or block
            if length <= MAX_CELL_CHARS:
                parts.append(block.text)
            length += len(block.text) + 2
        if first is not None:
            yield TextLine("\n\n".join(parts), first.locator)

    def _rows(self, units: Iterable[TextLine]) -> Iterator[ReadItem]:
        skip = [compiled(pattern) for pattern in self.options.skip]
        form = compiled(self.options.line) if self.options.line else None
        number = 0
        for unit in units:
            text = unit.text.strip()
            if not text:
                continue
            number += 1
            locator, place = unit.locator, unit.locator.words()
            if found := title_groups(self.options, text):
                self.context = {**self.context, **found}
                self.places = {**self.places, **dict.fromkeys(found, place)}
                if self.options.read != "article":
                    yield NonData(locator, "title")
                    continue
            if any(pattern.search(text) for pattern in skip):
                yield NonData(locator, "skip pattern")
                continue
            if problem := unfit([text]):
                yield ReadProblem(locator, *problem, kept([text]))
                continue
            cells = {"text": text, "title": self.title or text.split("\n", 1)[0][:_TITLE_CHARS]}
            if form is not None:
                if (hit := form.search(text)) is None:
                    yield ReadProblem(locator, "line_unlike", "the line does not fit the pattern `line`", kept([text]))
                    continue
                cells |= {name: (value or "").strip() for name, value in hit.groupdict().items()}
            named = {column.name: cells.get(fold(column.name), cells.get(column.name, "")) for column in self.columns}
            context = {**self.context, **{name: str(value) for name, value in locator.parts()}, "row": str(number)}
            yield Row(locator, named, context, dict.fromkeys(named, place), "", self.places)


def paragraphs(lines: Iterable[TextLine]) -> Iterator[TextLine]:
    """Join the lines of each block; a word that a hyphen broke at the end of a line becomes whole."""
    block: list[TextLine] = []
    for line in lines:
        if line.text.strip():
            block.append(line)
        if block and (line.ends_block or not line.text.strip()):
            yield TextLine(_joined(block), block[0].locator)
            block = []
    if block:
        yield TextLine(_joined(block), block[0].locator)


def _joined(block: Sequence[TextLine]) -> str:
    """Join the lines of a block: with a space where the width of the page broke them, else each on its own."""
    texts = [line.text.strip() for line in block]
    width = max(map(len, texts))
    joined = texts[0]
    for before, text in pairwise(texts):
        wrapped = text[0].islower() or (width >= _WRAPPED_WIDTH and len(before) > 0.8 * width)
        joined += f"\n{text}" if before.endswith(("-", "\u00ad")) or not wrapped else f" {text}"
    return unbroken(joined)


def unbroken(text: str) -> str:
    """Join the words that a line's end broke: `Оле-⏎нівна` is one word, `Нечуй-⏎Левицький` keeps its hyphen."""

    def join(hit: re.Match[str]) -> str:
        follows = hit.string[hit.end() : hit.end() + 1]
        return "" if follows.islower() else "-"

    return _BROKEN_WORD.sub(join, text)
