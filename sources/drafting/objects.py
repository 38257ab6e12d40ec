"""A first look at records of named values: objects of JSON, messages of Telegram, elements of XML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, Final

from sources.description.reader_options import JsonOptions
from sources.drafting.guess import Column
from sources.drafting.seen import Preview
from sources.errors import SourceError
from sources.readers.files import SourceFile
from sources.readers.json import records, telegram
from sources.readers.json.stream import flatten
from sources.readers.xml import records as xml_records

_RECORDS: Final = 500


def of_json(file: SourceFile, coding: str, start: str) -> Preview | None:
    """Look at a JSON document or lines of JSON; None where no object can be read.

    Args:
        file: The file.
        coding: Name of its encoding.
        start: Its first characters.
    """
    if '"messages"' in start and '"type"' in start:
        return Preview({"kind": "telegram"}, [Column(name) for name in telegram.CELLS])
    options: list[tuple[str, Any]] = [("json", records.objects(file, coding, JsonOptions()))]
    if start.startswith("{"):
        options.insert(0, ("jsonl", records.objects(file, coding, JsonOptions(kind="jsonl"))))
    for kind, objects in options:
        try:
            found = [value for _, value in islice(objects, _RECORDS) if isinstance(value, dict)]
        except SourceError:  # no JSON of this kind: the next is tried
            continue
        if found and (kind == "json" or len(found) > 1):
            return Preview({"kind": kind}, _columns([flatten(value) for value in found]))
    return None


def of_xml(file: SourceFile) -> Preview:
    """Look at the elements that repeat most in an XML document.

    Raises:
        SourceError: none does, or the document is damaged or hostile.
    """
    path = xml_records.records_path(file)
    found = list(islice(xml_records.records(file, path), _RECORDS))
    return Preview({"kind": "xml", "records": path}, _columns(found))


def _columns(found: Sequence[Mapping[str, str]]) -> list[Column]:
    """Return a column for each name, with a value for each record that came up to its last one."""
    known: dict[str, Column] = {}
    for number, record in enumerate(found):
        for name, text in record.items():
            column = known.setdefault(name, Column(name, [""] * number))
            column.values += [""] * (number - len(column.values)) + [text]
    for column in known.values():
        column.optional = len(column.filled) < len(found)
    return list(known.values())
