"""Layouts that are no plain list: lists side by side, a second table below the first, a card for each child."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from sources.column_names import NAMING, field_of, fold, is_name_of_column, may_name_column
from sources.read_items import Column
from sources.readers.header import Header, join_rows, letter, match

_CARD_WINDOW: Final = 60  # rows of a card
_MAX_BESIDE: Final = 20  # lists side by side


def names_child(column: Column) -> bool:
    """Tell whether a column tells which child a row is about."""
    return any(use.removeprefix("fields.") in NAMING for use in column.used_by.split(", "))


def beside(header: Header, columns: Sequence[Column]) -> list[dict[str, int]]:
    """Return the index of each column for each of the lists that stand side by side under one header row.

    A list beside the first has the same names of columns once more, all of them to the right of it.
    """
    lists = [header.found]
    if any(name.endswith(")") and " (" in name for name in header.found):
        return lists  # the description itself speaks of second columns
    at = {name: index for index, name in enumerate(header.names) if name}
    needed = [column.name for column in columns if column.name in header.found and not column.optional]
    naming = [column.name for column in columns if column.name in header.found and names_child(column)]
    for number in range(2, _MAX_BESIDE):
        twins = {
            name: at[twin]
            for name, index in header.found.items()
            if (twin := f"{header.names[index]} ({number})") in at
        }
        if not twins or not all(name in twins for name in (*needed, *naming)):
            break
        if min(twins.values()) <= max(lists[-1].values()):
            break
        lists.append(twins)
    return lists


def second_names(header: Header, columns: Sequence[Column], lists: Sequence[dict[str, int]]) -> list[str]:
    """Return the columns that have the name of one that tells which child a row is about, and are not read."""
    read = {index for each in lists for index in each.values()}
    naming = {fold(header.names[header.found[c.name]]) for c in columns if c.name in header.found and names_child(c)}
    return [
        name
        for index, name in enumerate(header.names)
        if index not in read and name.endswith(")") and fold(name.rpartition(" (")[0]) in naming
    ]


def is_header(filled: Sequence[str], known: frozenset[str]) -> bool:
    """Tell whether a row is made of names of columns: of those that the table has, or of such as lists have."""
    if len(filled) < 2:
        return False
    needed = max(2, len(filled) - 1)
    if _at_least(needed, filled, lambda text: fold(text) in known):
        return True
    # Most rows of data end here: a number or a date in two cells costs no pattern.
    if not _at_least(needed, filled, may_name_column) or not _at_least(needed, filled, is_name_of_column):
        return False
    fields = {field_of(text) for text in filled if is_name_of_column(text)}
    return bool(fields & NAMING) and len(fields) > 1


def _at_least(needed: int, texts: Sequence[str], test: Callable[[str], bool]) -> bool:
    """Tell whether so many texts pass a test; the rest is not asked once too few can."""
    spare = len(texts) - needed
    for text in texts:
        if not test(text):
            spare -= 1
            if spare < 0:
                return False
    return True


@dataclass
class SecondHeader:
    """Rows that are made of names of columns, collected until the first row of data below them."""

    columns: Sequence[Column]
    rows: list[tuple[int, list[str]]] = field(default_factory=list)

    def found(self) -> tuple[Header, list[Column]]:
        """Return the header, and the columns it lacks."""
        names = join_rows([values for _, values in self.rows])
        header = Header(self.rows[0][0], len(self.rows), names, match(names, self.columns))
        return header, [c for c in self.columns if c.name not in header.found and not c.optional]


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
    """Yield a card for each value of the label that names the child."""
    if not seen.keys() & wanted.keys():
        return
    first = min(number for number, _ in seen.values())
    count = max((len(seen[label][1]) for label in naming & seen.keys()), default=1)
    for at in range(max(1, count)):
        card = Card(first, {}, {})
        for label, (number, values) in seen.items():
            if label in wanted and len(values) > at:
                texts = values[at:] if count <= 1 else values[at : at + 1]
                card.cells[wanted[label]] = " ".join(text for _, text in texts)
                card.places[wanted[label]] = f"{letter(values[at][0])}{number}"
        yield card


def _labelled(row: Sequence[str], wanted: dict[str, str]) -> Iterator[tuple[str, list[tuple[int, str]]]]:
    """Yield each label of a row with the values to its right, up to the next label."""
    label = ""
    values: list[tuple[int, str]] = []
    for index, text in enumerate(row):
        if not text:
            continue
        if not label or (values and (fold(text) in wanted or is_name_of_column(text))):
            if label:
                yield label, values
            label, values = text, []
        elif not values or values[-1][1] != text:
            values.append((index, text))
    if label:
        yield label, values
