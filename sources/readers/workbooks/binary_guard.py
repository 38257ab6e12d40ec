"""Refuses binary workbooks (XLSB) that would take more memory than any list can need, before they are opened."""

from __future__ import annotations

import zipfile
import zlib
from typing import IO, Final

from sources.readers.archives.size_guard import MEND, check_sizes
from sources.readers.files import SourceFile
from sources.readers.limits import MAX_COLUMNS, MAX_WORKBOOK_CELLS

_ROW: Final = 0
_CELLS: Final = range(1, 12)
_SHORT_CELLS: Final = range(12, 19)
"""Cells without a column of their own: it is the one behind the cell before. No reader in Python knows them."""
_CHUNK: Final = 1 << 16


def check(file: SourceFile) -> None:
    """Check a binary workbook: the rectangle around the cells of each part, by its records ([MS-XLSB] 2.1.4).

    Raises:
        SourceError: it is damaged, a bomb, or larger than the limits.
    """
    try:
        with zipfile.ZipFile(file.path) as archive:
            check_sizes(file, archive, "workbook")
            for info in archive.infolist():
                if info.filename.startswith("xl/worksheets/") and info.filename.endswith(".bin"):
                    with archive.open(info) as stream:
                        height, width = _extent(file, stream)
                    if width > MAX_COLUMNS or height * width > MAX_WORKBOOK_CELLS:
                        raise file.error(f"a sheet spans {height:,} rows by {width:,} columns", MEND)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        raise file.error("the workbook is damaged or cut short", "ask for the file again; nothing was stored") from None


def _extent(file: SourceFile, stream: IO[bytes]) -> tuple[int, int]:
    height = width = 0
    while (kind := _varint(stream, 2)) is not None:
        size = _varint(stream, 4) or 0
        body = stream.read(min(size, 4))
        rest = size - len(body)
        while rest > 0:
            if not (skipped := stream.read(min(rest, _CHUNK))):
                raise EOFError
            rest -= len(skipped)
        number = int.from_bytes(body, "little")
        if kind in _SHORT_CELLS:
            raise file.error(
                "the binary workbook holds cells in a short form that is not read here, and would lose columns",
                "open it in Excel or LibreOffice and save it as .xlsx",
            )
        if kind == _ROW:
            height = max(height, number + 1)
        elif kind in _CELLS:
            width = max(width, number + 1)
    return height, width


def _varint(stream: IO[bytes], most: int) -> int | None:
    """Read a number of seven bits a byte; None at the end."""
    number = 0
    for at in range(most):
        byte = stream.read(1)
        if not byte:
            if at:
                raise EOFError
            return None
        if most == 2:
            number |= byte[0] << (8 * at)
        else:
            number |= (byte[0] & 0x7F) << (7 * at)
        if not byte[0] & 0x80:
            break
    return number
