"""Tables with titles, headers, repeated headers, totals and footnotes, whatever kind of file they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

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
from sources.readers.files import SourceFile
from sources.readers.limits import (
    MAX_COLUMNS,
    PATTERN_CHARS,
    kept,
)
from sources.readers.row_text import folded, text_of, unfit
from sources.readers.tables import header as headers
from sources.readers.tables import label_cards, layouts, repeat_groups, side_lists
from sources.readers.tables.card_table import CardTable
from sources.readers.tables.header import Header, MissingColumns, letter
from sources.readers.tables.raw_row import MARKS, Marks, RawRow
from sources.readers.tables.side_lists import SideList
from sources.readers.tables.titles import Titles
from transliteration.text import changed_letters


@dataclass
class Table:
    """One table of a file, and how the description says to read it.

    `locator` and `at` say where it stands; `context` holds what is known before its first row. `strict` makes a row
    with fewer or more cells than the header a problem. `with_form`: it is a repeat group, joined with its form.
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
    with_form: bool = False

    def __post_init__(self) -> None:
        self._marks = Marks(self.options)
        self._keys = [column.name for column in self.columns if column.used_by == "key"]
        self._titles = Titles(self.options, self.context, self.places)

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
        lists = side_lists.beside(header, self.columns)
        self._note_header(header, above, lists)
        self._titles.read(above[: header.start], self.report, self.at)
        consumed = {row.number for row in above[: header.end]}
        rest = (row for row in window if isinstance(row, ReadProblem) or row.number not in consumed)
        repeated = {folded(row.values) for row in above[header.start : header.end]}
        return self._rows(chain(rest, stream), header, repeated, lists)

    def _mended(self, row: RawRow | ReadProblem) -> RawRow | ReadProblem:
        """Undo UTF-8 that was read as another code page, in headers and titles as in cells."""
        if isinstance(row, ReadProblem) or not changed_letters.may_be_broken("\x1f".join(row.values)):
            return row
        if not any(map(changed_letters.is_broken, row.values)):
            return row
        self._marks.found["mended"] += 1
        across = [changed_letters.mended(value) for value in row.across] if row.across else None
        return row._replace(values=[changed_letters.mended(value) for value in row.values], across=across)

    def _is_card(self, rows: list[RawRow]) -> bool:
        if self.options.layout != "auto" or self.options.header != "auto" or not rows:
            return self.options.layout == "cards"
        values = [[value.strip() for value in row.values] for row in rows]
        return label_cards.is_card(values, self.columns, headers.find(values, self.columns))

    def _cards(self, raw: Iterable[RawRow | ReadProblem]) -> Iterator[ReadItem]:
        rows = (
            (row.number, [value.strip() for value in row.values])
            for row in raw
            if isinstance(row, RawRow) and not self._is_title(row)
        )
        cards = CardTable(self.file, self.columns, self.report, self.locator, self.at, self._titles)
        yield from cards.read(rows)
        self._marks.tell(self.report, self.at)

    def _is_title(self, row: RawRow) -> bool:
        """Take the context of a title that stands above cards or between them."""
        alone = len({value.strip() for value in row.values} - {""}) == 1
        return bool(self.options.titles) and alone and self._titles.of_row(row)

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

    def _note_header(self, header: Header, rows: list[RawRow], lists: list[SideList]) -> None:
        where = f" of {self.at}" if self.at else ""
        numbers = [str(row.number) for row in rows[header.start : header.end]]
        self.report.facts[f"header rows{where}"] = ", ".join(numbers) or "none"
        used = {index for each in lists for index in each.found.values()}
        if len(lists) > 1:
            self.report.notes.append(f"{len(lists)} lists stand side by side{where}: all are read")
        for name in side_lists.second_names(header, self.columns, lists):
            self.report.notes.append(
                f"in doubt: a second column '{name}'{where} means the same as one that is read, and is not read itself"
            )
        if not self.with_form and repeat_groups.link_of(header.names):
            self.report.notes.append(
                f"in doubt: the rows{where} are a repeat group of a form that stands in another file, and the form's "
                "own cells (such as the family's telephone) are not read with them: deliver both as sheets of one "
                "workbook, or in one ZIP"
            )
        if unused := [name for index, name in enumerate(header.names) if name and index not in used]:
            self.report.facts[f"columns not used{where}"] = ", ".join(unused)

    def _rows(
        self,
        raw: Iterable[RawRow | ReadProblem],
        header: Header,
        repeated: set[tuple[str, ...]],
        lists: list[SideList],
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
            if self.options.titles and len(set(filled)) == 1 and self._titles.of_row(row):
                yield NonData(locator, "title")
                continue
            if skip and any(pattern.search(text_of(values)[:PATTERN_CHARS]) for pattern in skip):
                yield NonData(locator, "skip pattern")
                continue
            if left_out := self._marks.left_out(row):
                yield NonData(locator, left_out)
                continue
            if problem := self._problem(values, filled, width):
                yield ReadProblem(locator, *problem, kept(values))
                continue
            doubts = tuple(MARKS[mark] for mark in MARKS if mark in row.marks)
            for item in self._of_lists(values, locator, lists, doubts):
                yield _placed(item, row, lists[0].found) if row.elsewhere else item
        self._marks.tell(self.report, self.at)

    def _of_lists(
        self, values: list[str], locator: Locator, lists: list[SideList], doubts: tuple[str, ...]
    ) -> Iterator[Row]:
        """Yield the row of each of the lists that stand side by side; of one list, its row."""
        width = len(values)
        for number, side in enumerate(lists, start=1):
            found = side.found
            cells = {name: values[index] if index < width else "" for name, index in found.items()}
            said = doubts
            if number > 1:
                if not any(cells[name] for name in self._own(side, lists[0])):
                    continue
                if side.own_names and not side.shares_key:
                    said = (*doubts, "list_beside")
                if side.shares_key:
                    cells |= {name: f"{cells[name]}/{number}" for name in self._keys if cells.get(name)}
            elif len(lists) > 1 and not any(cells.values()):
                continue
            letters = {name: letter(index) for name, index in found.items()}
            at = locator._replace(beside=number) if number > 1 else locator
            yield Row(at, cells, self._titles.context, letters, str(locator.row), self._titles.places, said)

    @staticmethod
    def _own(side: SideList, first: SideList) -> list[str]:
        """Return the columns of a list beside the first that it does not share with it."""
        return [name for name, index in side.found.items() if first.found.get(name) != index]

    def _further(self, second: layouts.SecondHeader, lists: list[SideList]) -> tuple[list[SideList], int]:
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
        if header.found != lists[0].found:
            where = f" of {self.at}" if self.at else ""
            self.report.notes.append(
                f"a further table with its own order of columns begins in row {second.rows[0][0]}{where}: read by it"
            )
        width = max(index for index, name in enumerate(header.names, start=1) if name)
        return side_lists.beside(header, self.columns), width

    def _problem(self, values: list[str], filled: list[str], width: int) -> tuple[str, str] | None:
        """Return the code and reason for which a row cannot be a record, or nothing."""
        if self.strict and (len(values) < width or any(values[width:])):
            return "wrong_cell_count", f"the row has {len(values)} cells where the header has {width}"
        return unfit(filled)


def _placed(item: Row, row: RawRow, found: Mapping[str, int]) -> Row:
    """Return a row with whole places of its cells, some of which stand in another sheet."""
    places = {name: row.elsewhere.get(index, f"{letter(index)}{row.number}") for name, index in found.items()}
    return item._replace(places=places, suffix="", context={**item.context, "row": str(row.number)})
