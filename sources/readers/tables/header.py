"""Finding the header of a table, and in it the columns that a description names."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sources.column_names import fold
from sources.errors import SourceError
from sources.read_items import Column
from sources.readers.cells import damage
from sources.readers.files import SourceFile

HEADER_WINDOW: Final = 40  # rows among which a header is looked for
MAX_DEPTH: Final = 3  # header rows that may be joined
_DATA: Final = re.compile(r"[\d\s./:+()-]*\d[\d\s./:+()-]*")
_SHOWN_HEADERS: Final = 40


@lru_cache(maxsize=1 << 12)
def letter(index: int) -> str:
    """Return a spreadsheet's name of a column: 0 is A, 26 is AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def join_rows(rows: Sequence[Sequence[str]]) -> list[str]:
    """Join header rows with ' / '; a name that a merged cell repeats stands once, a second equal name gets ' (2)'."""
    width = max(map(len, rows))
    names: list[str] = []
    seen: Counter[str] = Counter()
    above = ""
    for index in range(width):
        parts = [" ".join(row[index].split()) if index < len(row) else "" for row in rows]
        if len(parts) > 1:
            above = parts[0] or (above if any(parts[1:]) else "")
            parts[0] = above
        name = " / ".join(part for part, before in zip(parts, ["", *parts], strict=False) if part and part != before)
        seen[name] += 1
        names.append(f"{name} ({seen[name]})" if name and seen[name] > 1 else name)
    return names


def match(names: Sequence[str], columns: Sequence[Column]) -> dict[str, int]:
    """Return the index of each wanted column: by its whole name, or by its last part where that is unique."""
    whole = {fold(name): index for index, name in reversed(list(enumerate(names))) if name}
    last: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        if " / " in name:
            last.setdefault(fold(name.rsplit(" / ", 1)[1]), []).append(index)
    found: dict[str, int] = {}
    for column in columns:
        wanted = fold(column.name)
        if wanted in whole:
            found[column.name] = whole[wanted]
        elif len(last.get(wanted, ())) == 1:
            found[column.name] = last[wanted][0]
    return found


@dataclass(frozen=True)
class Header:
    """A header: where it starts among the rows looked at, how many rows it has, its names, and the wanted columns."""

    start: int
    depth: int
    names: list[str]
    found: dict[str, int]

    @property
    def end(self) -> int:
        """Return the index of the first row below the header."""
        return self.start + self.depth


def lettered(width: int, columns: Sequence[Column]) -> Header:
    """Return the header of a table without one: columns are named by letters from A."""
    names = [letter(index) for index in range(width)]
    return Header(0, 0, names, match(names, columns))


def find(rows: Sequence[Sequence[str]], columns: Sequence[Column]) -> Header:
    """Find the rows that hold most of the wanted columns; of equals, the fewest rows, then the first."""
    best = Header(_first_wide(rows), 1, [], {})
    best = Header(best.start, 1, join_rows([rows[best.start]]), {})
    for depth in range(1, MAX_DEPTH + 1):
        for start in range(len(rows) - depth + 1):
            names = join_rows(rows[start : start + depth])
            found = match(names, columns)
            if len(found) > len(best.found):
                best = Header(start, depth, names, found)
    return best


def _first_wide(rows: Sequence[Sequence[str]]) -> int:
    filled = [sum(map(bool, row)) for row in rows]
    return next((index for index, count in enumerate(filled) if count * 2 > max(filled)), 0)


class MissingColumns(Exception):
    """A table lacks columns that a description names; `found` says how many it has."""

    def __init__(self, file: SourceFile, at: str, header: Header, missing: list[Column]) -> None:
        super().__init__(file.name)
        self.found = len(header.found)
        self._parts = (file, at, header, missing)

    def error(self) -> SourceError:
        """Return the error for people: which columns, where, the nearest names, and the names that are there."""
        file, at, header, missing = self._parts
        there = [name if len(name) <= 60 else f"{name[:60]}…" for name in header.names if name]
        what = "; ".join(_describe(column, there) for column in missing[:5])
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        if any(map(damage, there)):
            return file.error(
                f"{what}{more}: letters of the header were lost when the list was saved",
                "ask for the list as XLSX or UTF-8; the description may be right",
                at,
            )
        if not header.found and any(_DATA.fullmatch(name) for name in there):
            return file.error(
                f"{what}{more}: no row looks like a header",
                "add `header: none` under reader and name columns A, B, C, …, or correct the names",
                at,
            )
        listed = ", ".join(f"'{name}'" for name in there[:_SHOWN_HEADERS]) + (
            ", …" if len(there) > _SHOWN_HEADERS else ""
        )
        mend = f"correct the name in the description, or mark it `optional: true`; the columns there are: {listed}"
        return file.error(f"{what}{more}", mend, at)


def _describe(column: Column, there: list[str]) -> str:
    folded = {fold(name): name for name in there}
    near = difflib.get_close_matches(fold(column.name), list(folded), n=1, cutoff=0.5)
    nearest = f" (nearest is '{folded[near[0]]}')" if near else ""
    return f"no column '{column.name}' for {column.used_by}{nearest}"
