"""Finding the header of a table that no description speaks of yet: the rows that name most fields."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sources.column_names import field_of, names_somebody
from sources.readers.tables import header
from sources.readers.tables.header import Header
from transliteration.places import place_ids

_CELL: Final = 200
_WINDOW: Final = 25  # filled rows among which a header is looked for


@dataclass(frozen=True)
class Found:
    """A header among rows, and whether the table has one at all."""

    header: Header
    exists: bool


def find(rows: Sequence[Sequence[str]]) -> Found:
    """Find the rows that name most fields; of equals, the fewest rows, then the first."""
    best, most = Header(0, 1, [], {}), 0
    for depth in range(1, header.MAX_DEPTH + 1):
        for start in range(min(len(rows), _WINDOW) - depth + 1):
            if any(sum(map(bool, row)) < 2 for row in rows[start : start + depth]):
                continue
            if any(_is_data(row) for row in rows[start : start + depth]):
                continue
            names = header.join_rows(rows[start : start + depth])
            count = len({field for name in names if name and (field := field_of(name))})
            if count > most:
                best, most = Header(start, depth, names, {}), count
    if most:
        return Found(best, exists=True)
    width = max(map(len, rows), default=0)
    wide = next((at for at, row in enumerate(rows) if sum(map(bool, row)) * 2 > width), 0)
    if rows and not _is_data(rows[wide]) and not any(map(_is_place, rows[wide])) and wide + 1 < len(rows):
        return Found(Header(wide, 1, header.join_rows([rows[wide]]), {}), exists=True)
    return Found(header.lettered(width, []), exists=False)


def _is_data(row: Sequence[str]) -> bool:
    """Tell rows of data from headers: a date, a name, or a number that is not alone in counting the columns."""
    filled = [cell for cell in row if cell]
    if filled and filled[0].isdigit() and not all(cell.isdigit() for cell in filled):
        return True
    return any(
        re.fullmatch(r"\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{4}-\d\d-\d\d.*|(19|20)\d\d|\d{5,}", cell)
        or names_somebody(cell)
        for cell in filled
    )


def _is_place(cell: str) -> bool:
    return any(not place.startswith("?") for place in place_ids(cell[:_CELL]))
