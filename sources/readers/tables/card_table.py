"""Tables that are cards: labels at the left, the values of a child to the right of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sources.locator import Locator
from sources.read_items import Column, ReadItem, ReadProblem, ReadReport, Row
from sources.readers.files import SourceFile
from sources.readers.limits import kept
from sources.readers.row_text import unfit
from sources.readers.tables import label_cards
from sources.readers.tables.header import Header, MissingColumns
from sources.readers.tables.titles import Titles


@dataclass(frozen=True)
class CardTable:
    """One table of cards, and how the description says to read it; as `table.Table`.

    `place_of` tells where a row stands whose number is not enough.
    """

    file: SourceFile
    columns: Sequence[Column]
    report: ReadReport
    locator: Locator
    at: str
    titles: Titles
    place_of: Callable[[int], Locator] | None = None

    def read(self, rows: Iterable[tuple[int, Sequence[str]]]) -> Iterator[ReadItem]:
        """Yield each card as a row.

        Args:
            rows: Number and stripped cells of each row.

        Raises:
            MissingColumns: there is no card with a wanted label.
        """
        where = f" of {self.at}" if self.at else ""
        self.report.facts[f"layout{where}"] = "cards of labels and values"
        number = 0
        never = {column.name: column for column in self.columns if not column.optional}
        for number, card in enumerate(label_cards.cards(rows, self.columns), start=1):
            for name in card.cells:
                never.pop(name, None)
            locator = self._place(card.row)._replace(card=number if number > 1 else None)
            if problem := unfit([text for text in card.cells.values() if text]):
                yield ReadProblem(locator, *problem, kept(list(card.cells.values())))
                continue
            wanted = {column.name: card.cells.get(column.name, "") for column in self.columns}
            yield Row(locator, wanted, self.titles.context, card.places, "", self.titles.places)
        if not number:
            raise MissingColumns(self.file, self.at, Header(0, 1, [], {}), list(never.values()) or list(self.columns))
        for column in never.values():
            self.report.notes.append(f"no card{where} has '{column.name}' for {column.used_by}")

    def _place(self, row: int) -> Locator:
        return self.place_of(row) if self.place_of else self.locator._replace(row=row)
