"""Text tables with delimiters: CSV and TSV in any of the encodings that lists come in."""

from __future__ import annotations

import contextlib
import csv
import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple, TextIO

from sources.description.reader_options import CsvOptions
from sources.locator import Locator
from sources.read_items import (
    Column,
    ReadItem,
    ReadProblem,
    ReadReport,
)
from sources.readers import encoding
from sources.readers.files import SourceFile, named_context
from sources.readers.limits import (
    KEPT_CHARS,
    MAX_LINE_CHARS,
    MAX_RECORD_LINES,
    kept,
)
from sources.readers.tables import header
from sources.readers.tables.header import MissingColumns
from sources.readers.tables.raw_row import RawRow
from sources.readers.tables.repeat_groups import joined
from sources.readers.tables.table import Table

_DELIMITERS: Final = (";", ",", "\t", "|")
_SNIFFED_LINES: Final = 60
_EXCEL_HINT: Final = re.compile(r'"?sep=(.)"?\s*')


class _Overrun(Exception):
    """A record that does not end: an unclosed quote, or a line beyond all bounds."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason


class _Line(NamedTuple):
    """A physical line: its number from 1, its text (the start of it when it is too long), and its true length."""

    number: int
    text: str
    length: int


class _Lines:
    """Physical lines, bounded in length, with the lines of the record that is being read kept for another try."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._back: deque[_Line] = deque()
        self._number = 0
        self.record: list[_Line] = []
        self.open_at_end = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if len(self.record) >= MAX_RECORD_LINES:
            raise _Overrun("unclosed_quote", f"a quote opens a cell and does not close within {MAX_RECORD_LINES} lines")
        line = self._back.popleft() if self._back else self._read()
        if line is None:
            self.open_at_end = bool(self.record)
            raise StopIteration
        self.record.append(line)
        if line.length > MAX_LINE_CHARS:
            raise _Overrun(
                "line_too_long", f"a line has {line.length:,} characters; at most {MAX_LINE_CHARS:,} are read"
            )
        return line.text

    def _read(self) -> _Line | None:
        text = self._stream.readline(MAX_LINE_CHARS + 1)
        if not text:
            return None
        self._number += 1
        length, rest = len(text), text
        while length > MAX_LINE_CHARS and rest and not rest.endswith(("\n", "\r")):
            rest = self._stream.readline(MAX_LINE_CHARS)
            length += len(rest)
        return _Line(self._number, text if length <= MAX_LINE_CHARS else text[: KEPT_CHARS + 1], length)

    def retry_after_first(self) -> None:
        """Give back all lines of the record but the first."""
        self._back.extendleft(reversed(self.record[1:]))
        self.open_at_end = False


def records(stream: TextIO, delimiter: str, quotes: bool) -> Iterator[RawRow | ReadProblem]:
    """Yield records under the number of their first line; one that cannot be read costs its first line only."""
    lines = _Lines(stream)
    reader = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE)
    while True:
        lines.record = []
        try:
            values = next(reader)
            problem = ("unclosed_quote", "a quote opens a cell and never closes") if lines.open_at_end else None
        except StopIteration:
            return
        except _Overrun as overrun:
            problem = (overrun.code, overrun.reason)
        except csv.Error:
            problem = ("cell_too_long", f"a cell has more than {csv.field_size_limit():,} characters")
        first = lines.record[0]
        if problem is None:
            yield RawRow(first.number, values)
            continue
        if len(lines.record) > 1:
            problem = ("unclosed_quote", "a quote opens a cell and does not close in time")
        lines.retry_after_first()
        yield ReadProblem(Locator(row=first.number), *problem, kept([first.text[: KEPT_CHARS + 1].strip()]))


