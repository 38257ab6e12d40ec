"""The form of an OpenDocument spreadsheet."""

from __future__ import annotations

import zipfile
import zlib
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]

from sources.readers.files import SourceFile
from sources.readers.workbooks.form_of_sheet import Form, SheetForm

_OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_STYLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_CELLS: Final = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_MOST: Final = 200_000  # rows whose form is kept


def read(file: SourceFile) -> Form:
    """Read the form of a workbook that the guard has let pass; what cannot be read is left out."""
    form = Form()
    try:
        with zipfile.ZipFile(file.path) as archive, archive.open("content.xml") as stream:
            _Walker(form).walk(iterparse(stream, events=("start", "end"), forbid_dtd=True))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, NotImplementedError, RuntimeError, ParseError):
        return form
    except (DefusedXmlException, ValueError):
        return form
    return form


class _Walker:
    def __init__(self, form: Form) -> None:
        self._form = form
        self._lines: set[str] = set()
        self._raised: set[str] = set()
        self._style = ""
        self._sheet = SheetForm()
        self._row = self._column = 0

    def walk(self, events: Any) -> None:
        for event, element in events:
            tag = element.tag
            if event == "start":
                self._start(tag, element)
            elif tag == f"{_STYLE}text-properties":
                self._properties(element)
            elif tag == f"{_TABLE}table-row":
                if self._row < _MOST:
                    self._of_row(element)
                self._row += int(element.get(f"{_TABLE}number-rows-repeated", "1")[:7])
                element.clear()

    def _start(self, tag: str, element: Element) -> None:
        if tag == f"{_TABLE}table":
            self._sheet = self._form.sheets.setdefault(element.get(f"{_TABLE}name", ""), SheetForm())
            self._row = self._column = 0
        elif tag == f"{_STYLE}style":
            self._style = element.get(f"{_STYLE}name", "")
        elif tag == f"{_TABLE}table-column":
            repeated = min(int(element.get(f"{_TABLE}number-columns-repeated", "1")[:6]), 16_384)
            if element.get(f"{_TABLE}visibility") in ("collapse", "filter"):
                self._sheet.hidden_columns |= set(range(self._column, self._column + repeated))
            self._column += repeated

    def _properties(self, element: Element) -> None:
        style = element.get(f"{_STYLE}text-line-through-style", "none")
        kind = element.get(f"{_STYLE}text-line-through-type", "none")
        if style != "none" or kind not in ("none", ""):
            self._lines.add(self._style)
        if element.get(f"{_STYLE}text-position", "").startswith("super"):
            self._raised.add(self._style)

    def _of_row(self, row: Element) -> None:
        if row.get(f"{_TABLE}visibility") in ("collapse", "filter"):
            repeated = min(int(row.get(f"{_TABLE}number-rows-repeated", "1")[:7]), _MOST)
            self._sheet.hidden_rows |= set(range(self._row, self._row + repeated))
        at = 0
        for cell in row:
            if cell.tag not in _CELLS:
                continue
            filled = cell.find(f"{_TEXT}p") is not None
            style = cell.get(f"{_TABLE}style-name") or row.get(f"{_TABLE}default-cell-style-name") or ""
            if filled and style in self._lines:
                self._sheet.struck.add((self._row, at))
            if cell.find(f"{_OFFICE}annotation") is not None:
                self._sheet.comments.add((self._row, at))
            spans = list(cell.iter(f"{_TEXT}span"))
            if any(self._left_out(span) for span in spans):
                text = "\n".join(self._kept(part) for part in cell if part.tag == f"{_TEXT}p")
                if text.strip():
                    self._sheet.texts[self._row, at] = text
                else:
                    self._sheet.struck.add((self._row, at))
            at += int(cell.get(f"{_TABLE}number-columns-repeated", "1")[:6])

    def _left_out(self, span: Element) -> bool:
        style = span.get(f"{_TEXT}style-name", "")
        return style in self._lines or (style in self._raised and "".join(span.itertext()).strip().isdigit())

    def _kept(self, paragraph: Element) -> str:
        parts = [paragraph.text or ""]
        for child in paragraph:
            if not self._left_out(child):
                parts.append("".join(child.itertext()))
            parts.append(child.tail or "")
        return "".join(parts)
