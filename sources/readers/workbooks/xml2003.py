"""XML spreadsheets of Excel 2003, as 1C and old web programs write them, often under the ending .xls: as a stream."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final, NamedTuple
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]

from sources.readers.files import SourceFile
from sources.readers.limits import MAX_CELL_CHARS, MAX_COLUMNS, MAX_NESTED, MAX_WORKBOOK_CELLS, MAX_XML_SHEETS
from sources.readers.workbooks import days
from sources.readers.workbooks.form_of_sheet import Form, SheetForm

_AGAIN: Final = "ask for the file again, or open it in Excel and save it as .xlsx; nothing was stored"
_SPACE: Final = "{urn:schemas-microsoft-com:office:spreadsheet}"
_EXCEL: Final = "{urn:schemas-microsoft-com:office:excel}"


class XmlRow(NamedTuple):
    """A row of a sheet: numbers from 1, its cells, and what its form says of it."""

    sheet: str
    number: int
    values: list[str]
    across: list[str]
    marks: frozenset[str]


class _Walker:
    """Turns the events of a document into rows."""

    def __init__(self, file: SourceFile, form: Form) -> None:
        self._file = file
        self.form = form
        self._struck: set[str] = set()
        self._style = self.sheet = ""
        self._number = self._next = self._cells = self._depth = self._column = 0
        self._sheets: set[str] = set()
        self._down: dict[int, tuple[int, str]] = {}

    def start(self, name: str, element: Element) -> None:
        self._depth += 1
        if self._depth > MAX_NESTED:
            raise self._file.error(f"the workbook nests more than {MAX_NESTED} elements", _AGAIN)
        if name == "Worksheet":
            self._begin(_of(element, "Name"))
            self.sheet, self._next, self._column, self._down = _of(element, "Name"), 1, 0, {}
            self.form.sheets[self.sheet] = SheetForm()
        elif name == "Style":
            self._style = _of(element, "ID")
            if _of(element, "Parent") in self._struck:
                self._struck.add(self._style)
        elif name == "Column":
            self._columns(element)
        elif name == "Row":
            self._number = int(_of(element, "Index") or self._next)
            self._next = self._number + 1 + int(_of(element, "Span") or 0)

    def _columns(self, element: Element) -> None:
        first = int(_of(element, "Index") or self._column + 1)
        self._column = min(first + int(_of(element, "Span") or 0), MAX_COLUMNS)
        if _of(element, "Hidden") == "1":
            self.form.sheets[self.sheet].hidden_columns |= set(range(first - 1, self._column))

    def _begin(self, sheet: str) -> None:
        if sheet in self._sheets:
            raise self._file.error("two sheets of the workbook have one name", _AGAIN)
        self._sheets.add(sheet)
        if len(self._sheets) > MAX_XML_SHEETS:
            raise self._file.error(f"the workbook has more than {MAX_XML_SHEETS} sheets", _AGAIN)

    def end(self, name: str, element: Element) -> XmlRow | None:
        self._depth -= 1
        if name == "Font":
            (self._struck.add if _of(element, "StrikeThrough") == "1" else self._struck.discard)(self._style)
        elif name == "Date1904":
            self.form.from_1904 = True
        elif name == "Visible" and (element.text or "").strip() in ("SheetHidden", "SheetVeryHidden"):
            self.form.hidden_sheets.add(self.sheet)
        elif name == "Row":
            return self._row(element)
        return None

    def _row(self, element: Element) -> XmlRow:
        values: list[str] = []
        across: list[str] = []
        marks = {"hidden"} if _of(element, "Hidden") == "1" else set()
        struck: list[int] = []
        filled = 0
        for cell in element.iter(f"{_SPACE}Cell"):
            at = int(_of(cell, "Index") or len(values) + 1) - 1
            span = min(int(_of(cell, "MergeAcross") or 0), MAX_COLUMNS)
            if at + span >= MAX_COLUMNS:
                raise self._file.error(f"a sheet has more than {MAX_COLUMNS:,} columns", _AGAIN)
            for lists in (values, across):
                lists += [""] * (at - len(lists))
            text = self._text(cell)
            filled += bool(text)
            if text and (_of(cell, "StyleID") or _of(element, "StyleID")) in self._struck:
                struck.append(at)
            if cell.find(f"{_SPACE}Comment") is not None:
                marks.add("comment")
            values += [text, *[""] * span]
            across += [text] * (span + 1)
            if (down := int(_of(cell, "MergeDown") or 0)) and text:
                self._down[at] = self._number + down, text
        self._cells += len(values)
        if self._cells > MAX_WORKBOOK_CELLS:
            raise self._file.error("the workbook has more than twenty million cells", _AGAIN)
        for at, (last, text) in list(self._down.items()):
            if self._number > last:
                del self._down[at]
            else:
                for lists in (values, across):
                    lists += [""] * (at + 1 - len(lists))
                    lists[at] = lists[at] or text
        if len(struck) * 2 > filled:
            marks.add("struck")
        elif struck:
            marks.add("struck_cell")
            for at in struck:
                values[at] = across[at] = ""
        return XmlRow(self.sheet, self._number, values, across, frozenset(marks))

    def _text(self, cell: Element) -> str:
        data = cell.find(f"{_SPACE}Data")
        if data is None:
            return ""
        text = "".join(_shown(data))[: MAX_CELL_CHARS + 1].strip()
        kind = _of(data, "Type")
        if kind == "DateTime" and "T00:00:00" in text:
            try:
                return days.shown(dt.date.fromisoformat(text[:10]), from_1904=self.form.from_1904)
            except ValueError:
                return text[:10]
        if kind == "DateTime":
            return text.split(".")[0].replace("T", " ")
        return text.removesuffix(".0") if kind == "Number" else text


def form_of(file: SourceFile) -> Form:
    """Return what the form of a document says of its sheets, which stands behind their rows.

    Raises:
        SourceError: the document is damaged, holds a document type declaration, or is larger than any list.
    """
    form = Form()
    for _ in rows(file, form):
        pass
    return form


def rows(file: SourceFile, form: Form) -> Iterator[XmlRow]:
    """Yield the rows of all sheets.

    Args:
        file: The document.
        form: Where its calendar is known; filled with what the form of the sheets says.

    Raises:
        SourceError: the document is damaged, holds a document type declaration, or is larger than any list.
    """
    walker = _Walker(file, form)
    try:
        events: Iterator[tuple[str, Any]] = iterparse(file.path, events=("start", "end"), forbid_dtd=True)
        for event, element in events:
            name = element.tag.rpartition("}")[2]
            if event == "start":
                walker.start(name, element)
                continue
            if (row := walker.end(name, element)) is not None:
                yield row
                element.clear()
    except DefusedXmlException:
        raise file.error("the workbook holds a document type declaration", _AGAIN) from None
    except (ParseError, ValueError, LookupError, OSError):
        raise file.error("the workbook is damaged or cut short", _AGAIN) from None


def by_sheet(file: SourceFile, *, from_1904: bool) -> Iterator[tuple[str, Iterator[XmlRow]]]:
    """Yield each sheet's name with its rows; a sheet is good until the next is asked for."""
    yield from groupby(rows(file, Form(from_1904=from_1904)), key=lambda row: row.sheet)


def _of(element: Element, name: str) -> str:
    value = element.get(f"{_SPACE}{name}") or element.get(name) or ""
    return (
        "".join(char for char in value if char.isdigit())[:7]
        if name in ("Index", "MergeAcross", "MergeDown", "Span")
        else value
    )


def _shown(element: Element) -> Iterator[str]:
    """Yield the texts of a cell, without those that are struck through or set as the number of a footnote."""
    if element.tag.rpartition("}")[2] not in ("S", "Sup"):
        yield element.text or ""
        for child in element:
            yield from _shown(child)
            yield child.tail or ""
