"""Rows of a text table emptied: separators and line ends of a row stay, so that all other rows keep their numbers."""

from __future__ import annotations

import io
from collections.abc import Collection

from sources.description.reader_options import CsvOptions
from sources.read_items import Column, ReadProblem
from sources.readers import encoding
from sources.readers.files import SourceFile
from sources.readers.text import csv as text_tables


def emptied(
    content: bytes, file: SourceFile, options: CsvOptions, columns: list[Column], rows: Collection[int]
) -> bytes | None:
    """Return the bytes of a table without what stands in some rows; None where its bytes cannot be written again.

    Args:
        content: The whole file.
        file: The same, as readers open it.
        options: Of its description.
        columns: Of its description.
        rows: Numbers of the physical lines on which those rows begin.
    """
    coding = encoding.detect(file, options.encoding)
    if options.kind == "tsv" and options.delimiter == "auto":
        options = options.model_copy(update={"delimiter": "\t"})
    others = encoding.others(coding) if options.encoding == "auto" else []
    coding, delimiter = text_tables.sniff(file, [coding, *others], options, columns)
    try:
        text = content.decode(coding.name)
    except UnicodeDecodeError:
        return None
    lines = list(iter(io.StringIO(text, newline="").readline, ""))
    found = list(text_tables.records(io.StringIO(text, newline=""), delimiter, options.quotes))
    starts = [each.locator.row if isinstance(each, ReadProblem) else each.number for each in found]
    for at, (start, each) in enumerate(zip(starts, found, strict=True)):
        if start not in rows or start is None:
            continue
        following = starts[at + 1] if at + 1 < len(starts) else None
        end = following if following is not None else len(lines) + 1
        width = 1 if isinstance(each, ReadProblem) else max(1, len(each.values))
        lines[start - 1] = delimiter * (width - 1) + _end(lines[start - 1])
        for number in range(start + 1, end):
            lines[number - 1] = _end(lines[number - 1])
    return "".join(lines).encode(coding.name)


def _end(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]
