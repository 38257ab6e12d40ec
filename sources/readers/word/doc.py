"""Old Word documents (DOC, Word 6 to 2003): paragraphs and table rows, by Debian's `antiword`, where it is installed.

Its DocBook output keeps cells whole. It reads a format of pointers in C, so it runs as a process of its own, with
bounds on time, memory and output, without the environment of this one.
"""

from __future__ import annotations

import mmap
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]

from sources.readers.files import SourceFile
from sources.readers.limits import MAX_COLUMNS, MAX_DOC
from sources.readers.word.parts import Paragraph, TableRow

_PROGRAM: Final = "antiword"
_SECONDS: Final = 60
_MEMORY: Final = 1 << 30
_AGAIN: Final = "save it as .docx in Word or LibreOffice; nothing was stored"
_STRUCK: Final = "strikethrough"
_STRIKES: Final = (
    b"\x37\x08\x01",
    b"\x53\x2a\x01",
)  # sprmCFStrike, sprmCFDStrike: on
# Bounds are set in a process that then becomes the program: `preexec_fn` is not safe beside threads.
_BOUNDED: Final = """\
import os, resource, sys
seconds, memory, size = map(int, sys.argv[1:4])
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
os.execv(sys.argv[4], sys.argv[4:])
"""


def parts(file: SourceFile) -> Iterator[Paragraph | TableRow]:
    """Yield the filled paragraphs and the table rows of a document, in their order.

    Raises:
        SourceError: `antiword` is not installed, or the document is damaged, protected or larger than any list.
    """
    program = shutil.which(_PROGRAM)
    if program is None:
        raise file.error(
            "what reads old Word documents is not installed here",
            f"run: apt-get install {_PROGRAM}, or save it as .docx in Word or LibreOffice; nothing was stored",
        )
    with tempfile.TemporaryDirectory(prefix="ridni-") as folder:
        out = Path(folder, "document.xml")
        _convert(file, program, out)
        try:
            yield from _walk(file, out)
        except (ParseError, DefusedXmlException, ValueError, LookupError):
            raise file.error("the document is damaged or cut short", _AGAIN) from None


def has_strikes(file: SourceFile) -> bool:
    """Tell whether any text of a document may be struck through; the program does not say where in its tables."""
    if not file.path.stat().st_size:
        return False
    with file.path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return any(data.find(strike) >= 0 for strike in _STRIKES)


def _convert(file: SourceFile, program: str, out: Path) -> None:
    """Let the program write a document as DocBook."""
    bounds = [str(_SECONDS), str(_MEMORY), str(MAX_DOC)]
    command = [sys.executable, "-I", "-c", _BOUNDED, *bounds, program]
    try:
        with out.open("wb") as stream:
            done = subprocess.run(
                [*command, "-m", "UTF-8.txt", "-x", "db", str(file.path.resolve())],
                cwd=out.parent,
                env={"HOME": str(out.parent), "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.DEVNULL,
                timeout=2 * _SECONDS,
                check=False,
            )
    except subprocess.TimeoutExpired:
        raise file.error(f"the document takes more than {_SECONDS} seconds to read", _AGAIN) from None
    if out.stat().st_size >= MAX_DOC:
        raise file.error(f"the text of the document is larger than {MAX_DOC >> 20} MB", _AGAIN)
    if done.returncode:
        raise file.error("the document is damaged, cut short or protected by a password", _AGAIN)


def _walk(file: SourceFile, path: Path) -> Iterator[Paragraph | TableRow]:
    # The document type is that of DocBook, which the program writes: nothing of it is fetched.
    events: Iterator[tuple[str, Any]] = iterparse(path, events=("start", "end"), forbid_dtd=False)
    table = row = paragraph = 0
    inside = False
    for event, element in events:
        if event == "start":
            if element.tag == "informaltable":
                table, row = table + 1, 0
            inside = inside or element.tag == "row"
        elif element.tag == "row":
            inside, row = False, row + 1
            yield _row(file, element, table, row)
            element.clear()
        elif element.tag in ("para", "title") and not inside:
            paragraph += 1
            if text := _text(element):
                yield Paragraph(paragraph, text)
            element.clear()


def _row(file: SourceFile, element: Element, table: int, number: int) -> TableRow:
    values = [_text(entry) for entry in element.iter("entry")]
    if len(values) > MAX_COLUMNS:
        raise file.error(f"a table has more than {MAX_COLUMNS:,} columns", _AGAIN)
    return TableRow(table, number, values, list(values))


def _text(element: Element) -> str:
    """Return the text of an element in one line, without what is struck through."""
    return " ".join("".join(_texts(element)).split())


def _texts(element: Element) -> Iterator[str]:
    if element.get("role") != _STRUCK:
        yield element.text or ""
        for child in element:
            yield from _texts(child)
            yield child.tail or ""
