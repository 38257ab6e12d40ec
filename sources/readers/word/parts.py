"""What stands in a document of Word: paragraphs, and rows of tables."""

from __future__ import annotations

from typing import NamedTuple


class Paragraph(NamedTuple):
    """A paragraph outside tables: its number in the document, from 1, blank ones counted."""

    number: int
    text: str


class TableRow(NamedTuple):
    """A row of a table outside tables: both numbers from 1.

    `across` is the row with cells merged across filled in; cells merged downwards are filled in both. `marks` are what
    the form of the row says: struck through, or with a comment.
    """

    table: int
    number: int
    values: list[str]
    across: list[str]
    marks: frozenset[str] = frozenset()
