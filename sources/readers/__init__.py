"""Readers by kind: each turns one delivered file into rows, problems and declared non-data, as a stream.

Any reader reads a ZIP or a folder of its kind of file as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from sources.description.reader_kinds import ZipOptions
from sources.description.reader_options import CommonOptions
from sources.read_items import Column, ReadItem, ReadReport
from sources.readers import pfif
from sources.readers.archives import bundle
from sources.readers.cells import Cells
from sources.readers.files import SourceFile, open_file
from sources.readers.html import cards
from sources.readers.json import records, telegram
from sources.readers.kinds import CONTAINERS, content_of
from sources.readers.pdf import pdf
from sources.readers.text import csv, plain
from sources.readers.word import docx
from sources.readers.workbooks import xlsx
from sources.readers.xml import records as xml_records

Reader = Callable[[SourceFile, Any, Sequence[Column], ReadReport], Iterator[ReadItem]]

READERS: Final[dict[str, Reader]] = {
    "csv": csv.read,
    "tsv": csv.read,
    "xlsx": xlsx.read,
    "xls": xlsx.read,
    "ods": xlsx.read,
    "html": cards.read,
    "telegram": telegram.read,
    "json": records.read,
    "jsonl": records.read,
    "docx": docx.read,
    "pdf": pdf.read,
    "scan": pdf.read,
    "text": plain.read,
    "pfif": pfif.read,
    "xml": xml_records.read,
}
"""The readers of single files."""


def read(file: SourceFile, options: CommonOptions, columns: Sequence[Column], report: ReadReport) -> Iterator[ReadItem]:
    """Yield what stands in a file, or in the files of a ZIP or folder.

    Raises:
        SourceError: the file is not what its name or the description says, or cannot be used.
    """
    try:
        packed = isinstance(options, ZipOptions) or content_of(file.path) in CONTAINERS
    except OSError as error:
        raise file.unreadable(error) from None
    if packed and not file.member:
        yield from bundle.read(file, bundle.wrapped(options), columns, report, _read_one)
    else:
        yield from _read_one(file, options, columns, report)


def _read_one(file: SourceFile, options: Any, columns: Sequence[Column], report: ReadReport) -> Iterator[ReadItem]:
    items = READERS[options.kind](open_file(file, options.kind), options, columns, report)
    yield from Cells(columns, report).clean(items)
