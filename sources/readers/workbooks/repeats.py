"""Repeat groups of forms (KoboToolbox, ODK): their rows stand in a sheet of their own and point to the row of the form.

The cells of the form's row are added to each row of the repeat group, so that a child has its family's telephone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from sources.column_names import NAMING, field_of, fold
from sources.readers.tables.header import letter
from sources.readers.tables.raw_row import RawRow
from sources.readers.workbooks.book import Book, Sheet

_LINKS: Final = (("_parent_index", "_index"), ("parent_key", "key"))
_PARENT_NAME: Final = "_parent_table_name"
_OWN: Final = frozenset({"_index", "_parent_index", "_parent_table_name", "parent_key", "key"})
_MOST_FORMS: Final = 200_000


@dataclass
class _Head:
    """The first row of a sheet: its names, folded, with their places."""

    sheet: Sheet
    names: list[str]
    first: list[str] = field(default_factory=list)

    def at(self, name: str) -> int:
        """Return the index of a column; -1 where there is none."""
        return next((index for index, each in enumerate(self.names) if fold(each) == name), -1)

    @property
    def names_child(self) -> bool:
        """Tell whether a column names a child."""
        return any(field_of(name) in NAMING for name in self.names if name)


def sheets(book: Book) -> tuple[list[Sheet], dict[str, str]]:
    """Return the sheets that hold rows of their own, and the sheet of the form to each sheet of a repeat group.

    The sheet of a form that names no child is none of them: its cells come with its children.
    """
    all_sheets = book.sheets()
    if len(all_sheets) < 2:
        return all_sheets, {}
    heads = [_head(book, sheet) for sheet in all_sheets]
    parents: dict[str, str] = {}
    for head in heads:
        for link, own in _LINKS:
            if head.at(link) < 0:
                continue
            at = head.at(_PARENT_NAME)
            named = head.first[at] if 0 <= at < len(head.first) else ""
            others = [each for each in heads if each is not head and each.at(own) >= 0]
            found = next((each for each in others if each.sheet.name == named), others[0] if others else None)
            if found is not None:
                parents[head.sheet.name] = found.sheet.name
    forms = {name for name in parents.values() if not next(h for h in heads if h.sheet.name == name).names_child}
    return [sheet for sheet in all_sheets if sheet.name not in forms], parents


def rows(book: Book, sheet: Sheet, parent: str) -> Iterator[RawRow] | None:
    """Return the rows of a sheet, with the cells of the form's rows added where it belongs to one."""
    own = book.rows(sheet)
    form = next((each for each in book.sheets() if each.name == parent), None)
    if own is None or form is None:
        return own
    return _joined(own, _head(book, form), book)


def _joined(own: Iterator[RawRow], form: _Head, book: Book) -> Iterator[RawRow]:
    first = next(own, None)
    if first is None:
        return
    names = [value.strip() for value in first.values]
    link, key = next((pair for pair in _LINKS if pair[0] in map(fold, names)), _LINKS[0])
    at, kept = (
        [fold(name) for name in names].index(link),
        [index for index, name in enumerate(form.names) if name and fold(name) not in _OWN],
    )
    answers: dict[str, tuple[int, list[str]]] = {}
    for row in islice(book.rows(form.sheet) or iter(()), _MOST_FORMS):
        values = row.values
        if form.at(key) < len(values) and (number := values[form.at(key)].strip()):
            answers[number] = row.number, [values[index] if index < len(values) else "" for index in kept]
    width = len(names)
    yield first._replace(values=names + [form.names[index] for index in kept], across=None)
    for row in own:
        values = [*row.values[:width], *[""] * (width - len(row.values))]
        above, more = answers.get(values[at].strip(), (0, [""] * len(kept)))
        places = {width + n: f"{form.sheet.name}!{letter(index)}{above}" for n, index in enumerate(kept)}
        yield row._replace(values=values + more, across=None, elsewhere=places)


def _head(book: Book, sheet: Sheet) -> _Head:
    """Return the first two rows of a sheet."""
    top = list(islice(book.rows(sheet) or iter(()), 2))
    texts = [[value.strip() for value in row.values] for row in top]
    return _Head(sheet, texts[0] if texts else [], texts[1] if len(texts) > 1 else [])
