"""Refuses workbooks that would take more memory than any list of people can need, before they are opened.

The spreadsheet library lays a sheet out densely (32 bytes for every cell of the rectangle around its content) and
copies a shared string to every cell that uses it, so a file of a few kilobytes can ask for terabytes. One streaming
pass over the parts finds out.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from itertools import pairwise
from typing import Final
from xml.etree import ElementTree  # documents with a DTD are refused before parsing

from sources.readers.archives.size_guard import MEND, check_sizes
from sources.readers.files import SourceFile
from sources.readers.limits import MAX_COLUMNS, MAX_TEXT, MAX_WORKBOOK_CELLS

_CHUNK: Final = 1 << 20
_MAX_PIECE: Final = 64 << 20
_ITEM: Final = re.compile(rb"<(?:\w+:)?si\b")
_ROW: Final = re.compile(rb"<(?:\w+:)?(?:row|sheetData)\b")
_CELL: Final = re.compile(rb"<(?:\w+:)?c(?=[\s>])")
_REFERENCE: Final = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["']""")
_INDEX: Final = re.compile(rb"<(?:\w+:)?v>\s*(\d{1,9})")
_ODS: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def check(file: SourceFile) -> None:
    """Check a ZIP-based workbook.

    Raises:
        SourceError: it is damaged, a bomb, or larger than the limits.
    """
    try:
        with zipfile.ZipFile(file.path) as archive:
            check_sizes(file, archive, "workbook")
            names = [info.filename for info in archive.infolist()]
            lengths = [length for name in names if _is_strings(name) for length in _lengths(file, archive, name)]
            for name in names:
                if not _is_strings(name):
                    _check_sheet(file, archive, name, lengths)
            if "content.xml" in names:
                _check_ods(file, archive)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        ElementTree.ParseError,
    ):
        raise file.error("the workbook is damaged or cut short", "ask for the file again; nothing was stored") from None


def pieces(file: SourceFile, archive: zipfile.ZipFile, name: str, mark: re.Pattern[bytes]) -> Iterator[bytes]:
    """Yield the pieces of a part that begin with a mark, each up to the next mark."""
    rest = b""
    with archive.open(name) as stream:
        while chunk := stream.read(_CHUNK):
            data = rest + chunk
            starts = [hit.start() for hit in mark.finditer(data)]
            for before, after in pairwise(starts):
                yield data[before:after]
            rest = data[starts[-1] :] if starts else data[-64:]
            if len(rest) > _MAX_PIECE:
                raise file.error("one row or text of the workbook is larger than 64 MB", MEND)
    if mark.match(rest):
        yield rest


def _is_strings(name: str) -> bool:
    return name.casefold().endswith("sharedstrings.xml")


def _lengths(file: SourceFile, archive: zipfile.ZipFile, name: str) -> list[int]:
    """Return the size in bytes of each shared string."""
    return [len(piece) for piece in pieces(file, archive, name, _ITEM)]


def _check_sheet(file: SourceFile, archive: zipfile.ZipFile, name: str, lengths: list[int]) -> None:
    """Measure the rectangle around the filled cells of a part, and the text they hold; any part may be a sheet."""
    height = width = text = 0
    columns: set[bytes] = set()
    for piece in pieces(file, archive, name, _ROW):
        numbers: set[bytes] = set()
        for position, cell in enumerate(_CELL.split(piece)):
            head, _, body = cell.partition(b">")
            if position == 0 or head.endswith(b"/"):
                continue
            if reference := _REFERENCE.search(head) or _REFERENCE.search(body):
                columns.add(reference[1])
                numbers.add(reference[2])
            else:
                width = max(width, position)
            if lengths and (b'"s"' in head or b"'s'" in head) and (index := _INDEX.search(body)):
                text += lengths[int(index[1])] if int(index[1]) < len(lengths) else 0
        height = max([height + 1, *map(int, numbers)])
    width = max([width, *map(_column_number, columns)])
    if width > MAX_COLUMNS or height * width > MAX_WORKBOOK_CELLS:
        raise file.error(f"a sheet spans {height:,} rows by {width:,} columns", MEND)
    if text > MAX_TEXT:
        raise file.error(f"a sheet holds {text >> 20:,} MB of text", MEND)


def _column_number(letters: bytes) -> int:
    number = 0
    for byte in letters.upper():
        number = number * 26 + byte - 64
    return number


def _check_ods(file: SourceFile, archive: zipfile.ZipFile) -> None:
    """Count the cells of an OpenDocument sheet, in which one cell or row may stand for a million."""
    with archive.open("content.xml") as stream:
        if b"<!" in stream.read(_CHUNK).replace(b"<!--", b"").replace(b"<![CDATA[", b""):
            raise file.error("the workbook holds a document type declaration", MEND)
    cells = width = column = 0
    with archive.open("content.xml") as stream:
        for _, element in ElementTree.iterparse(stream):  # noqa: S314
            if element.tag in (f"{_ODS}table-cell", f"{_ODS}covered-table-cell"):
                column += int(element.get(f"{_ODS}number-columns-repeated", "1")[:9])
                if len(element) or element.text:
                    width = column
            elif element.tag == f"{_ODS}table-row":
                if width:
                    cells += width * int(element.get(f"{_ODS}number-rows-repeated", "1")[:9])
                width = column = 0
                element.clear()
            if cells > MAX_WORKBOOK_CELLS or width > MAX_COLUMNS:
                raise file.error("a sheet has more than twenty million cells", MEND)
