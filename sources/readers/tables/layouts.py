"""A further table below the first: its header is a row that is made of names of columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sources.column_names import NAMING, field_of, fold, is_name_of_column, may_name_column
from sources.read_items import Column
from sources.readers.tables.header import Header, join_rows, match


def is_header(filled: Sequence[str], known: frozenset[str]) -> bool:
    """Tell whether a row is made of names of columns: of those that the table has, or of such as lists have."""
    if len(filled) < 2:
        return False
    needed = max(2, len(filled) - 1)
    # Most rows of data end here: a number or a date in two cells costs no pattern.
    if not _at_least(needed, filled, lambda text: may_name_column(text) or fold(text) in known):
        return False
    if _at_least(needed, filled, lambda text: fold(text) in known):
        return True
    if not _at_least(needed, filled, lambda text: fold(text) in known or is_name_of_column(text)):
        return False
    fields = {field_of(text) for text in filled if fold(text) in known or is_name_of_column(text)}
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
