"""JSON objects: an array in a document, or one object a line (JSONL)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sources.column_names import fold
from sources.description.reader_options import JsonOptions, compiled
from sources.locator import Locator
from sources.read_items import (
    Column,
    NonData,
    ReadItem,
    ReadProblem,
    ReadReport,
    Row,
)
from sources.readers import encoding
from sources.readers.files import SourceFile, named_context
from sources.readers.json.stream import JsonError, JsonStream, flatten
from sources.readers.limits import MAX_CELL_CHARS, MAX_LINE_CHARS, kept
from sources.readers.tables.header import Header, MissingColumns


def read(file: SourceFile, options: JsonOptions, columns: Sequence[Column], report: ReadReport) -> Iterator[ReadItem]:
    """Yield the objects of a document, or of its lines.

    Raises:
        SourceError: the text is no JSON, has no array where the description says, or no object has a named path.
    """
    coding = encoding.detect(file, options.encoding)
    report.facts["encoding"] = str(coding)
    context, places = named_context(file, options)
    skip = [compiled(pattern) for pattern in options.skip]
    never = {column.name: column for column in columns if not column.optional}
    paths: dict[str, None] = {}
    number = 0
    for locator, value in objects(file, coding.name, options):
        number += 1
        if isinstance(value, ReadProblem):
            yield value
            continue
        flat = flatten(value)
        if skip and any(pattern.search(text) for pattern in skip for text in flat.values()):
            yield NonData(locator, "skip pattern")
            continue
        if not isinstance(value, dict) or any(len(text) > MAX_CELL_CHARS for text in flat.values()):
            shape = "a value is too long" if isinstance(value, dict) else "the item is no object"
            yield ReadProblem(locator, "unreadable_object", shape, kept(list(flat.values())))
            continue
        if len(paths) < 200:
            paths |= dict.fromkeys(flat)
        cells = _cells(flat, columns)
        for name in cells:
            never.pop(name, None)
        yield Row(locator, cells, {**context, "row": str(number)}, {name: name for name in cells}, "", places)
    if never and paths:
        missing = MissingColumns(file, "", Header(0, 1, list(paths), {}), list(never.values()))
        raise missing.error()
    if not number:
        raise file.error(
            "there is no object in the file", "ask for the file again, or correct `records`; nothing was stored"
        )


def objects(file: SourceFile, coding: str, options: JsonOptions) -> Iterator[tuple[Locator, Any]]:
    """Yield (locator, object) of a document, or of its lines."""
    return _lines(file, coding) if options.kind == "jsonl" else _document(file, coding, options.records)


def _cells(flat: dict[str, str], columns: Sequence[Column]) -> dict[str, str]:
    """Return the wanted values: a path matches with or without the [] of its arrays, and without case."""
    bare = {fold(path).replace("[]", ""): text for path, text in flat.items()}
    found = {column.name: flat.get(column.name) or bare.get(fold(column.name).replace("[]", "")) for column in columns}
    return {name: text.strip() for name, text in found.items() if text is not None}


def _document(file: SourceFile, coding: str, records: str | None) -> Iterator[tuple[Locator, Any]]:
    path = [part for name in (records or "").replace("[]", ".[]").split(".") if (part := name.strip()) and part != "$"]
    with file.path.open(encoding=coding, errors="replace") as stream:
        document = JsonStream(stream)
        number = 0
        try:
            for _, value in document.items(path):
                yield Locator(path=f"{records or '$'}[{number}]"), value
                number += 1
            document.end()
        except JsonError as error:
            mend = "ask for the file again, or correct `records` under reader; one object a line is `kind: jsonl`"
            raise file.error(error.reason, mend, f"line {error.line}") from None


def _lines(file: SourceFile, coding: str) -> Iterator[tuple[Locator, Any]]:
    with file.path.open(encoding=coding, errors="replace") as stream:
        number = 0
        while line := stream.readline(MAX_LINE_CHARS):
            number += 1
            locator = Locator(line=number)
            whole = line.endswith("\n")
            while not whole and (rest := stream.readline(MAX_LINE_CHARS)):
                whole = rest.endswith("\n")
                line = f"{line[:1000]}{rest[:1]}"
            if not line.strip():
                continue
            try:
                yield locator, json.loads(line)
            except (json.JSONDecodeError, RecursionError):
                yield locator, ReadProblem(locator, "no_json", "the line is no JSON object", kept([line.strip()]))
