"""A first look at ZIPs and folders: the first file of each kind, and whether the others are like it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Final

from sources.column_names import field_of
from sources.drafting.guess import Column
from sources.drafting.seen import Preview
from sources.errors import SourceError
from sources.readers.archives import bundle
from sources.readers.files import SourceFile
from sources.readers.kinds import CONTAINERS, Content, content_of

_MEMBERS: Final = 40
_PACKED: Final = frozenset({*CONTAINERS, "gzip", "rar", "7z", "packed", "tnef"})


def look(file: SourceFile, of_file: Callable[[SourceFile, Content], Preview]) -> Preview:
    """Look at the first member of each kind; several kinds are read by `zip`, one by its own reader."""
    seen: dict[str, Preview] = {}
    others: list[str] = []
    unread: list[str] = []
    packed = 0
    for member in islice(bundle.lists(file), _MEMBERS):
        content = content_of(member.path)
        packed += content in _PACKED
        if content in ("empty", "gzip", "binary", *CONTAINERS):
            continue
        try:
            found = of_file(member, content)
        except SourceError as error:
            unread.append(f"a file could not be looked at: {error}")
            continue
        first = seen.setdefault(found.reader["kind"], found)
        if first is not found and names(found) != names(first):
            others.append(member.member)
        elif first is not found and "file" not in first.within and repeats(first, found):
            first.within = ("file", *first.within)
    if not seen and packed:
        raise file.error("it holds an archive or a letter, and no list beside it", "unpack that and deliver its files")
    if not seen and unread:
        raise file.error("no file in it can be read", unread[0])
    if not seen:
        raise file.error("no file in it can be read", "ask for lists in CSV, XLSX, DOCX, PDF, HTML or JSON")
    first = next(iter(seen.values()))
    first.told += unread
    if others:
        first.told.append(f"{len(others)} more files have other columns: write any_of or optional: true for them")
    if len(seen) == 1:
        return first
    known: dict[str, Column] = {}
    everywhere = set.intersection(*(set(names(found)) for found in seen.values()))
    for found in seen.values():
        for column in found.columns:
            merged = known.setdefault(column.name, Column(column.name, optional=column.name not in everywhere))
            merged.values += column.values
    return Preview(
        {"kind": "zip", "each": [found.reader for found in seen.values()]},
        list(known.values()),
        [title for found in seen.values() for title in found.titles],
        [cell for found in seen.values() for cell in found.first_cells],
        [told for found in seen.values() for told in found.told],
        within=("file",),
    )


def names(found: Preview) -> list[str]:
    """Return the names of the columns of a preview."""
    return [column.name for column in found.columns]


def repeats(first: Preview, second: Preview) -> bool:
    """Tell whether a column that a key could be made of begins anew in the second of two lists."""
    values = {column.name: set(column.filled) for column in first.columns if field_of(column.name) == "key"}
    return any(values.get(column.name, set()) & set(column.filled) for column in second.columns)
