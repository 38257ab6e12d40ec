"""A first look at cards: a sheet or table for each child, labels at the left and values to the right of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sources.column_names import NAMING, field_of, is_name_of_column
from sources.drafting.guess import Column
from sources.drafting.seen import Preview
from sources.read_items import Column as Wanted
from sources.readers import layouts
from sources.readers.table import RawRow

_HEAD: Final = 12
_FIELDS: Final = 3  # different ones among the labels


def look(rows: Sequence[RawRow], reader: dict[str, Any], told: Sequence[str]) -> Preview | None:
    """Return the cards of a table; None where it is no such table."""
    values = [[value.strip() for value in row.values] for row in rows]
    head = values[:_HEAD]
    first = [next(filter(None, row), "") for row in head]
    fields = {field_of(text) for text in first if is_name_of_column(text)}
    narrow = sum(len([text for text in row if text]) <= 2 for row in head)
    if len(fields) < _FIELDS or not fields & NAMING or narrow * 2 <= len(head):
        return None
    names = dict.fromkeys(
        label for row in values if (label := next(filter(None, row), "")) and is_name_of_column(label)
    )
    found = list(layouts.cards(enumerate(values), [Wanted(name, f"fields.{field_of(name)}") for name in names]))
    columns = [Column(name, [card.cells.get(name, "") for card in found]) for name in names]
    shown = [*told, "each child has a card here, labels at the left: `layout: cards` reads them"]
    return Preview({**reader, "layout": "cards"}, columns, told=shown)
