"""How much a delivered file may demand; beyond it a row is a problem, or the file is refused."""

from __future__ import annotations

from typing import Final

MAX_CELL_CHARS: Final = 100_000  # an Excel cell holds at most 32,767; a long article fits
MAX_LINE_CHARS: Final = 2_000_000
MAX_RECORD_LINES: Final = 200  # physical lines of one quoted CSV record
MAX_COLUMNS: Final = 16_384  # Excel's own limit
MAX_WORKBOOK_CELLS: Final = 20_000_000  # per sheet; 32 bytes each once read
MAX_MERGED: Final = 100_000
MAX_UNPACKED: Final = 2 << 30  # bytes of one workbook or archive once unpacked
MAX_MEMBERS: Final = 10_000  # of one archive
MAX_RATIO: Final = 150  # unpacked to packed size; real workbooks stay below 40
MAX_TEXT: Final = 1 << 30  # bytes of text in one sheet once shared strings are copied to their cells
MAX_PAGE: Final = 48 << 20  # bytes of an HTML page that is parsed whole; some 16 times that in memory
PAGE_PIECE: Final = 4 << 20  # characters of a long page that are parsed at a time
MAX_DOCUMENT: Final = 128 << 20  # bytes of the text part of a Word document
MAX_LETTER: Final = 64 << 20  # bytes of an e-mail with its attachments, or of a page saved as one file
MAX_LETTERS: Final = 10_000  # of one mailbox
MAX_DOC: Final = 64 << 20  # bytes of what `antiword` writes of an old Word document
MAX_RTF: Final = 32 << 20  # bytes of an RTF document, which is read whole
PAGE_SECONDS: Final = 90  # for one page of a PDF
PATTERN_CHARS: Final = 2_000  # of a cell or row that a pattern of a description is held against
SCAN_SECONDS: Final = 300  # for one page of a scan
MAX_XML_SHEETS: Final = 500  # of an XML spreadsheet, which is walked once for each sheet
MAX_NESTED: Final = 200  # elements within elements of an XML document
MAX_OBJECT_CHARS: Final = 8_000_000  # one JSON object
KEPT_CELLS: Final = 60  # of a row that is a problem
KEPT_CHARS: Final = 300


def kept(cells: list[str]) -> tuple[str, ...]:
    """Return the cells of a problem row, cut to a size that is fit to store."""
    return tuple(cell if len(cell) <= KEPT_CHARS else f"{cell[:KEPT_CHARS]}…" for cell in cells[:KEPT_CELLS])
