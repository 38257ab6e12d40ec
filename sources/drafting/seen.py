"""What a first look at a delivered file shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sources.drafting.guess import Column


@dataclass
class Preview:
    """How a file is read and what was seen in it.

    Attributes:
        reader: The kind, and options that are not the default.
        columns: The columns, with the values of the first rows.
        titles: Texts above the headers.
        first_cells: The first cell of each row, in which totals and footnotes show.
        told: What a person should know, as comments.
        sheet: The name of the sheet, where the file has several.
        fixed: Name of the fields that every export of its kind has, where that is not the reader's.
        within: `file`, `sheet` or `table` where the numbers of rows begin anew in each.
    """

    reader: dict[str, Any]
    columns: list[Column] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    first_cells: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    within: tuple[str, ...] = ()
    fixed: str = ""
    sheet: str = ""
