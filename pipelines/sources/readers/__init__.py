"""Readers by kind: each turns one delivered file into rows, problems and declared non-data, as a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from pipelines.sources.errors import SourceError
from pipelines.sources.readers import csv, html, json, telegram, xlsx
from pipelines.sources.readers.files import SourceFile
from pipelines.sources.rows import Column, ReadItem, ReadReport

Reader = Callable[[SourceFile, Any, Sequence[Column], ReadReport], Iterator[ReadItem]]

READERS: Final[dict[str, Reader]] = {
    "csv": csv.read,
    "tsv": csv.read,
    "xlsx": xlsx.read,
    "xls": xlsx.read,
    "ods": xlsx.read,
    "html": html.read,
    "telegram": telegram.read,
    "json": json.read,
    "jsonl": json.read,
}


def reader(kind: str) -> Reader:
    """Return the reader of a kind.

    Raises:
        SourceError: there is none.
    """
    if kind not in READERS:
        raise SourceError(f"there is no reader '{kind}'", "reader", f"use one of: {', '.join(READERS)}")
    return READERS[kind]
