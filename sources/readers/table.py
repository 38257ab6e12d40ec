"""Tables with titles, headers, repeated headers, totals and footnotes, whatever kind of file they stand in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Final, NamedTuple

from sources.column_names import fold
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
from sources.readers import cells, layouts
from sources.readers import header as headers
from sources.readers.card_table import CardTable
from sources.readers.files import SourceFile
from sources.readers.header import Header, MissingColumns, letter
from sources.readers.limits import (
    MAX_COLUMNS,
    PATTERN_CHARS,
    kept,
)
from sources.readers.row_text import TITLE_CHARS, folded, groups_of, text_of, unfit

MARKS: Final = {"struck": "row_struck_through", "comment": "row_has_comment", "struck_cell": "cell_struck_through"}
"""The doubt that each mark of a row makes."""
_LINKS: Final = frozenset({"parent_key", "_parent_index"})
"""Columns by which a row of a repeat group points to its form; sheets of one workbook are joined by them."""
_TOLD: Final = {
    "struck": "{} struck through: in doubt; `struck: skip` leaves them out",
    "struck_cell": "{} with a single cell struck through: that cell is left out",
    "hidden": "{} hidden (by hand or by a filter): read; `hidden_rows: skip` leaves them out",
    "comment": "{} with a comment on a cell, which is not read: in doubt; look at it in the file",
    "mended": "{} written in UTF-8 and read as another code page: the letters are repaired",
}


class RawRow(NamedTuple):
    """A row before it has meaning: its number in the file, from 1, and the text of its cells.

    `across` is the same row with cells merged across filled in, as headers need it. `place` says where a row stands
    whose number is not enough, as in a table that runs over pages: it goes into the locator. `marks` are what the form
    of the row says: `struck`, `hidden`, `comment`. `elsewhere` gives the place of cells that were taken from another
    sheet, by their index.
    """

    number: int
    values: list[str]
    across: list[str] | None = None
    place: Locator | None = None
    marks: frozenset[str] = frozenset()
    elsewhere: Mapping[int, str] = {}


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
    found: Counter[str] = field(default_factory=Counter)

    def read(self, raw: Iterable[RawRow | ReadProblem]) -> Iterator[ReadItem]:
        """Yield the rows below the header, each as a row, a problem, or declared non-data; blank rows are nothing.

        Raises:
            MissingColumns: the table lacks a column that the description names and does not call optional.
        """
        stream = map(self._mended, raw)
        window = list(islice(stream, max([headers.HEADER_WINDOW, *self.options.header_rows])))
        above = [row for row in window if isinstance(row, RawRow) and any(map(str.strip, row.values))]
        if max((len(row.values) for row in above), default=0) > MAX_COLUMNS:
            mend = "a list does not look like this: ask the sender for a plain file; nothing was stored"
            raise self.file.error(f"a row has more than {MAX_COLUMNS:,} columns", mend, self.at)
        first = window[0] if window else None
        if isinstance(first, ReadProblem) and (not above or first.code == "line_too_long"):
            mend = "ask the sender for a plain file; nothing was stored"
            raise self.file.error(f"no header can be read: {first.reason}", mend, self.at)
        if self._is_card(above):
            return self._cards(chain(window, stream))
        header = self._header(above)
        missing = [column for column in self.columns if column.name not in header.found and not column.optional]
        if missing:
            raise MissingColumns(self.file, self.at, header, missing)
        self._refuse_table_above(header, above)
        lists = layouts.beside(header, self.columns)
        self._note_header(header, above, lists)
        self._titles(above[: header.start])
        consumed = {row.number for row in above[: header.end]}
        rest = (row for row in window if isinstance(row, ReadProblem) or row.number not in consumed)
        repeated = {folded(row.values) for row in above[header.start : header.end]}
        return self._rows(chain(rest, stream), header, repeated, lists)

    def _mended(self, row: RawRow | ReadProblem) -> RawRow | ReadProblem:
        """Undo UTF-8 that was read as another code page, in headers and titles as in cells."""
        if isinstance(row, ReadProblem) or not any(map(cells.is_broken, row.values)):
            return row
        self.found["mended"] += 1
        across = [cells.mended(value) for value in row.across] if row.across else None
        return row._replace(values=[cells.mended(value) for value in row.values], across=across)

    def _is_card(self, rows: list[RawRow]) -> bool:
        if self.options.layout != "auto" or self.options.header != "auto" or not rows:
            return self.options.layout == "cards"
        values = [[value.strip() for value in row.values] for row in rows]
        return layouts.is_card(values, self.columns, headers.find(values, self.columns))

    def _cards(self, raw: Iterable[RawRow | ReadProblem]) -> Iterator[ReadItem]:
        rows = ((row.number, [value.strip() for value in row.values]) for row in raw if isinstance(row, RawRow))
        cards = CardTable(self.file, self.columns, self.report, self.locator, self.at, self.context, self.places)
        yield from cards.read(rows)
        self._tell_found()

    def _refuse_table_above(self, header: Header, rows: list[RawRow]) -> None:
        """Refuse to take a table above the header for its titles.

        Raises:
            SourceError: one has a header and rows of its own.
        """
        if self.options.header != "auto":
            return
        known = frozenset(fold(name) for name in header.names if name)
        data_between = False
        for row in reversed(rows[: header.start]):
            filled = [value.strip() for value in row.values if value.strip()]
            if data_between and layouts.is_header(filled, known):
                raise self.file.error(
                    f"a table with other columns stands above the header in row {rows[header.start].number}",
                    f"put it into a file of its own, or write `header: {rows[header.start].number}` to leave it out",
                    f"{self.at} row {row.number}".strip(),
                )
            data_between = data_between or len(filled) > 1

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

    def _note_header(self, header: Header, rows: list[RawRow], lists: list[dict[str, int]]) -> None:
        where = f" of {self.at}" if self.at else ""
        numbers = [str(row.number) for row in rows[header.start : header.end]]
        self.report.facts[f"header rows{where}"] = ", ".join(numbers) or "none"
        used = {index for each in lists for index in each.values()}
        if len(lists) > 1:
            self.report.notes.append(f"{len(lists)} lists stand side by side{where}: all are read")
        for name in layouts.second_names(header, self.columns, lists):
            self.report.notes.append(
                f"in doubt: a second column '{name}'{where} has the name of one that is read, and is not read itself"
            )
        if not self.locator.sheet and not _LINKS.isdisjoint(map(fold, filter(None, header.names))):
            self.report.notes.append(
                f"in doubt: the rows{where} are a repeat group of a form that stands in another file, and the form's "
                "own cells (such as the family's telephone) are not read with them: deliver both as sheets of one "
                "workbook"
            )
        if unused := [name for index, name in enumerate(header.names) if name and index not in used]:
            self.report.facts[f"columns not used{where}"] = ", ".join(unused)

    def _titles(self, rows: list[RawRow]) -> None:
        matched = [self._title(row) for row in rows]
        text = " ".join(text_of(row.values) for row in rows)[:TITLE_CHARS]
        if len(rows) > 1:
            for pattern in self.options.titles:
                if hit := compiled(pattern).search(text):
                    for name, value in groups_of(hit).items():
                        self.context.setdefault(name, value)
                        self.places.setdefault(name, f"rows {rows[0].number}-{rows[-1].number}")
                    matched.append(True)
        known = any(name in self.context for title in self.options.titles for name in compiled(title).groupindex)
        if self.options.titles and not any(matched) and not known:
            self.report.notes.append(f"no title pattern matched above the header{' of ' + self.at if self.at else ''}")

    def _title(self, row: RawRow) -> bool:
        """Take context from a title row; each group that a pattern finds replaces what was known."""
        text = text_of(row.values)[:TITLE_CHARS]
        matched = False
        for pattern in self.options.titles:
            if hit := compiled(pattern).search(text):
                place = f"{letter(next(index for index, value in enumerate(row.values) if value.strip()))}{row.number}"
                found = groups_of(hit)
                self.context = {**self.context, **found}
                self.places = {**self.places, **dict.fromkeys(found, place)}
                matched = True
        return matched

    def _rows(
        self,
        raw: Iterable[RawRow | ReadProblem],
        header: Header,
        repeated: set[tuple[str, ...]],
        lists: list[dict[str, int]],
    ) -> Iterator[ReadItem]:
        width = max((index for index, name in enumerate(header.names, start=1) if name), default=0)
        skip = [compiled(pattern) for pattern in self.options.skip]
        numbering = [str(number) for number in range(1, width + 1)]
        known = frozenset(fold(part) for name in header.names if name for part in (name, *name.split(" / ")))
        starts = {(len(names), names[0]) for names in repeated if names}
        second: layouts.SecondHeader | None = None
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
            if (len(filled), fold(filled[0])) in starts and folded(filled) in repeated:
                yield NonData(locator, "repeated header")
                continue
            if self.options.header != "none" and layouts.is_header(filled, known):
                second = second or layouts.SecondHeader(self.columns)
                second.rows.append((row.number, [value.strip() for value in row.across or row.values]))
                yield NonData(locator, "header of a further table")
                continue
            if second is not None:
                lists, width = self._further(second, lists)
                second = None
            if first and width > 2 and values[:width] == numbering:
                yield NonData(locator, "column numbers")
                continue
            first = False
            if self.options.titles and len(set(filled)) == 1 and self._title(row):
                yield NonData(locator, "title")
                continue
            if skip and any(pattern.search(text_of(values)[:PATTERN_CHARS]) for pattern in skip):
                yield NonData(locator, "skip pattern")
                continue
            if left_out := self._left_out(row):
                yield NonData(locator, left_out)
                continue
            if problem := self._problem(values, filled, width):
                yield ReadProblem(locator, *problem, kept(values))
                continue
            doubts = tuple(MARKS[mark] for mark in MARKS if mark in row.marks)
            for item in self._of_lists(values, locator, lists, doubts):
                yield _placed(item, row, lists[0]) if row.elsewhere else item
        self._tell_found()

    def _of_lists(
        self, values: list[str], locator: Locator, lists: list[dict[str, int]], doubts: tuple[str, ...]
    ) -> Iterator[Row]:
        """Yield the row of each of the lists that stand side by side; of one list, its row."""
        width = len(values)
        for number, found in enumerate(lists, start=1):
            cells = {name: values[index] if index < width else "" for name, index in found.items()}
            if len(lists) > 1 and not any(cells.values()):
                continue
            letters = {name: letter(index) for name, index in found.items()}
            at = locator._replace(beside=number) if number > 1 else locator
            yield Row(at, cells, self.context, letters, str(locator.row), self.places, doubts)

    def _further(self, second: layouts.SecondHeader, lists: list[dict[str, int]]) -> tuple[list[dict[str, int]], int]:
        """Return the columns of a table below the first, by its own header, and how wide that is.

        Raises:
            SourceError: it lacks a column.
        """
        header, missing = second.found()
        if missing:
            named = ", ".join(f"'{column.name}'" for column in missing)
            raise self.file.error(
                f"a further table begins, and its header lacks {named}",
                "put it into a file of its own, or give its column as an alternative: {any_of: [first, second]}",
                f"{self.at} row {second.rows[0][0]}".strip(),
            )
        if header.found != lists[0]:
            where = f" of {self.at}" if self.at else ""
            self.report.notes.append(
                f"a further table with its own order of columns begins in row {second.rows[0][0]}{where}: read by it"
            )
        width = max(index for index, name in enumerate(header.names, start=1) if name)
        return layouts.beside(header, self.columns), width

    def _left_out(self, row: RawRow) -> str:
        """Count what the form of a row says; return why it is left out, '' when it is read."""
        for mark in row.marks:
            self.found[mark] += 1
        if "struck" in row.marks and self.options.struck == "skip":
            return "struck through"
        if "hidden" in row.marks and self.options.hidden_rows == "skip":
            return "hidden"
        return ""

    def _tell_found(self) -> None:
        """Note what the form of the rows said."""
        where = f" of {self.at}" if self.at else ""
        for name, text in _TOLD.items():
            if count := self.found[name]:
                self.report.notes.append(text.format(f"{count} row{'s' if count > 1 else ''}{where}"))

    def _problem(self, values: list[str], filled: list[str], width: int) -> tuple[str, str] | None:
        """Return the code and reason for which a row cannot be a record, or nothing."""
        if self.strict and (len(values) < width or any(values[width:])):
            return "wrong_cell_count", f"the row has {len(values)} cells where the header has {width}"
        return unfit(filled)


def _placed(item: Row, row: RawRow, found: Mapping[str, int]) -> Row:
    """Return a row with whole places of its cells, some of which stand in another sheet."""
    places = {name: row.elsewhere.get(index, f"{letter(index)}{row.number}") for name, index in found.items()}
    return item._replace(places=places, suffix="", context={**item.context, "row": str(row.number)})
