"""Titles above a table and between its rows: what their patterns find holds for the rows that follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sources.description.reader_options import TableOptions, compiled
from sources.read_items import ReadReport
from sources.readers.row_text import TITLE_CHARS, groups_of, text_of
from sources.readers.tables.header import letter
from sources.readers.tables.raw_row import RawRow


@dataclass
class Titles:
    """What the titles of a table have told so far: `context` by name, and the place of each in `places`."""

    options: TableOptions
    context: dict[str, str]
    places: dict[str, str]

    def read(self, rows: Sequence[RawRow], report: ReadReport, at: str) -> None:
        """Take context from the rows above a header, each alone and all of them together."""
        matched = [self.of_row(row) for row in rows]
        text = " ".join(text_of(row.values) for row in rows)[:TITLE_CHARS]
        if len(rows) > 1:
            for pattern in self.options.titles:
                if hit := compiled(pattern).search(text):
                    for name, value in groups_of(hit).items():
                        self.context.setdefault(name, value)
                        self.places.setdefault(name, f"rows {rows[0].number}-{rows[-1].number}")
                    matched.append(True)
        known = any(name in self.context for title in self.options.titles for name in compiled(title).groupindex)
        if self.options.titles and not any(matched) and not known:
            report.notes.append(f"no title pattern matched above the header{' of ' + at if at else ''}")

    def of_row(self, row: RawRow) -> bool:
        """Take context from a title row; each group that a pattern finds replaces what was known."""
        text = text_of(row.values)[:TITLE_CHARS]
        matched = False
        for pattern in self.options.titles:
            if hit := compiled(pattern).search(text):
                place = f"{letter(next(index for index, value in enumerate(row.values) if value.strip()))}{row.number}"
                found = groups_of(hit)
                self.context = {**self.context, **found}
                self.places = {**self.places, **dict.fromkeys(found, place)}
                matched = True
        return matched
