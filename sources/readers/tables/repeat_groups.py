"""Repeat groups of forms (KoboToolbox, ODK): rows in a table of their own that point to the row of their form.

The cells of the form's row are added to each row of the repeat group, so that a child has its family's telephone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from sources.column_names import NAMING, field_of, fold
from sources.read_items import Column, ReadProblem
from sources.readers.tables.header import letter
from sources.readers.tables.raw_row import RawRow
from sources.readers.tables.side_lists import names_child

LINKS: Final = (("_parent_index", "_index"), ("parent_key", "key"))
"""The column of a repeat group, and that of the form to which it points."""
PARENT_NAME: Final = "_parent_table_name"
_OWN: Final = frozenset({"_index", "_parent_index", PARENT_NAME, "parent_key", "key"})
_MOST_FORMS: Final = 200_000


def index_of(names: Sequence[str], name: str) -> int:
    """Return the index of a column; -1 where there is none."""
    return next((index for index, each in enumerate(names) if fold(each) == name), -1)


def link_of(names: Sequence[str]) -> tuple[str, str] | None:
    """Return how a table points to its form; None where it is no repeat group."""
    return next((link for link in LINKS if index_of(names, link[0]) >= 0), None)


def tells_of_children(names: Sequence[str], columns: Sequence[Column] | None) -> bool:
    """Tell whether a table names children: by the columns that a description takes names from, else by its headers."""
    wanted = {fold(column.name) for column in columns or () if names_child(column)}
    if wanted:
        return any(fold(name) in wanted for name in names)
    return any(field_of(name) in NAMING for name in names if name)


def joined(
    own: Iterator[RawRow | ReadProblem], form: Iterable[RawRow | ReadProblem], form_name: str
) -> Iterator[RawRow | ReadProblem]:
    """Yield the rows of a repeat group, each with the cells of its form's row behind its own.

    A row that is wider or narrower than its header stays as it is.

    Args:
        own: The rows of the repeat group, its header first.
        form: The rows of the form, its header first.
        form_name: Where the form stands, for the places of its cells.
    """
    first = next(own, None)
    form_rows = (row for row in form if isinstance(row, RawRow))
    head = next(form_rows, None)
    names = [value.strip() for value in first.values] if isinstance(first, RawRow) else []
    link = link_of(names)
    if first is None or head is None or link is None or isinstance(first, ReadProblem):
        yield from () if first is None else (first, *own)
        return
    at = index_of(names, link[0])
    of_form = [value.strip() for value in head.values]
    kept = [index for index, name in enumerate(of_form) if name and fold(name) not in _OWN]
    key = index_of(of_form, link[1])
    answers: dict[str, RawRow] = {}
    for row in islice(form_rows, _MOST_FORMS):
        if 0 <= key < len(row.values) and (number := row.values[key].strip()):
            answers[number] = row
    width = len(names)
    yield first._replace(values=names + [of_form[index] for index in kept], across=None)
    for each in own:
        if isinstance(each, ReadProblem) or len(each.values) != width:
            yield each
            continue
        answer = answers.get(each.values[at].strip(), RawRow(0, []))
        more = [answer.values[index] if index < len(answer.values) else "" for index in kept]
        places = {
            width + n: answer.elsewhere.get(index, f"{form_name}!{letter(index)}{answer.number}")
            for n, index in enumerate(kept)
        }
        yield each._replace(values=each.values + more, across=None, elsewhere={**each.elsewhere, **places})
