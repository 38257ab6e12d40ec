"""Cards: labels at the left, the values of a child to the right of them, or behind a colon."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sources.column_names import NAMING, field_of, fold, is_name_of_column
from sources.read_items import Column
from sources.readers.tables.header import Header, letter
from sources.readers.tables.side_lists import names_child

_CARD_WINDOW: Final = 60  # rows of a card
_NO_END: Final = 1 << 20  # beyond any column
_COLON: Final = re.compile(r"([^:\n]{2,60}?)\s*[:：]\s*(.*)")


def colon_pairs(text: str, wanted: Container[str] = ()) -> list[tuple[str, str]]:
    """Return the labels and values of a text whose lines are `label: value`; none where a line is not.

    Args:
        text: A cell, a line or a paragraph.
        wanted: Folded names that are labels whatever they say.
    """
    pairs = []
    for line in filter(str.strip, text.split("\n")):
        hit = _COLON.fullmatch(line.strip())
        if hit is None or not (fold(hit[1]) in wanted or is_name_of_column(hit[1])):
            return []
        pairs.append((hit[1], hit[2]))
    return pairs


@dataclass(frozen=True)
class Card:
    """The values of one card by column, each with its place, and the row where the card begins."""

    row: int
    cells: dict[str, str]
    places: dict[str, str]


def labels_of(rows: Iterable[Sequence[str]], columns: Sequence[Column]) -> set[str]:
    """Return the wanted columns whose names stand as labels, each with a value to its right, in rows of their own."""
    wanted = {fold(column.name) for column in columns}
    found: set[str] = set()
    for row in rows:
        if len(lines := [text for text in row if text]) == 1 and (pairs := colon_pairs(lines[0], wanted)):
            found |= {fold(label) for label, _ in pairs} & wanted
            continue
        here = [fold(text) for text in row if text]
        labels = [text for text in here if text in wanted]
        if labels and len(labels) * 2 <= max(2, len(here)):  # a row of labels alone is a header
            found |= set(labels)
    return found


def is_card(rows: Sequence[Sequence[str]], columns: Sequence[Column], header: Header) -> bool:
    """Tell whether the first rows are a card: labels at the left, values to the right of them.

    More of the wanted columns stand as labels below each other than side by side in any header.
    """
    head = [row for row in rows[:_CARD_WINDOW] if any(row)]
    found = labels_of(head, columns)
    if len(found) >= 2 and len(found) > len(header.found):
        return True
    first = [text for row in head[:12] if (text := next(filter(None, row), ""))]
    named = {field_of(text) for text in first if is_name_of_column(text)}
    alone = sum(len(list(filter(None, row))) <= 2 for row in head[:12])
    return (
        bool(found)
        and len(named) >= 3
        and bool(named & NAMING)
        and alone * 2 > len(head[:12])
        and len(found) >= len(header.found)
    )


def cards(rows: Iterable[tuple[int, Sequence[str]]], columns: Sequence[Column]) -> Iterator[Card]:
    """Yield the cards of a table: a label that comes again begins the next; columns of values are a card each."""
    wanted = {fold(column.name): column.name for column in columns}
    naming = {fold(column.name) for column in columns if names_child(column)}
    seen: dict[str, tuple[int, list[tuple[int, str]]]] = {}
    for number, row in rows:
        for label, values in _labelled(row, wanted):
            folded = fold(label)
            if folded in seen:
                yield from _of_labels(seen, wanted, naming)
                seen = {}
            if folded in wanted or is_name_of_column(label):
                seen[folded] = number, values
    yield from _of_labels(seen, wanted, naming)


def _of_labels(
    seen: dict[str, tuple[int, list[tuple[int, str]]]], wanted: dict[str, str], naming: set[str]
) -> Iterator[Card]:
    """Yield a card for each value of the label that names the child, with what stands in its columns below it."""
    if not seen.keys() & wanted.keys():
        return
    first = min(number for number, _ in seen.values())
    names = max((_distinct(seen[label][1]) for label in naming & seen.keys()), key=len, default=[])
    starts = [index for index, _ in names] if len(names) > 1 else [0]
    for start, end in zip(starts, [*starts[1:], _NO_END], strict=True):
        card = Card(first, {}, {})
        for label, (number, values) in seen.items():
            here = _distinct([value for value in values if start <= value[0] < end])
            if label in wanted and here:
                card.cells[wanted[label]] = " ".join(text for _, text in here)
                card.places[wanted[label]] = f"{letter(here[0][0])}{number}"
        yield card


def _distinct(values: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return values without those that repeat the one before them, as merged cells do."""
    return [value for at, value in enumerate(values) if not at or values[at - 1][1] != value[1]]


def _labelled(row: Sequence[str], wanted: dict[str, str]) -> Iterator[tuple[str, list[tuple[int, str]]]]:
    """Yield each label of a row with the values to its right, up to the next label; `label: value` in a cell too."""
    filled = [(index, text) for index, text in enumerate(row) if text]
    if len(filled) == 1 and (pairs := colon_pairs(filled[0][1], wanted)):
        for label, text in pairs:
            yield label, [(filled[0][0], text)] if text else []
        return
    label = ""
    values: list[tuple[int, str]] = []
    for index, text in filled:
        if not label or (values and (fold(text) in wanted or is_name_of_column(text))):
            if label:
                yield label, values
            label, values = text, []
        else:
            values.append((index, text))
    if label:
        yield label, values
