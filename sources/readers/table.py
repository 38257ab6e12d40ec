"""Tables with titles, headers, repeated headers, totals and footnotes, whatever kind of file they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Final, NamedTuple

from sources.description.reader_options import TableOptions, compiled
from sources.locator import NOWHERE, Locator
from sources.read_items import (
    Column,
    NonData,
    ReadItem,
    ReadProblem,
    ReadReport,
    Row,
)
from sources.readers import header as headers
from sources.readers.files import SourceFile
from sources.readers.header import Header, MissingColumns, letter
from sources.readers.limits import (
    MAX_CELL_CHARS,
    MAX_COLUMNS,
    PATTERN_CHARS,
    kept,
)

_DAMAGED: Final = re.compile("[\udc80-\udcff]")
_TITLE_CHARS: Final = 2000


class RawRow(NamedTuple):
    """A row before it has meaning: its number in the file, from 1, and the text of its cells.

    `across` is the same row with cells merged across filled in, as headers need it. `place` says where a row stands
    whose number is not enough, as in a table that runs over pages: it goes into the locator.
    """

    number: int
    values: list[str]
    across: list[str] | None = None
    place: Locator | None = None


@dataclass
class Table:
    """One table of a file, and how the description says to read it.

    `locator` and `at` say where it stands; `context` holds what is known before its first row. `strict` makes a row
    with fewer or more cells than the header a problem.
    """

    file: SourceFile
    options: TableOptions
    columns: Sequence[Column]
    report: ReadReport
    locator: Locator = NOWHERE
    at: str = ""
    context: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    strict: bool = False

    def read(self, raw: Iterable[RawRow | ReadProblem]) -> Iterator[ReadItem]:
        """Yield the rows below the header, each as a row, a problem, or declared non-data; blank rows are nothing.

        Raises:
            MissingColumns: the table lacks a column that the description names and does not call optional.
        """
        stream = iter(raw)
        window = list(islice(stream, max([headers.HEADER_WINDOW, *self.options.header_rows])))
        above = [row for row in window if isinstance(row, RawRow) and any(map(str.strip, row.values))]
        if max((len(row.values) for row in above), default=0) > MAX_COLUMNS:
            mend = "a list does not look like this: ask the sender for a plain file; nothing was stored"
            raise self.file.error(f"a row has more than {MAX_COLUMNS:,} columns", mend, self.at)
        first = window[0] if window else None
        if isinstance(first, ReadProblem) and (not above or first.code == "line_too_long"):
            mend = "ask the sender for a plain file; nothing was stored"
            raise self.file.error(f"no header can be read: {first.reason}", mend, self.at)
        header = self._header(above)
        missing = [column for column in self.columns if column.name not in header.found and not column.optional]
        if missing:
            raise MissingColumns(self.file, self.at, header, missing)
        self._note_header(header, above)
        self._titles(above[: header.start])
        consumed = {row.number for row in above[: header.end]}
        rest = (row for row in window if isinstance(row, ReadProblem) or row.number not in consumed)
        repeated = {_folded(row.values) for row in above[header.start : header.end]}
        return self._rows(chain(rest, stream), header, repeated)

    def _header(self, rows: list[RawRow]) -> Header:
        values = [[value.strip() for value in row.across or row.values] for row in rows]
        if self.options.header == "none":
            return headers.lettered(max(map(len, values), default=0), self.columns)
        if not values:
            raise self.file.error("there is no row", "ask for the file again; nothing was stored", self.at)
        wanted = self.options.header_rows
        if not wanted:
            return headers.find(values, self.columns)
        indices = [index for index, row in enumerate(rows) if row.number in wanted]
        if len(indices) != len(wanted):
            listed = ", ".join(map(str, wanted))
            raise self.file.error(
                f"row {listed} is no header: it is blank or absent",
                "correct `header`, or write `header: auto`",
                self.at,
            )
        names = headers.join_rows([values[index] for index in indices])
        return Header(indices[0], indices[-1] - indices[0] + 1, names, headers.match(names, self.columns))

    def _note_header(self, header: Header, rows: list[RawRow]) -> None:
        where = f" of {self.at}" if self.at else ""
        numbers = [str(row.number) for row in rows[header.start : header.end]]
        self.report.facts[f"header rows{where}"] = ", ".join(numbers) or "none"
        used = set(header.found.values())
        if unused := [name for index, name in enumerate(header.names) if name and index not in used]:
            self.report.facts[f"columns not used{where}"] = ", ".join(unused)

    def _titles(self, rows: list[RawRow]) -> None:
        matched = [self._title(row) for row in rows]
        text = " ".join(_text(row.values) for row in rows)[:_TITLE_CHARS]
        if len(rows) > 1:
            for pattern in self.options.titles:
                if hit := compiled(pattern).search(text):
                    for name, value in _groups(hit).items():
                        self.context.setdefault(name, value)
                        self.places.setdefault(name, f"rows {rows[0].number}-{rows[-1].number}")
                    matched.append(True)
        known = any(name in self.context for title in self.options.titles for name in compiled(title).groupindex)
        if self.options.titles and not any(matched) and not known:
            self.report.notes.append(f"no title pattern matched above the header{' of ' + self.at if self.at else ''}")

    def _title(self, row: RawRow) -> bool:
        """Take context from a title row; each group that a pattern finds replaces what was known."""
        text = _text(row.values)[:_TITLE_CHARS]
        matched = False
        for pattern in self.options.titles:
            if hit := compiled(pattern).search(text):
                place = f"{letter(next(index for index, value in enumerate(row.values) if value.strip()))}{row.number}"
                found = _groups(hit)
                self.context = {**self.context, **found}
                self.places = {**self.places, **dict.fromkeys(found, place)}
                matched = True
        return matched

    def _rows(
        self, raw: Iterable[RawRow | ReadProblem], header: Header, repeated: set[tuple[str, ...]]
    ) -> Iterator[ReadItem]:
        names = list(header.found.items())
        letters = {name: letter(index) for name, index in names}
        width = max((index for index, name in enumerate(header.names, start=1) if name), default=0)
        skip = [compiled(pattern) for pattern in self.options.skip]
        numbering = [str(number) for number in range(1, width + 1)]
        starts = {(len(names), names[0]) for names in repeated if names}
        first = True
        for row in raw:
            if isinstance(row, ReadProblem):
                yield row
                continue
            values = [value.strip() for value in row.values]
            filled = [value for value in values if value]
            if not filled:
                continue
            locator = row.place or self.locator._replace(row=row.number)
            if (len(filled), headers.fold(filled[0])) in starts and _folded(filled) in repeated:
                yield NonData(locator, "repeated header")
                continue
            if first and width > 2 and values[:width] == numbering:
                yield NonData(locator, "column numbers")
                continue
            first = False
            if self.options.titles and len(set(filled)) == 1 and self._title(row):
                yield NonData(locator, "title")
                continue
            if skip and any(pattern.search(_text(values)[:PATTERN_CHARS]) for pattern in skip):
                yield NonData(locator, "skip pattern")
                continue
            if problem := self._problem(values, filled, width):
                yield ReadProblem(locator, *problem, kept(values))
                continue
            if len(values) < width:
                values += [""] * (width - len(values))
            cells = {name: values[index] for name, index in names}
            yield Row(locator, cells, self.context, letters, str(locator.row), self.places)

    def _problem(self, values: list[str], filled: list[str], width: int) -> tuple[str, str] | None:
        """Return the code and reason for which a row cannot be a record, or nothing."""
        if self.strict and (len(values) < width or any(values[width:])):
            return "wrong_cell_count", f"the row has {len(values)} cells where the header has {width}"
        return unfit(filled)


def unfit(filled: Sequence[str]) -> tuple[str, str] | None:
    """Return the code and reason for which a text among the filled ones of a row cannot be kept, or nothing."""
    longest = max(map(len, filled), default=0)
    if longest > MAX_CELL_CHARS:
        return "cell_too_long", f"a cell has {longest:,} characters; at most {MAX_CELL_CHARS:,} are read"
    for value in filled:
        if not value.isascii() and not value.isprintable() and _DAMAGED.search(value):
            return "encoding_damage", "a cell has bytes that the file's encoding cannot explain"
        if "\x00" in value:
            return "nul_byte", "a cell has NUL bytes"
    return None


def title_groups(options: TableOptions, text: str) -> dict[str, str]:
    """Return what the title patterns of a description find in a text that stands outside tables."""
    found: dict[str, str] = {}
    for pattern in options.titles:
        if hit := compiled(pattern).search(text[:_TITLE_CHARS]):
            found |= _groups(hit)
    return found


def _folded(values: Sequence[str]) -> tuple[str, ...]:
    """Return a row as repeated headers are recognised: its filled cells, folded."""
    return tuple(headers.fold(value) for value in values if value.strip())


def _text(values: Sequence[str]) -> str:
    """Return the text of a row; a merged cell that was filled stands once."""
    stripped = [" ".join(value.split()) for value in values]
    return " ".join(
        value for value, before in zip(stripped, ["", *stripped], strict=False) if value and value != before
    )


def _groups(hit: re.Match[str]) -> dict[str, str]:
    return {name: " ".join(value.split()) for name, value in hit.groupdict().items() if value and value.strip()}