def sniff(
    file: SourceFile, codings: list[encoding.Encoding], options: CsvOptions, columns: Sequence[Column]
) -> tuple[encoding.Encoding, str]:
    """Find the encoding and delimiter under which the wanted columns appear; of equals, what cuts rows most evenly."""
    best: tuple[tuple[int, float, int], encoding.Encoding, str] | None = None
    for coding in codings:
        with encoding.open_text(file, coding) as stream:
            lines = [
                line[:20_000] for line in islice(iter(lambda: stream.readline(MAX_LINE_CHARS), ""), _SNIFFED_LINES)
            ]
        if lines and options.delimiter == "auto" and (hint := _EXCEL_HINT.fullmatch(lines[0])):
            options = options.model_copy(update={"delimiter": hint[1]})
        for delimiter in _DELIMITERS if options.delimiter == "auto" else (options.delimiter,):
            found = _quality(lines, delimiter, options, columns)
            if best is None or found > best[0]:
                best = found, coding, delimiter
    assert best is not None
    return best[1], best[2]


def _quality(
    lines: list[str], delimiter: str, options: CsvOptions, columns: Sequence[Column]
) -> tuple[int, float, int]:
    """Return how many wanted columns a reading finds, how even its rows are, and how wide."""
    reader = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if options.quotes else csv.QUOTE_NONE)
    rows: list[list[str]] = []
    with contextlib.suppress(csv.Error):  # a cell beyond all bounds: its row is told when it is read
        rows += (row for row in reader if any(row))
    if not rows:
        return 0, 0.0, 0
    width, count = Counter(map(len, rows)).most_common(1)[0]
    found = 0 if options.header == "none" else len(header.find(rows[: header.HEADER_WINDOW], columns).found)
    return found, count / len(rows) if width > 1 else 0.0, width


def _with_form(file: SourceFile, rows: Iterator[RawRow | ReadProblem]) -> Iterator[RawRow | ReadProblem]:
    """Yield rows; those of a repeat group with the cells of their form, which is in a file of its own."""
    if file.form is None:
        yield from rows
        return
    with open_rows(file.form) as form:
        yield from joined(rows, form, file.form.member)


@contextlib.contextmanager
def open_rows(file: SourceFile) -> Iterator[Iterator[RawRow | ReadProblem]]:
    """Open a text table whose encoding and delimiter are found; the rows of a repeat group have their form's cells."""
    coding = encoding.detect(file)
    coding, delimiter = sniff(file, [coding, *encoding.others(coding)], CsvOptions(), [])
    with encoding.open_text(file, coding) as stream:
        yield _with_form(file, records(stream, delimiter, quotes=True))


def read(file: SourceFile, options: CsvOptions, columns: Sequence[Column], report: ReadReport) -> Iterator[ReadItem]:
    """Yield the rows of a text table; the row number is the physical line on which a record starts.

    Raises:
        SourceError: the encoding is not the declared one, or a named column is absent.
    """
    coding = encoding.detect(file, options.encoding)
    if options.kind == "tsv" and options.delimiter == "auto":
        options = options.model_copy(update={"delimiter": "\t"})
    others = encoding.others(coding) if options.encoding == "auto" else []
    coding, delimiter = sniff(file, [coding, *others], options, columns)
    report.facts["encoding"] = str(coding)
    report.facts["delimiter"] = {"\t": "tab"}.get(delimiter, delimiter)
    if coding.damaged:
        report.notes.append(f"{coding.damaged} bytes are not {coding.name}; their rows are in quarantine")
    with encoding.open_text(file, coding) as stream:
        context, places = named_context(file, options)
        with_form = file.form is not None
        table = Table(file, options, columns, report, context=context, places=places, strict=True, with_form=with_form)
        try:
            yield from table.read(_with_form(file, records(stream, delimiter, options.quotes)))
        except MissingColumns as missing:
            error = missing.error()
            if not missing.found:
                shown = {"\t": "tab"}.get(delimiter, delimiter)
                error.mend += f" (the file was read as {coding}, cut at '{shown}')"
            raise error from None
