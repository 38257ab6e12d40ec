"""The form of a workbook's sheets, whatever kind of file it was read from. Rows and columns count from 0."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class SheetForm:
    """What the form of one sheet says.

    Attributes:
        hidden_rows, hidden_columns: Hidden by hand or by a filter.
        struck: Cells whose whole text is struck through.
        comments: Cells with a comment.
        texts: Text of cells without the parts that are struck through or set as the number of a footnote.
        errors: How many cells hold an error of the spreadsheet.
        without_value: How many formulas have no stored value.
    """

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    struck: set[tuple[int, int]] = field(default_factory=set)
    comments: set[tuple[int, int]] = field(default_factory=set)
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    errors: int = 0
    without_value: int = 0


@dataclass
class Form:
    """The form of a workbook.

    Attributes:
        sheets: By the name of the sheet.
        hidden_sheets: Names of those that are hidden, where the reader of values does not tell.
        from_1904: Days are counted from 1904, as old programs of Apple did.
    """

    sheets: dict[str, SheetForm] = field(default_factory=dict)
    hidden_sheets: set[str] = field(default_factory=set)
    from_1904: bool = False

    def of(self, name: str) -> SheetForm:
        """Return the form of a sheet."""
        return self.sheets.get(name) or SheetForm()
