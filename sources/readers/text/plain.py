"""Plain text: an article in which names are looked for, or a list of lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sources.description.document_reader_options import TextOptions
from sources.locator import Locator
from sources.read_items import Column, ReadItem, ReadReport
from sources.readers import encoding
from sources.readers.files import SourceFile, named_context
from sources.readers.limits import MAX_CELL_CHARS, MAX_LINE_CHARS
from sources.readers.text.lines import TextLine, TextReading


def read(file: SourceFile, options: TextOptions, columns: Sequence[Column], report: ReadReport) -> Iterator[ReadItem]:
    """Yield the lines, the paragraphs or the whole of a text.

    Raises:
        SourceError: the encoding is not the declared one, or the description names a column that texts do not have.
    """
    coding = encoding.detect(file, options.encoding)
    report.facts["encoding"] = str(coding)
    if coding.damaged:
        report.notes.append(f"{coding.damaged} bytes are not {coding.name}; their rows are in quarantine")
    reading = TextReading(file, options, columns, report, *named_context(file, options))
    yield from reading.read(_lines(file, coding))


def _lines(file: SourceFile, coding: encoding.Encoding) -> Iterator[TextLine]:
    """Yield the lines of a file, each cut where it is longer than any cell may be."""
    with encoding.open_text(file, coding) as stream:
        number = 0
        while line := stream.readline(MAX_LINE_CHARS):
            number += 1
            whole = line.endswith(("\n", "\r"))
            while not whole and (rest := stream.readline(MAX_LINE_CHARS)):
                whole = rest.endswith(("\n", "\r"))
                line = line[: MAX_CELL_CHARS + 1]
            yield TextLine(line.rstrip("\r\n"), Locator(line=number))
