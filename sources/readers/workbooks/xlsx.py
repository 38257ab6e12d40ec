"""Spreadsheets: XLSX, XLS and ODS, with title rows, merged cells, many sheets and real dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from sources.description.reader_options import WorkbookOptions, compiled
from sources.locator import Locator
from sources.read_items import Column, ReadItem, ReadReport
from sources.readers.archives import size_guard
from sources.readers.files import SourceFile, named_context
from sources.readers.limits import MAX_MERGED
from sources.readers.several_tables import SeveralTables
from sources.readers.table import RawRow, Table
from sources.readers.workbooks import workbook_guard

_ACTIVE_MERGES: Final = 2_000


def _text(value: Any) -> str:
    """Return the text of a cell: numbers without a needless '.0', dates in ISO form."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time.min else value.isoformat(" ", "seconds")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


class _Merges:
    """Merged cells of a sheet: downwards the value fills the range in every row, across it does so for headers only."""

    def __init__(self, file: SourceFile, sheet: CalamineSheet) -> None:
        ranges = sheet.merged_cell_ranges or []
        if len(ranges) > MAX_MERGED:
            raise file.error(
                f"a sheet has {len(ranges):,} merged cells", "ask the sender for a plain list; nothing was stored"
            )
        self._starting: dict[int, list[tuple[int, int, int]]] = {}
        for (top, left), (bottom, right) in ranges:
            self._starting.setdefault(top, []).append((left, bottom, right))
        self._active: list[tuple[int, int, int, str]] = []
        self._file = file

    def row(self, number: int, values: list[str]) -> RawRow:
        """Return the row of a number (from 0) with its merged cells filled; rows come in order."""
        starting = self._starting.pop(number, ())
        if not starting and not self._active:
            return RawRow(number + 1, values)
        width = len(values)
        self._active = [each for each in self._active if each[1] >= number]
        self._active += [
            (left, bottom, right, values[left]) for left, bottom, right in starting if left < width and values[left]
        ]
        if len(self._active) > _ACTIVE_MERGES:
            raise self._file.error(
                f"merged cells overlap at row {number + 1}", "ask the sender for a plain list; nothing was stored"
            )
        for left, _, _, value in self._active:
            values[left] = values[left] or value
        across = list(values)
        for left, _, right, value in self._active:
            for index in range(left + 1, min(right + 1, width)):
                across[index] = across[index] or value
        return RawRow(number + 1, values, across)


def rows_of(file: SourceFile, sheet: CalamineSheet) -> Iterator[RawRow]:
    """Yield the rows of a sheet that is not empty, with merged cells filled."""
    assert sheet.start is not None
    merges = _Merges(file, sheet)
    left = [""] * sheet.start[1]
    for number, cells in enumerate(sheet.iter_rows()):
        yield merges.row(number, left + [cell if type(cell) is str else _text(cell) for cell in cells])


def _chosen(file: SourceFile, book: CalamineWorkbook, options: WorkbookOptions, report: ReadReport) -> list[str]:
    """Return the names of the sheets to read."""
    chosen: list[str] = []
    for sheet in book.sheets_metadata:
        if sheet.typ is not SheetTypeEnum.WorkSheet:
            continue
        if options.sheets and not any(
            fnmatchcase(sheet.name.casefold(), pattern.casefold()) for pattern in options.sheets
        ):
            continue
        if sheet.visible is not SheetVisibleEnum.Visible and options.hidden_sheets == "skip":
            report.notes.append(f"the hidden sheet '{sheet.name}' is not read; `hidden_sheets: read` reads it")
            continue
        chosen.append(sheet.name)
    if not chosen:
        there = ", ".join(f"'{name}'" for name in book.sheet_names)
        raise file.error("there is no sheet to read", f"correct `sheets` under reader; the sheets there are: {there}")
    return chosen


def read(
    file: SourceFile, options: WorkbookOptions, columns: Sequence[Column], report: ReadReport
) -> Iterator[ReadItem]:
    """Yield the rows of every chosen sheet.

    Sheets that have none of the columns are left out with a note, unless the description names its sheets.

    Raises:
        SourceError: the workbook is damaged or too large, or a named column is absent.
    """
    try:
        with file.path.open("rb") as stream:
            if stream.read(2) == b"PK":
                workbook_guard.check(file)
                if size_guard.has_macros(file):
                    report.notes.append("the workbook brings macros; they are never run")
            stream.seek(0)
            book = CalamineWorkbook.from_filelike(stream)
            tables = SeveralTables(report, all_named=bool(options.sheets))
            for name in _chosen(file, book, options, report):
                context, places = named_context(file, options)
                context["sheet"] = name
                if options.sheet_name and (hit := compiled(options.sheet_name).search(name)):
                    context |= {group: value for group, value in hit.groupdict().items() if value}
                places |= {group: "sheet name" for group in context if group not in places}
                at = f"sheet '{name}'"
                table = Table(file, options, columns, report, Locator(sheet=name), at, context, places)
                sheet = book.get_sheet_by_name(name)
                if sheet.start is None:
                    report.notes.append(f"{at} is empty")
                    continue
                yield from tables.read(table, rows_of(file, sheet))
            tables.require(file.error("every sheet is empty", "ask for the file again; nothing was stored"))
    except PasswordError:
        raise file.error(
            "the workbook is protected by a password", "ask for the password, save it without one, and try again"
        ) from None
    except (CalamineError, OSError):
        raise file.error("the workbook is damaged or cut short", "ask for the file again; nothing was stored") from None
