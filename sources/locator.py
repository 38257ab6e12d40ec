"""Where in a piece of evidence something stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

INSIDE_ROW: Final = frozenset({"cells", "cell", "offsets", "part"})
"""Parts that tell the readings of one row from each other."""

_NOT_IN_WORDS: Final = frozenset({"cells", "offsets"})
_NOT_IN_KEYS: Final = INSIDE_ROW | {"css"}


class Locator(NamedTuple):
    """The place of a row, of one field of it, or of a document about one child; what is None says nothing.

    The order of the parts is that in which a person looks a place up, and that of keys made from places: a new part
    comes where it fits, and the parts that are there stay in their order.

    Attributes:
        member: Path in the ZIP or folder.
        sheet: Name of the sheet.
        css: Selector of the elements that `card`, `article` or `table` counts on a page.
        table: Number of the table in a document or on a web page, from 1.
        page: Page of a PDF or scan, from 1.
        row, line, paragraph, card, article, person, note: Number in the file, sheet, table or page, from 1.
        beside: Which of the lists that stand side by side in one sheet, from 2.
        path: Place of an object in a JSON document: `$[3]`.
        message, chat: The ids that Telegram gave.
        cells: Field to its place: `{"birth_date": "D7"}`.
        cell: Place of the one field that is meant.
        part: Which child of a row that tells of several, from 1.
        offsets: First character of a child's name in a text, and the one after its last.
        testimony: Id of the document from which a person took the facts.
        place: Which part of that document, in the words of that person.
    """

    member: str | None = None
    sheet: str | None = None
    css: str | None = None
    table: int | None = None
    page: int | None = None
    row: int | None = None
    beside: int | None = None
    line: int | None = None
    paragraph: int | None = None
    card: int | None = None
    article: int | None = None
    path: str | None = None
    message: int | None = None
    chat: int | str | None = None
    person: int | None = None
    note: int | None = None
    cells: Mapping[str, str] | None = None
    cell: str | None = None
    part: int | None = None
    offsets: tuple[int, int] | None = None
    testimony: int | None = None
    place: str | None = None

    def __bool__(self) -> bool:
        """Tell whether it says anything."""
        return self != NOWHERE

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Locator:
        """Read the stored form.

        Raises:
            ValueError: A part is none of those above.
        """
        if unknown := sorted(stored.keys() - set(cls._fields)):
            raise ValueError(f"a locator has no part {', '.join(unknown)}; its parts are {', '.join(cls._fields)}")
        found = cls(**stored)
        return found if found.offsets is None else found._replace(offsets=(found.offsets[0], found.offsets[1]))

    def to_json(self) -> dict[str, Any]:
        """Return the stored form: what is said, by the name of the part."""
        stored = dict(self.parts())
        if self.offsets is not None:
            stored["offsets"] = list(self.offsets)
        return stored

    def parts(self) -> Iterator[tuple[str, Any]]:
        """Yield name and content of the parts that say something."""
        return ((name, part) for name, part in zip(self._fields, self, strict=True) if part is not None)

    def of_row(self) -> Locator:
        """Return where the row stands: equal for all readings of one row, and fit to be a key of a dictionary."""
        return self._replace(cells=None, cell=None, part=None, offsets=None)

    def of_field(self, field: str) -> Locator:
        """Return the place of one field: the row's, with the field's own cell instead of the cells of all fields."""
        return self._replace(cells=None, cell=(self.cells or {}).get(field, self.cell))

    def of_record(self) -> Locator:
        """Return the place of the record as a whole, without its cells."""
        return self._replace(cells=None, cell=None)

    def key(self) -> str:
        """Return what tells the row from the others of its file, for lists that give their rows no key: `Етап 1/6`."""
        return "/".join(str(part) for name, part in self.parts() if name not in _NOT_IN_KEYS)

    def words(self) -> str:
        """Say the place in words, without its cells: `sheet Етап 1, row 6`."""
        return ", ".join(f"{name} {part}" for name, part in self.parts() if name not in _NOT_IN_WORDS)


NOWHERE: Final = Locator()
