"""The layouts in which clerks keep the list of a group: one table, two side by side, two below each other, cards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Literal

from synthetic.corruption.rates import Damage
from synthetic.lists.workbook import Cell, Sheet

Layout = Literal["table", "beside", "below", "cards"]
HEADER_EVERY = 20
_OTHER_ORDER = (0, 2, 1, 4, 3, 5)
"""The order of the columns in the table below: the date before the name, the institution before the place."""


def drawn(rng: Random, damage: Damage) -> Layout:
    """The layout of one sheet."""
    rates: tuple[tuple[Layout, float], ...] = (
        ("beside", damage.sheet_beside),
        ("below", damage.sheet_below),
        ("cards", damage.sheet_cards),
    )
    chance = rng.random()
    for layout, rate in rates:
        if chance < rate:
            return layout
        chance -= rate
    return "table"


def write(
    sheet: Sheet, layout: Layout, columns: Sequence[str], rows: Sequence[Sequence[Cell]], *, header_repeated: bool
) -> None:
    """Writes the rows under their header; in `table` the header comes again every twenty rows when it is repeated."""
    writers: dict[Layout, Callable[[], None]] = {
        "beside": lambda: _beside(sheet, columns, rows),
        "below": lambda: _below(sheet, columns, rows),
        "cards": lambda: _cards(sheet, columns, rows),
        "table": lambda: _table(sheet, columns, rows, header_repeated=header_repeated),
    }
    writers[layout]()


def _table(sheet: Sheet, columns: Sequence[str], rows: Sequence[Sequence[Cell]], *, header_repeated: bool) -> None:
    sheet.headings(columns)
    for number, row in enumerate(rows, 1):
        if header_repeated and number > 1 and number % HEADER_EVERY == 1:
            sheet.append(columns)
        sheet.append(row)


def _beside(sheet: Sheet, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """The second half of the list to the right of the first."""
    half = (len(rows) + 1) // 2
    sheet.headings([*columns, None, *columns])
    for number in range(half):
        right = rows[half + number] if half + number < len(rows) else [None] * len(columns)
        sheet.append([*rows[number], None, *right])


def _below(sheet: Sheet, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """The second half of the list below the first, its columns in another order."""
    half = (len(rows) + 1) // 2
    sheet.headings(columns)
    for row in rows[:half]:
        sheet.append(row)
    sheet.append()
    sheet.headings([columns[index] for index in _OTHER_ORDER])
    for row in rows[half:]:
        sheet.append([row[index] for index in _OTHER_ORDER])


def _cards(sheet: Sheet, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """A card a child: the names of the columns at the left, the values to the right of them."""
    for row in rows:
        for label, cell in zip(columns, row, strict=True):
            sheet.append([label, cell])
        sheet.append()
