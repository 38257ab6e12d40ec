"""XLSX files written row by row whose bytes depend on their cells alone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from datetime import date, datetime
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook  # type: ignore[import-untyped]
from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]
from openpyxl.styles import Alignment, Font  # type: ignore[import-untyped]
from openpyxl.worksheet._write_only import WriteOnlyWorksheet  # type: ignore[import-untyped]
from openpyxl.writer.excel import ExcelWriter  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from typing_extensions import Buffer

Cell = str | int | date | None
_BOLD = Font(bold=True)
_STRUCK = Font(strike=True)
_CENTRED = Alignment(horizontal="center", vertical="center", wrap_text=True)
_MADE = datetime(2023, 10, 1, 9, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


class _Archive(ZipFile):
    """A zip file in which every entry bears the same time, the document properties too."""

    def _info(self, name: str) -> ZipInfo:
        info = ZipInfo(name, _MADE.timetuple()[:6])
        info.compress_type = ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        return info

    def writestr(
        self,
        zinfo_or_arcname: str | ZipInfo,
        data: str | Buffer,
        compress_type: int | None = None,
        compresslevel: int | None = None,
    ) -> None:
        name = zinfo_or_arcname if isinstance(zinfo_or_arcname, str) else zinfo_or_arcname.filename
        content = data.encode() if isinstance(data, str) else bytes(data)
        if name == "docProps/core.xml":
            content = _MODIFIED.sub(rb"\g<1>" + f"{_MADE:%Y-%m-%dT%H:%M:%SZ}".encode(), content)
        super().writestr(self._info(name), content)

    def write(
        self,
        filename: str | PathLike[str],
        arcname: str | PathLike[str] | None = None,
        compress_type: int | None = None,
        compresslevel: int | None = None,
    ) -> None:
        with (
            Path(filename).open("rb") as source,
            self.open(self._info(str(arcname or filename)), "w", force_zip64=True) as target,
        ):
            shutil.copyfileobj(source, target, 1 << 20)


class Sheet:
    """One sheet, written from the top down; finished when the next rows go elsewhere and `close` was called."""

    def __init__(self, sheet: WriteOnlyWorksheet, widths: Iterable[int]) -> None:
        self._sheet = sheet
        self._row = 0
        for column, width in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", widths, strict=False):
            sheet.column_dimensions[column].width = width

    def append(self, cells: Iterable[Cell] = (), *, struck: bool = False, hidden: bool = False) -> None:
        """A row of values; dates become date cells; it may be struck through or hidden."""
        self._row += 1
        if hidden:
            self._sheet.row_dimensions[self._row].hidden = True
        if struck:
            self._sheet.append([self._struck(cell) for cell in cells])
            return
        self._sheet.append([self._dated(cell) if isinstance(cell, date) else cell for cell in cells])

    def headings(self, cells: Iterable[str | None], merged: Iterable[str] = ()) -> None:
        """A row of bold, centred titles, and the ranges to merge, such as `A1:O1`."""
        self._row += 1
        self._sheet.append([self._heading(cell) if cell else None for cell in cells])
        for cell_range in merged:
            self._sheet.merged_cells.add(cell_range)

    def close(self) -> None:
        """No more rows; frees what the sheet holds."""
        self._sheet.close()

    def _dated(self, day: date) -> WriteOnlyCell:
        cell = WriteOnlyCell(self._sheet, value=day)
        cell.number_format = "DD.MM.YYYY"
        return cell

    def _struck(self, value: Cell) -> WriteOnlyCell:
        cell = self._dated(value) if isinstance(value, date) else WriteOnlyCell(self._sheet, value=value)
        cell.font = _STRUCK
        return cell

    def _heading(self, title: str) -> WriteOnlyCell:
        cell = WriteOnlyCell(self._sheet, value=title)
        cell.font = _BOLD
        cell.alignment = _CENTRED
        return cell


class Book:
    """A workbook written in a stream: rows go to disk as they come."""

    def __init__(self, path: Path, title: str) -> None:
        self._path = path
        self._book = Workbook(write_only=True)
        self._book.properties.title = title
        self._book.properties.creator = "fictional"
        self._book.properties.created = _MADE

    def sheet(self, name: str, widths: Iterable[int] = ()) -> Sheet:
        """A new sheet at the end; names must differ and have at most 31 characters."""
        return Sheet(self._book.create_sheet(name), widths)

    def close(self) -> None:
        """Puts the file together."""
        with _Archive(self._path, "w", ZIP_DEFLATED, allowZip64=True) as archive:
            ExcelWriter(self._book, archive).save()
