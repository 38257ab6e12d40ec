"""The tables and paragraphs of a Word document in their order, as a stream: a document needs the memory of one row.

`python-docx` holds the whole tree and takes time in the square of a table's rows, so the main part is walked here by
ECMA-376 directly. What was deleted or moved away under tracked changes is left out; macros are never opened.
"""

from __future__ import annotations

import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]

from sources.readers.archives.size_guard import check_sizes
from sources.readers.files import SourceFile
from sources.readers.kinds import content_of
from sources.readers.limits import MAX_COLUMNS, MAX_DOCUMENT, MAX_NESTED
from sources.readers.word import doc, rtf
from sources.readers.word.parts import Paragraph, TableRow

_DAMAGED: Final = "the document is damaged or cut short"
_AGAIN: Final = "ask for the file again; nothing was stored"
_LEFT_OUT: Final = frozenset({"moveFrom", "del", "Fallback", "instrText", "delText"})
_AS_TEXT: Final = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": ""}


@dataclass
class _Run:
    """The form of the run of text that is open."""

    struck: bool = False
    hidden: bool = False
    raised: bool = False


@dataclass
class _Row:
    """A row being read: its cells so far, and the state of the cell that is open."""

    values: list[str] = field(default_factory=list)
    across: list[str] = field(default_factory=list)
    span: int = 1
    merged: str = ""
    struck: list[int] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)


class _Walker:
    """Turns start and end events of a document into paragraphs and rows."""

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        self._open: list[str] = []
        self._left_out = 0
        self._tables = 0
        self._paragraphs = 0
        self._rows = 0
        self._depth = 0
        self._row = _Row()
        self._above: dict[int, str] = {}
        self._cell: list[str] = []
        self._run = _Run()
        self._struck: list[str] = []  # texts of the open cell that are struck through
        self._hidden: list[str] = []  # and those that are hidden
        self._texts: list[list[str]] = []  # of the open paragraphs: a text box stands within one
        self._numbered = ""
        self._counters: Counter[str] = Counter()

    def start(self, name: str) -> None:
        self._open.append(name)
        if len(self._open) > MAX_NESTED:
            raise self._file.error(f"the document nests more than {MAX_NESTED} elements", _AGAIN)
        if name in _LEFT_OUT:
            self._left_out += 1
        elif self._left_out:
            return
        elif name == "tbl":
            self._depth += 1
            if self._depth == 1:
                self._tables += 1
                self._rows = 0
                self._above = {}
        elif name == "tr" and self._depth == 1:
            self._row = _Row()
        elif name == "tc" and self._depth == 1:
            self._cell, self._struck, self._hidden = [], [], []
            self._row.span, self._row.merged = 1, ""
        elif name == "r":
            self._run = _Run()
        elif name == "hidden" and self._open[-2:] == ["trPr", "hidden"] and self._depth == 1:
            self._row.marks.add("hidden")
        elif name == "commentReference" and self._depth:
            self._row.marks.add("comment")
        elif name == "p":
            self._texts.append([])
            self._numbered = ""

    def end(self, name: str, element: Element) -> Paragraph | TableRow | None:
        self._open.pop()
        if name in _LEFT_OUT:
            self._left_out -= 1
        elif self._left_out:
            return None
        elif name == "t" and self._texts:
            self._text(element.text or "")
        elif name in ("strike", "dstrike", "vanish", "vertAlign") and self._open[-2:] == ["r", "rPr"]:
            self._form(name, element)
        elif name in _AS_TEXT and self._open[-1:] == ["r"] and self._texts:
            self._texts[-1].append(_AS_TEXT[name])
        elif name == "numId":
            self._numbered = _value(element).strip("0")
        elif name == "p":
            return self._paragraph()
        elif self._depth == 1:
            return self._part_of_table(name, element)
        if name == "tbl":
            self._depth -= 1
        return None

    def _form(self, name: str, element: Element) -> None:
        value = _value(element)
        if name == "vertAlign":
            self._run.raised = value == "superscript"
        elif value not in ("0", "false", "off"):
            self._run.hidden = self._run.hidden or name == "vanish"
            self._run.struck = self._run.struck or name != "vanish"

    def _text(self, text: str) -> None:
        """Add a text, unless its form takes it away: hidden, struck through, or the number of a footnote."""
        if self._run.struck:
            self._struck.append(text)
        elif self._run.hidden:
            self._hidden.append(text)
        elif not (self._run.raised and text.strip(" *)").isdigit()):
            self._texts[-1].append(text)

    def _paragraph(self) -> Paragraph | None:
        text = "".join(self._texts.pop()).strip()
        if self._depth:
            if self._numbered and not text and not self._cell:
                self._counters[self._numbered] += 1
                text = str(self._counters[self._numbered])
            if text:
                self._cell.append(text)
            return None
        self._paragraphs += 1
        return Paragraph(self._paragraphs, text) if text else None

    def _part_of_table(self, name: str, element: Element) -> TableRow | None:
        row = self._row
        if name == "gridSpan":
            row.span = max(1, _number(element))
        elif name == "vMerge":
            row.merged = "starts" if _value(element) == "restart" else "goes on"
        elif name == "gridBefore":
            self._fill("", _number(element))
        elif name == "tc":
            at = len(row.values)
            text = self._above.get(at, "") if row.merged == "goes on" else "\n".join(self._cell)
            for found, marked in ((self._struck, row.struck), (self._hidden, row.hidden)):
                if not text and (text := "".join(found).strip()):
                    marked.append(at)
            if row.merged:
                self._above[at] = text
            self._fill(text, row.span)
        elif name == "tr":
            self._rows += 1
            filled = sum(map(bool, row.values))
            for mark, cells in (("struck", row.struck), ("hidden", row.hidden)):
                if len(cells) * 2 > filled:
                    row.marks.add(mark)
                elif cells:
                    row.marks.add(f"{mark}_cell")
                    for column in cells:
                        row.values[column] = row.across[column] = ""
            return TableRow(self._tables, self._rows, row.values, row.across, frozenset(row.marks))
        elif name == "tbl":
            self._depth = 0
        return None

    def _fill(self, text: str, span: int) -> None:
        row = self._row
        if len(row.values) + span > MAX_COLUMNS:
            raise self._file.error(
                f"a table has more than {MAX_COLUMNS:,} columns", "ask the sender for a plain list; nothing was stored"
            )
        row.values += [text, *[""] * (span - 1)] if span else []
        row.across += [text] * span


