"""A first look at cards: a sheet or table for each child, labels at the left and values to the right of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

from sources.column_names import NAMING, field_of, is_name_of_column
from sources.drafting.guess import Column
from sources.drafting.seen import Preview
from sources.read_items import Column as Wanted
from sources.readers.tables import label_cards
from sources.readers.tables.raw_row import RawRow

_HEAD: Final = 12
LABELS: Final = 3
"""Labels of different fields that make a card; two are enough where no other row stands beside them."""


def look(rows: Sequence[RawRow], reader: dict[str, Any], told: Sequence[str]) -> Preview | None:
    """Return the cards of a table; None where it is no such table."""
    values = [[value.strip() for value in row.values] for row in rows]
    head = [row for row in values[:_HEAD] if any(row)]
    named = [labels for row in head if (labels := _labels(row))]
    fields = {field_of(label) for labels in named for label in labels}
    enough = LABELS if len(named) < len(head) else 2
    if len(fields) < enough or not fields & NAMING or len(named) * 2 <= len(head):
        return None
    shown = [*told, "each child has a card here, labels beside their values: `layout: cards` reads them"]
    return Preview({**reader, "layout": "cards"}, columns_of(values), told=shown)


def columns_of(rows: Sequence[Sequence[str]]) -> list[Column]:
    """Return a column for each label, with its value on each card."""
    names = dict.fromkeys(label for row in rows for label in _labels(row))
    found = list(label_cards.cards(enumerate(rows), [Wanted(name, f"fields.{field_of(name)}") for name in names]))
    return [Column(name, [card.cells.get(name, "") for card in found]) for name in names]


def _labels(row: Sequence[str]) -> list[str]:
    """Return the labels of a row: names of columns, each with a value behind it; none where it is a header."""
    filled = list(filter(None, row))
    if len(filled) == 1:
        return [label for label, _ in label_cards.colon_pairs(filled[0])]
    found = []
    for label, value in pairwise(filled):
        if is_name_of_column(label):
            if is_name_of_column(value):
                return []
            found.append(label)
    return found if filled and filled[0] in found else []
