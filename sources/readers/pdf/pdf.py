"""PDFs and scans: tables that run over pages, with titles in the lines above them, or lines, paragraphs, articles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from sources.description.document_reader_options import PdfOptions
from sources.locator import Locator
from sources.read_items import (
    Column,
    ReadItem,
    ReadReport,
    Row,
)
from sources.readers.files import SourceFile, named_context
from sources.readers.kinds import content_of
from sources.readers.pdf import pages as pdf_pages
from sources.readers.pdf import running_text, whitespace_tables
from sources.readers.pdf.layout import Line, Page, RuledTable
from sources.readers.row_text import title_groups
from sources.readers.tables.raw_row import RawRow
from sources.readers.tables.several_tables import SeveralTables
from sources.readers.tables.table import Table
from sources.readers.text.lines import TextLine, TextReading, unbroken


def read(file: SourceFile, options: PdfOptions, columns: Sequence[Column], report: ReadReport) -> Iterator[ReadItem]:
    """Yield the rows of the tables of a PDF or scan, or its lines, paragraphs or whole text.

    Raises:
        SourceError: the file is damaged or hostile, a scan cannot be read here, or a named column is absent.
    """
    first, _, last = (options.pages or "1-").partition("-")
    found = pdf_pages.pages(
        file,
        first=max(1, int(first)),
        last=int(last or 0) if "-" in (options.pages or "-") else int(first),
        mode="spaced" if options.tables == "spaced" or options.read != "tables" else "ruled",
        languages=options.languages,
        picture=options.kind == "scan" or content_of(file.path) == "image",
    )
    pages = running_text.without(_told(found, report), report, keep_first=options.read == "tables")
    if options.read == "tables":
        yield from _tables(file, options, columns, report, pages)
    else:
        reading = TextReading(file, options, columns, report, *named_context(file, options))
        yield from reading.read(_lines(pages))


def _told(pages: Iterator[Page], report: ReadReport) -> Iterator[Page]:
    """Report how many pages there are, and which of them are scans."""
    told: set[str] = set()
    for page in pages:
        report.facts["pages"] = str(page.number)
        if page.slanted and "slanted" not in told:
            told.add("slanted")
            report.notes.append(f"slanted text (a watermark) is left out, first on page {page.number}")
        if page.western and "western" not in told:
            told.add("western")
            report.notes.append(f"letters stored under Western codes are read as Cyrillic, first on page {page.number}")
        if page.scan:
            if "scanned pages" not in report.facts:
                report.notes.append("scans are read by machine: hold names and dates against the picture")
            before = report.facts.get("scanned pages", "")
            report.facts["scanned pages"] = f"{before}, {page.number}" if before else str(page.number)
        yield page


def _lines(pages: Iterator[Page]) -> Iterator[TextLine]:
    for page in pages:
        height = 0.0
        for number, line in enumerate(page.lines):
            below = page.lines[number + 1] if number + 1 < len(page.lines) else None
            height = line.bottom - line.top
            # A page's end ends no paragraph: the sentence may go on overleaf.
            ends = below is not None and below.top - line.bottom > 0.8 * height
            yield TextLine(line.text, Locator(page=page.number, line=number + 1), ends)


class PlacedRow(NamedTuple):
    """A row of a table, and which table of the file it belongs to, as the `TableFinder` counts them."""

    table: int
    row: RawRow


@dataclass
class TableFinder:
    """Finds the tables of a file as page after page comes in: one that goes on overleaf is one table."""

    options: PdfOptions
    context: dict[str, str]
    places: dict[str, str]
    contexts: dict[int, tuple[dict[str, str], dict[str, str]]] = field(default_factory=dict)
    table: int = 0
    width: int = 0
    numbered: int = 0
    ruled: bool = False
    titled: bool = False
    columns: whitespace_tables.Layout | None = None
    unread: int = 0

    def rows(self, pages: Iterator[Page]) -> Iterator[PlacedRow]:
        """Yield the rows of all tables in their order."""
        for page in pages:
            self.ruled = self.ruled or bool(page.tables)
            if self.ruled or self.options.tables == "ruled":
                yield from self._ruled(page)
            else:
                yield from self._spaced(page)

    def _title(self, page: Page, line: Line) -> None:
        found = title_groups(self.options, line.text)
        self.unread += not found
        if found and found != {name: self.context.get(name) for name in found}:
            self.context = {**self.context, **found}
            self.places = {**self.places, **dict.fromkeys(found, f"page {page.number}")}
            self.titled = True

    def _row(self, page: Page, number: int, values: list[str], across: list[str], *, struck: bool) -> PlacedRow:
        width = len(values)
        if not self.table or self.titled or width != self.width:
            self.table += 1
            self.contexts[self.table] = (dict(self.context), dict(self.places))
            self.width, self.titled = width, False
        self.numbered += 1
        place, marks = Locator(page=page.number, row=number), frozenset({"struck"} if struck else ())
        return PlacedRow(self.table, RawRow(self.numbered, values, across, place, marks))

    def _ruled(self, page: Page) -> Iterator[PlacedRow]:
        number = 0
        parts: list[Line | RuledTable] = [*page.lines, *page.tables]
        for part in sorted(parts, key=lambda part: part.top):
            if isinstance(part, Line):
                self._title(page, part)
                continue
            for values, across, struck in part.rows:
                number += 1
                yield self._row(page, number, [*map(_cell, values)], [*map(_cell, across)], struck=struck)

    def _spaced(self, page: Page) -> Iterator[PlacedRow]:
        """Yield rows of tables that only white space draws; what is no row may be a title."""
        gap = whitespace_tables.SCAN_GAP if page.scan else whitespace_tables.GAP
        widest = max((len(whitespace_tables.chunks(line, gap)) for line in page.lines), default=0)
        if self.columns is None or widest > self.columns.width:
            self.columns = whitespace_tables.layout(page.lines, gap) or self.columns
        number = 0
        for part in whitespace_tables.rows(page.lines, self.columns, gap) if self.columns else page.lines:
            if isinstance(part, Line):
                self._title(page, part)
            else:
                number += 1
                cells = [*map(_cell, part)]
                yield self._row(page, number, cells, cells, struck=part.struck)


def _cell(text: str) -> str:
    """Return the text of a cell in one line: the width of the column broke it."""
    return " ".join(unbroken(text).split())


def _tables(
    file: SourceFile, options: PdfOptions, columns: Sequence[Column], report: ReadReport, pages: Iterator[Page]
) -> Iterator[ReadItem]:
    finder, tables = TableFinder(options, *named_context(file, options)), SeveralTables(report)
    for number, group in groupby(finder.rows(pages), key=lambda placed: placed.table):
        context, places = finder.contexts[number]
        at = f"table {number}"
        context, places = {**context, "table": str(number)}, {**places, "table": at}
        table = Table(file, options, columns, report, Locator(), at, context, places)
        for item in tables.read(table, (placed.row for placed in group)):
            page = {"page": str(item.locator.page)}
            yield item._replace(context={**item.context, **page}) if isinstance(item, Row) else item
    if finder.unread:
        report.facts["lines outside tables, not read"] = str(finder.unread)
    tables.require(file.error("the file has no table", "write `read: lines` or `read: article` under reader"))
