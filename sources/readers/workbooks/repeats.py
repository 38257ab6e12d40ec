"""Repeat groups whose form is another sheet of the workbook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from sources.read_items import Column, ReadProblem
from sources.readers.tables.raw_row import RawRow
from sources.readers.tables.repeat_groups import LINKS, PARENT_NAME, index_of, joined, tells_of_children
from sources.readers.workbooks.book import Book, Sheet


@dataclass
class _Head:
    """The first row of a sheet: its names, and the cells below them."""

    sheet: Sheet
    names: list[str]
    first: list[str] = field(default_factory=list)


def sheets(book: Book, columns: Sequence[Column] | None = None) -> tuple[list[Sheet], dict[str, str], list[str]]:
    """Return the sheets that hold children, the form's sheet to each repeat group, and the groups that name no child.

    The sheet of a form that names no child is none of them: its cells come with its children.

    Args:
        book: The workbook.
        columns: Those that a description takes; unset: headers tell who is named.
    """
    all_sheets = book.sheets()
    if len(all_sheets) < 2:
        return all_sheets, {}, []
    heads = [_head(book, sheet) for sheet in all_sheets]
    by_name = {head.sheet.name: head for head in heads}
    parents: dict[str, str] = {}
    for head in heads:
        for link, own in LINKS:
            if index_of(head.names, link) < 0:
                continue
            at = index_of(head.names, PARENT_NAME)
            named = head.first[at] if 0 <= at < len(head.first) else ""
            others = [each for each in heads if each is not head and index_of(each.names, own) >= 0]
            found = next((each for each in others if each.sheet.name == named), others[0] if others else None)
            if found is not None:
                parents[head.sheet.name] = found.sheet.name
    named_children = {name for name, head in by_name.items() if tells_of_children(head.names, columns)}
    left_out = set(parents.values()) - named_children
    unnamed = [name for name in parents if name not in named_children | left_out]
    if not named_children & parents.keys():  # nothing tells which group is that of the children
        unnamed = []
    left_out |= set(unnamed)
    return [sheet for sheet in all_sheets if sheet.name not in left_out], parents, unnamed


def rows(book: Book, sheet: Sheet, parents: dict[str, str]) -> Iterator[RawRow] | None:
    """Return the rows of a sheet, with the cells of the form's rows added where it belongs to one."""
    own = book.rows(sheet)
    form = next((each for each in book.sheets() if each.name == parents.get(sheet.name)), None)
    if own is None or form is None:
        return own
    return (row for row in joined(_even(own), book.rows(form) or iter(()), form.name) if isinstance(row, RawRow))


def _even(rows: Iterator[RawRow]) -> Iterator[RawRow | ReadProblem]:
    """Make each row as wide as the first: a sheet's rows end with their last filled cell."""
    width = 0
    for row in rows:
        width = width or len(row.values)
        yield row._replace(values=[*row.values[:width], *[""] * (width - len(row.values))], across=None)


def _head(book: Book, sheet: Sheet) -> _Head:
    """Return the first two rows of a sheet."""
    top = list(islice(book.rows(sheet) or iter(()), 2))
    texts = [[value.strip() for value in row.values] for row in top]
    return _Head(sheet, texts[0] if texts else [], texts[1] if len(texts) > 1 else [])
