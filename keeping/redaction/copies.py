"""A redacted copy of a list: made by its kind, and believed only when the list's own reader gives all other rows again.

Formats whose rows cannot be emptied without harm (scans, PDF, Word, web pages, old workbooks, archives) give no copy.
"""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from configs import scratch
from keeping.redaction import csv_rows, json_rows, workbook_rows
from sources import fields
from sources.description.reader_options import CsvOptions, JsonOptions
from sources.description.source_config import SourceConfig
from sources.errors import SourceError
from sources.extraction.children import Child, children_in
from sources.extraction.reading import read_source
from sources.locator import Locator
from sources.readers import encoding
from sources.readers.files import SourceFile
from sources.readers.kinds import content_of

NAMING: Final = fields.NAMING_FIELDS | set(fields.of_kind("document"))
_KINDS: Final = frozenset({"csv", "tsv", "xlsx", "json", "jsonl", "telegram"})
_TELLING: Final = 4
"""Characters that a value needs for its absence to be looked for: shorter ones stand in any list."""


class Reading(NamedTuple):
    """How a list was read: by which description, and delivered under which name."""

    config: SourceConfig
    name: str


def may_be_made(path: Path, readings: Sequence[Reading], places: Collection[Locator]) -> bool:
    """Tell whether rows of this kind of file can be emptied at all; the copy itself is checked when it is made."""
    kinds = {str(reading.config.reader.kind) for reading in readings}
    if len(kinds) != 1 or not places or any(place.member or place.testimony for place in places):
        return False
    (kind,) = kinds
    content = "xlsx" if kind == "xlsx" else "text"
    return kind in _KINDS and content_of(path) == content


def made(path: Path, readings: Sequence[Reading], file_id: str, places: Collection[Locator]) -> bytes | None:
    """Return the bytes of a list without what stands at some places; None where no sound copy can be made.

    Args:
        path: The list.
        readings: How it was read, once for each source that it was delivered for.
        file_id: Of the list as it was delivered.
        places: Where the rows stand.
    """
    if not may_be_made(path, readings, places):
        return None
    copy = _emptied(path, readings[0].config, readings[0].name, places)
    if copy is None:
        return None
    with tempfile.NamedTemporaryFile(dir=scratch.folder(), prefix="redacted-", suffix=path.suffix) as file:
        file.write(copy)
        file.flush()
        sound = all(_is_sound(path, Path(file.name), reading, file_id, places) for reading in readings)
    return copy if sound else None


def _is_sound(path: Path, copied: Path, reading: Reading, file_id: str, places: Collection[Locator]) -> bool:
    """Tell whether a copy gives all other rows as before, and holds no naming value of those that are gone."""
    try:
        before = list(_rows(path, reading.config, reading.name, file_id))
        after = Counter(row for row in _rows(copied, reading.config, reading.name, file_id) if row[1])
    except SourceError:
        return False
    gone = {place.of_row() for place in places}
    kept = Counter(row for row in before if row[0] not in gone and row[1])
    words = {word for place, row in before if place in gone for word in _naming(row)}
    words -= {word for _, row in kept for word in _naming(row)}
    return after == kept and not _still_said(copied.read_bytes(), words)


def _emptied(path: Path, config: SourceConfig, name: str, places: Collection[Locator]) -> bytes | None:
    content, options, file = path.read_bytes(), config.reader, SourceFile(path, name)
    if isinstance(options, CsvOptions):
        rows = {place.row for place in places if place.row is not None}
        return csv_rows.emptied(content, file, options, list(config.columns()), rows)
    if str(options.kind) == "xlsx":
        by_sheet: dict[str, set[int]] = {}
        for place in places:
            if place.sheet is None or place.row is None:
                return None
            by_sheet.setdefault(place.sheet, set()).add(place.row)
        return workbook_rows.emptied(content, by_sheet)
    if isinstance(options, JsonOptions):
        coding = encoding.detect(file, options.encoding).name
        if options.kind == "jsonl":
            return json_rows.lines_emptied(content, coding, places)
        return json_rows.objects_emptied(content, coding, options.records, places)
    return json_rows.messages_emptied(content, places)


def _rows(path: Path, config: SourceConfig, name: str, file_id: str) -> Iterator[tuple[Locator, str]]:
    """Yield where each row stands and what is written in it, '' where nothing is."""
    for child in children_in(read_source(config, path, name=name, file_id=file_id)):
        item = child.item if isinstance(child, Child) else child
        filled = {field: value for field, value in dict(item.written).items() if value and value != [""]}
        yield item.locator.of_row(), json.dumps(filled, ensure_ascii=False, sort_keys=True) if filled else ""


def _naming(row: str) -> list[str]:
    """Return the values of a row that name somebody and are long enough to be looked for."""
    written: dict[str, Any] = json.loads(row or "{}")
    values = [value for field, value in written.items() if field in NAMING]
    words = [word for value in values for word in (value if isinstance(value, list) else [value])]
    return [word for word in words if isinstance(word, str) and len(word) >= _TELLING]


def _still_said(copy: bytes, words: Collection[str]) -> bool:
    parts = [copy]
    if copy[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(copy)) as book:
            parts = [book.read(name) for name in book.namelist()]
    forms = [form for word in words for form in _forms(word)]
    return any(form in part for part in parts for form in forms)


def _forms(word: str) -> Iterator[bytes]:
    for coding in ("utf-8", "cp1251", "koi8-u", "utf-16-le"):
        try:
            yield word.encode(coding)
        except UnicodeEncodeError:
            continue
