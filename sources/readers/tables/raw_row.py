"""A row of a table before it has meaning, and what its form says: struck through, hidden, commented."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from sources.description.reader_options import TableOptions
from sources.locator import Locator
from sources.read_items import ReadReport

MARKS: Final = {
    "struck": "row_struck_through",
    "comment": "row_has_comment",
    "struck_cell": "cell_struck_through",
    "hidden_cell": "cell_hidden",
}
"""The doubt that each mark of a row makes."""
_TOLD: Final = {
    "struck": "{} struck through: in doubt; `struck: skip` leaves them out",
    "struck_cell": "{} with a single cell struck through: that cell is left out",
    "hidden_cell": "{} with a single cell of hidden text: that cell is left out",
    "hidden": "{} hidden (by hand or by a filter): read; `hidden_rows: skip` leaves them out",
    "comment": "{} with a comment on a cell, which is not read: in doubt; look at it in the file",
    "mended": "{} read as another code page, or with escapes (&#1047;): the letters are repaired",
}


class RawRow(NamedTuple):
    """A row before it has meaning: its number in the file, from 1, and the text of its cells.

    `across` is the same row with cells merged across filled in, as headers need it. `place` says where a row stands
    whose number is not enough, as in a table that runs over pages: it goes into the locator. `marks` are what the form
    of the row says: `struck`, `hidden`, `comment`. `elsewhere` gives the place of cells that were taken from another
    sheet, by their index.
    """

    number: int
    values: list[str]
    across: list[str] | None = None
    place: Locator | None = None
    marks: frozenset[str] = frozenset()
    elsewhere: Mapping[int, str] = {}


@dataclass
class Marks:
    """What the form of a table's rows says, counted while they are read."""

    options: TableOptions
    found: Counter[str] = field(default_factory=Counter)

    def left_out(self, row: RawRow) -> str:
        """Count what the form of a row says; return why it is left out, '' when it is read."""
        for mark in row.marks:
            self.found[mark] += 1
        if "struck" in row.marks and self.options.struck == "skip":
            return "struck through"
        if "hidden" in row.marks and self.options.hidden_rows == "skip":
            return "hidden"
        return ""

    def tell(self, report: ReadReport, at: str) -> None:
        """Note what the form of the rows said."""
        where = f" of {at}" if at else ""
        for name, text in _TOLD.items():
            if count := self.found[name]:
                report.notes.append(text.format(f"{count} row{'s' if count > 1 else ''}{where}"))
