"""RTF documents: their paragraphs and the rows of their tables, by `striprtf`: nothing is run or fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from sources.readers.files import SourceFile
from sources.readers.limits import MAX_COLUMNS, MAX_RTF
from sources.readers.word.parts import Paragraph, TableRow

_AGAIN: Final = "save it as .docx in Word or LibreOffice; nothing was stored"
_SCANNED: Final = 4096
_RAISED: Final = re.compile(r"\{(?:\\[a-z]+\d* ?)*\\super(?:\\[a-z]+\d*)* ?\d{1,2}\}")
"""The raised number of a footnote, which is no part of the text beside it."""
_FORMS: Final = ((re.compile(rb"\\striked?1?(?![0a-z])"), "struck through"), (re.compile(rb"\\v(?![0a-z])"), "hidden"))


def parts(file: SourceFile) -> Iterator[Paragraph | TableRow]:
    """Yield the filled paragraphs and the table rows of a document, in their order.

    Raises:
        SourceError: the document is damaged, or larger than any list.
    """
    from striprtf.striprtf import rtf_to_text

    if file.path.stat().st_size > MAX_RTF:
        raise file.error(f"the document is larger than {MAX_RTF >> 20} MB", _AGAIN)
    data = _RAISED.sub(" ", file.path.read_bytes().decode("latin-1"))
    try:
        text = str(rtf_to_text(data, encoding=_encoding(data), errors="surrogateescape"))  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, RecursionError, TypeError, IndexError, AttributeError):
        raise file.error("the document is damaged or cut short", _AGAIN) from None
    table = paragraph = row = 0
    inside = False
    for line in text.split("\n"):
        if line.endswith("|"):
            cells = [" ".join(cell.split()) for cell in line[:-1].split("|")]
            if len(cells) > MAX_COLUMNS:
                raise file.error(f"a table has more than {MAX_COLUMNS:,} columns", _AGAIN)
            table, row = (table, row + 1) if inside else (table + 1, 1)
            inside = True
            yield TableRow(table, row, cells, list(cells))
        elif line.strip():
            inside = False
            paragraph += 1
            yield Paragraph(paragraph, line.strip())


def forms(file: SourceFile) -> list[str]:
    """Return what is done to some text of a document, which nobody can tell here: struck through, hidden."""
    if file.path.stat().st_size > MAX_RTF:
        return []
    data = file.path.read_bytes()
    return [said for pattern, said in _FORMS if pattern.search(data)]


def _encoding(data: str) -> str:
    """Return the code page that the document states."""
    _, found, rest = data[:_SCANNED].partition("\\ansicpg")
    digits = rest[:5]
    number = "".join(char for char in digits if char.isdigit()) if found else ""
    return f"cp{number}" if number else "cp1251"