def parts(file: SourceFile) -> Iterator[Paragraph | TableRow]:
    """Yield the filled paragraphs and the table rows of a document, in their order.

    Raises:
        SourceError: the document is damaged, a bomb, encrypted, or holds a document type declaration.
    """
    content = content_of(file.path)
    if content == "doc":
        yield from doc.parts(file)
        return
    if content == "rtf":
        yield from rtf.parts(file)
        return
    try:
        with zipfile.ZipFile(file.path) as archive:
            check_sizes(file, archive, "document")
            name = _main_part(file, archive)
            if archive.getinfo(name).file_size > MAX_DOCUMENT:
                raise file.error(
                    f"the text of the document is larger than {MAX_DOCUMENT >> 20} MB", "deliver it in parts"
                )
            with archive.open(name) as stream:
                yield from _walk(file, stream)
    except DefusedXmlException:
        raise file.error(
            "the document holds a document type declaration", "ask the sender for a plain file; nothing was stored"
        ) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ParseError):
        raise file.error(_DAMAGED, _AGAIN) from None


def _main_part(file: SourceFile, archive: zipfile.ZipFile) -> str:
    names = sorted(name for name in archive.namelist() if name.startswith("word/document") and name.endswith(".xml"))
    if not names:
        raise file.error(_DAMAGED, _AGAIN)
    return names[0]


def _walk(file: SourceFile, stream: IO[bytes]) -> Iterator[Paragraph | TableRow]:
    walker = _Walker(file)
    events: Iterator[tuple[str, Any]] = iterparse(stream, events=("start", "end"), forbid_dtd=True)
    body: Element | None = None
    for event, element in events:
        name = element.tag.rpartition("}")[2]
        if event == "start":
            if name == "body":
                body = element
            walker.start(name)
            continue
        found = walker.end(name, element)
        if found is not None:
            yield found
        if name in ("p", "tr", "tbl"):
            element.clear()
            if body is not None and name != "tr" and len(body) > 1_000:
                body.clear()


def _value(element: Element) -> str:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == "val"), "")


def _number(element: Element) -> int:
    value = _value(element)
    return min(int(value), MAX_COLUMNS + 1) if value.isascii() and value.isdigit() else 0
