"""Word documents: the rows of tables, with titles in the paragraphs before them, or paragraphs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from sources.description.document_reader_options import DocxOptions
from sources.locator import Locator
from sources.read_items import Column, ReadItem, ReadReport
from sources.readers.archives import size_guard
from sources.readers.files import SourceFile, named_context
from sources.readers.kinds import content_of
from sources.readers.row_text import title_groups
from sources.readers.tables.raw_row import RawRow
from sources.readers.tables.several_tables import SeveralTables
from sources.readers.tables.table import Table
from sources.readers.text.lines import TextLine, TextReading
from sources.readers.word import doc, docx_stream, rtf
from sources.readers.word.parts import Paragraph, TableRow


def read(file: SourceFile, options: DocxOptions, columns: Sequence[Column], report: ReadReport) -> Iterator[ReadItem]:
    """Yield the rows of every table that has the columns, or the paragraphs of a document.

    Raises:
        SourceError: the document is damaged, too large or hostile, or a named column is absent.
    """
    content = content_of(file.path)
    if content == "docx" and size_guard.has_macros(file):
        report.notes.append("the document brings macros; they are never run")
    if content == "doc" and doc.has_strikes(file):
        report.notes.append(
            "in doubt: the document has text that is struck through, and of an old Word table nobody can say here "
            "which: look at it, or save it as .docx and read that"
        )
    for said in rtf.forms(file) if content == "rtf" else ():
        report.notes.append(
            f"in doubt: the document has text that is {said}, and of RTF nobody can say here which: look at it, or "
            "save it as .docx and read that"
        )
    parts = docx_stream.parts(file)
    if options.read == "tables":
        yield from _tables(file, options, columns, report, parts)
        return
    reading = TextReading(file, options, columns, report, *named_context(file, options))
    yield from reading.read(_lines(parts))


def _tables(
    file: SourceFile,
    options: DocxOptions,
    columns: Sequence[Column],
    report: ReadReport,
    parts: Iterable[Paragraph | TableRow],
) -> Iterator[ReadItem]:
    context, places = named_context(file, options)
    tables, unread = SeveralTables(report), 0
    for number, group in groupby(parts, key=lambda part: part.table if isinstance(part, TableRow) else 0):
        if not number:
            for part in group:
                assert isinstance(part, Paragraph)
                found = title_groups(options, part.text)
                context |= found
                places |= dict.fromkeys(found, f"paragraph {part.number}")
                unread += not found
            continue
        at = f"table {number}"
        table = Table(
            file,
            options,
            columns,
            report,
            Locator(table=number),
            at,
            {**context, "table": str(number)},
            {**places, "table": at},
        )
        rows = (
            RawRow(part.number, part.values, part.across, marks=part.marks)
            for part in group
            if isinstance(part, TableRow)
        )
        yield from tables.read(table, rows)
    if unread:
        report.facts["paragraphs outside tables, not read"] = str(unread)
    mend = "write `read: paragraphs` or `read: article` under reader"
    tables.require(file.error("the document has no table", mend))


def _lines(parts: Iterable[Paragraph | TableRow]) -> Iterator[TextLine]:
    """Yield paragraphs, and rows of tables as lines of text, each a block of its own."""
    for part in parts:
        if isinstance(part, Paragraph):
            yield TextLine(part.text, Locator(paragraph=part.number), ends_block=True)
        else:
            text = " ".join(value for value in part.values if value)
            yield TextLine(text, Locator(table=part.table, row=part.number), ends_block=True)
