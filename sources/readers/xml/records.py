"""XML documents: each element at a path is a row; a column is a path of elements below it, or `@attribute`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]

from sources.column_names import fold
from sources.description.reader_options import XmlOptions, compiled
from sources.locator import Locator
from sources.read_items import Column, NonData, ReadItem, ReadProblem, ReadReport, Row
from sources.readers.files import SourceFile, named_context
from sources.readers.limits import MAX_NESTED, kept
from sources.readers.row_text import unfit
from sources.readers.tables.header import Header, MissingColumns

_MOST_PARTS: Final = 500  # elements of one record
_PATHS: Final = 200
_LOOKED_AT: Final = 20_000  # elements by which the path of the records is found
_AGAIN: Final = "ask for the file again; nothing was stored"


def read(file: SourceFile, options: XmlOptions, columns: Sequence[Column], report: ReadReport) -> Iterator[ReadItem]:
    """Yield the records of a document.

    Raises:
        SourceError: the document is damaged, nested without end, holds a document type declaration, has no record at
            the path, or no record has a named column.
    """
    path = options.records or records_path(file)
    report.facts["records"] = path
    context, places = named_context(file, options)
    skip = [compiled(pattern) for pattern in options.skip]
    never = {column.name: column for column in columns if not column.optional}
    paths: dict[str, None] = {}
    number = 0
    for number, found in enumerate(records(file, path), start=1):
        locator = Locator(path=f"{path}[{number}]")
        if skip and any(pattern.search(text) for pattern in skip for text in found.values()):
            yield NonData(locator, "skip pattern")
            continue
        if problem := unfit([text for text in found.values() if text]):
            yield ReadProblem(locator, *problem, kept(list(found.values())))
            continue
        if len(paths) < _PATHS:
            paths |= dict.fromkeys(found)
        folded = {fold(name): text for name, text in found.items()}
        cells = {column.name: folded[fold(column.name)] for column in columns if fold(column.name) in folded}
        for name in cells:
            never.pop(name, None)
        yield Row(locator, cells, {**context, "row": str(number)}, {name: name for name in cells}, "", places)
    if not number:
        raise file.error(f"there is no element '{path}' in the document", "correct `records` under reader")
    if never and paths:
        raise MissingColumns(file, "", Header(0, 1, list(paths), {}), list(never.values())).error()


def records(file: SourceFile, path: str) -> Iterator[dict[str, str]]:
    """Yield the records at a path, each as its texts by path; `Person` alone finds it at any depth."""
    wanted = [part for part in path.strip("/").split("/") if part]
    for event, open_names, element in _events(file):
        if event == "end" and open_names[-len(wanted) :] == wanted:
            yield flat(element)
            element.clear()


def records_path(file: SourceFile) -> str:
    """Return the path of the elements that repeat most and have parts of their own."""
    counts: Counter[str] = Counter()
    for event, open_names, element in islice(_events(file), _LOOKED_AT):
        if event == "end" and len(open_names) > 1 and (len(element) > 1 or len(element.attrib) > 1):
            counts["/".join(open_names)] += 1
    most = max(counts.values(), default=0)
    often = [path for path, count in counts.items() if count == most]
    return min(often, key=lambda path: path.count("/"), default="record")  # a record, not a part that each has


def flat(element: Element) -> dict[str, str]:
    """Return the texts of a record by path; elements that repeat share one, a line each."""
    found: dict[str, list[str]] = {}
    waiting: list[tuple[str, Element]] = [("", element)]
    seen = 0
    while waiting and seen < _MOST_PARTS:
        path, each = waiting.pop()
        seen += 1
        for name, value in each.attrib.items():
            found.setdefault(f"{path}@{_name(name)}", []).append(value.strip())
        if len(each):
            waiting += [(f"{path}/{_name(part.tag)}".lstrip("/"), part) for part in reversed(each)]
        elif path and each.text and each.text.strip():
            found.setdefault(path, []).append(each.text.strip())
    return {path: "\n".join(filter(None, texts)) for path, texts in found.items()}


def _events(file: SourceFile) -> Iterator[tuple[str, list[str], Element]]:
    """Yield (event, names of the open elements, element)."""
    names: list[str] = []
    try:
        events: Iterator[tuple[str, Any]] = iterparse(file.path, events=("start", "end"), forbid_dtd=True)
        for event, element in events:
            if event == "start":
                names.append(_name(element.tag))
                if len(names) > MAX_NESTED:
                    raise file.error(f"the document nests more than {MAX_NESTED} elements", _AGAIN)
            yield event, names, element
            if event == "end":
                names.pop()
    except DefusedXmlException:
        raise file.error("the document holds a document type declaration", "ask the sender for a plain file") from None
    except (ParseError, ValueError, LookupError, OSError):
        raise file.error("the document is damaged or cut short", _AGAIN) from None


def _name(tag: str) -> str:
    return str(tag).rpartition("}")[2]
