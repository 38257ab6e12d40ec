"""Workbooks of all kinds as sheets of rows, with merged cells filled, real days as days, and what their form says."""

from __future__ import annotations

import datetime as dt
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from sources.readers.files import SourceFile
from sources.readers.kinds import content_of
from sources.readers.limits import MAX_MERGED, MAX_PAGE
from sources.readers.tables.raw_row import RawRow
from sources.readers.workbooks import binary_guard, days, form, workbook_guard, xml2003
from sources.readers.workbooks.form_of_sheet import Form, SheetForm

_ACTIVE_MERGES: Final = 2_000
_ODS: Final = b"application/vnd.oasis.opendocument.spreadsheet"
_MANIFEST: Final = '<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'


@dataclass
class Sheet:
    """A sheet: whether it is shown, and what its form says."""

    name: str
    visible: bool
    form: SheetForm


class Book:
    """An open workbook; good within `opened`."""

    def __init__(self, file: SourceFile, calamine: CalamineWorkbook | None, form: Form) -> None:
        self._file, self._calamine, self._form = file, calamine, form
        self.from_1904 = form.from_1904

    def sheets(self) -> list[Sheet]:
        """Return the sheets of cells, in their order."""
        if self._calamine is None:
            return [Sheet(name, name not in self._form.hidden_sheets, form) for name, form in self._form.sheets.items()]
        return [
            Sheet(sheet.name, sheet.visible is SheetVisibleEnum.Visible, self._form.of(sheet.name))
            for sheet in self._calamine.sheets_metadata
            if sheet.typ is SheetTypeEnum.WorkSheet
        ]

    def rows(self, sheet: Sheet) -> Iterator[RawRow] | None:
        """Return the rows of a sheet; None where it is empty."""
        if self._calamine is None:
            return self._of_xml(sheet.name)
        opened = self._calamine.get_sheet_by_name(sheet.name)
        return None if opened.start is None else self._of_calamine(opened, sheet.form)

    def _of_xml(self, wanted: str) -> Iterator[RawRow]:
        for name, rows in xml2003.by_sheet(self._file, from_1904=self.from_1904):
            if name == wanted:
                for row in rows:
                    yield RawRow(row.number, row.values, row.across, marks=row.marks)

    def _of_calamine(self, sheet: CalamineSheet, form: SheetForm) -> Iterator[RawRow]:
        merges = _Merges(self._file, sheet)
        assert sheet.start is not None
        left = [""] * sheet.start[1]
        struck: defaultdict[int, list[int]] = defaultdict(list)
        for row, column in form.struck:
            struck[row].append(column)
        commented = {row for row, _ in form.comments}
        texts: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
        for (row, column), text in form.texts.items():
            texts[row].append((column, text))
        for number, cells in enumerate(sheet.iter_rows()):
            values = left + [cell if type(cell) is str else self._text(cell) for cell in cells]
            for column, text in texts.get(number, ()):
                if column < len(values):
                    values[column] = text
            marks = {"hidden"} if number in form.hidden_rows else set()
            if number in commented:
                marks.add("comment")
            if number in struck:
                filled = sum(map(bool, values))
                lines = [column for column in struck[number] if column < len(values) and values[column]]
                if len(lines) * 2 > filled:
                    marks.add("struck")
                else:
                    marks |= {"struck_cell"} if lines else set()
                    for column in lines:
                        values[column] = ""
            filled_row = merges.row(number, values)
            yield filled_row._replace(marks=frozenset(marks)) if marks else filled_row

    def _text(self, value: Any) -> str:
        """Return the text of a cell: numbers without a needless '.0', days in ISO form."""
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, float):
            return str(int(value)) if value.is_integer() else repr(value)
        if isinstance(value, dt.datetime):
            if value.time() != dt.time.min:
                return value.isoformat(" ", "seconds")
            return self._day(value.date())
        if isinstance(value, dt.date):
            return self._day(value)
        return value.isoformat() if isinstance(value, dt.time) else str(value)

    def _day(self, day: dt.date) -> str:
        return days.shown(day, from_1904=self.from_1904)

    def day_of(self, text: str) -> str:
        """Return the day of a bare number of a workbook that counts from 1904; other texts as they are."""
        return days.of_number(text, from_1904=self.from_1904)


@contextmanager
def opened(file: SourceFile) -> Iterator[Book]:
    """Open a workbook of any kind.

    Raises:
        SourceError: it is damaged, protected, a bomb, or larger than any list.
    """
    content = content_of(file.path)
    if content == "xml2003":
        yield Book(file, None, xml2003.form_of(file))
        return
    try:
        with tempfile.TemporaryDirectory(prefix="ridni-") as folder:
            if content == "fods":
                file = _packed(file, Path(folder, "packed.ods"))
            if content == "xlsb":
                binary_guard.check(file)
            elif content != "xls":
                workbook_guard.check(file)
            with file.path.open("rb") as stream:
                calamine = CalamineWorkbook.from_filelike(stream)
                yield Book(file, calamine, form.of(file))
    except PasswordError:
        raise file.error(
            "the workbook is protected by a password", "ask for the password, save it without one, and try again"
        ) from None
    except (CalamineError, OSError):
        raise file.error("the workbook is damaged or cut short", "ask for the file again; nothing was stored") from None


def _packed(file: SourceFile, path: Path) -> SourceFile:
    """Pack a flat OpenDocument spreadsheet as the ZIP that libraries read."""
    if file.path.stat().st_size > 4 * MAX_PAGE:
        raise file.error("the workbook is larger than 192 MB", "save it as .ods, or deliver it in parts")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("mimetype", _ODS)
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
        archive.write(file.path, "content.xml")
    return SourceFile(path, file.name, file.member)


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
