"""The original bytes of a record in their context: its own cells readable, those of other people masked.

The source's own reader reads them anew at each look, by the description with which the record was made, whatever the
format; this module only masks and shapes what it gives. The bytes are hashed at each look, so that the page can say
whether they are still what was stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.errors import EvidenceError
from registry.evidence import store
from registry.evidence.store import Kept
from registry.provenance import row_in_evidence
from registry.provenance.row_in_evidence import PAGE, Context, Place
from registry.provenance.values import as_text
from sources.extraction.row_around import Piece as RowPiece
from sources.fields import NAMING_FIELDS
from sources.locator import Locator
from transliteration.errors import MendableError

if TYPE_CHECKING:
    from registry.models import Record
    from review.pair.side import FieldView, SideView

READ_AT_MOST = 32 * 1024 * 1024
HASHED_AT_ONCE = 4 * 1024 * 1024
"""Larger files are hashed only when somebody opens the original, so that the pair is there at once."""
WIDEST = 24
LONGEST = 600

SOUND, CHANGED, MISSING, NOT_READ = "sound", "changed", "missing", "not_read"
_NUMBERS = ("page", "row", "line", "paragraph", "card", "article", "path", "message", "person", "note")
"""Parts of a locator that say which row it is and nothing about anybody: names of sheets and files may."""


@dataclass(frozen=True)
class Piece:
    """One cell or message; `text` is '' when it is empty or masked."""

    text: str
    masked: bool = False


@dataclass(frozen=True)
class Line:
    """One row or message; `own` when it is the record's."""

    label: str
    own: bool
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Original:
    """A look at the bytes behind a record.

    Attributes:
        state: `sound`, `changed`, `missing`, or `not_read` when the file is too large for a look.
        kind: `table`, `messages`, `card`, or '' when this record's place cannot be shown.
        columns: Columns of a table that the description reads: letter or number, heading in the file, and the field
            that was read from it ('' for none).
        lines: The record's own line and those around it.
        elsewhere: What the record takes from a title or the name of a sheet or file: `(place, field, text)`.
        agrees: Whether the record's names stand at this place today.
    """

    state: str
    kind: str = ""
    columns: tuple[tuple[str, str, str], ...] = ()
    lines: tuple[Line, ...] = ()
    elsewhere: tuple[tuple[str, str, str], ...] = ()
    agrees: bool = False


def state_of(sha256: str, size: int) -> str:
    """Say whether stored bytes are what they were, read just now; `not_read` for large ones."""
    return NOT_READ if size > HASHED_AT_ONCE else _state(store.kept(sha256))


def look(sides: Iterable[tuple[SideView, Record]]) -> tuple[Original, ...]:
    """Read the bytes behind the sides of a pair, as far as they may be seen: at once, each in a process of its own.

    Args:
        sides: Each record as this person may see it (fields withheld there are masked here), and the record itself.
    """
    asked = [(side, record, store.kept(side.evidence_sha256), _place(record)) for side, record in sides]
    with ThreadPoolExecutor(len(asked)) as pool:  # the threads wait for processes; none asks the database
        return tuple(pool.map(_look, asked))


def _place(record: Record) -> Place | None:
    try:
        return row_in_evidence.place_of(record)
    except MendableError:  # taken from a document by a person, or without a description on file
        return None


def _look(asked: tuple[SideView, Record, Kept, Place | None]) -> Original:
    side, record, kept, place = asked
    if side.evidence_size > READ_AT_MOST:
        return Original(NOT_READ)
    state = _state(kept)
    if state == MISSING or place is None:
        return Original(state)
    try:
        found = row_in_evidence.held_against(record.payload, row_in_evidence.read(place, PAGE))
    except EvidenceError:  # bytes that were changed, or that demand more than a page may take
        return Original(state)
    return shown(side, place.locator, found, state)


def _state(kept: Kept) -> str:
    if not kept.path.exists():
        return MISSING
    return SOUND if kept.is_sound() else CHANGED


def shown(side: SideView, locator: Locator, found: Context, state: str) -> Original:
    """Mask what was read: of the record's own row what visible fields were read from, of other rows everything.

    Args:
        side: The record as this person may see it.
        locator: Its whole locator, with the cells of all its fields.
        found: Its row and those around it.
        state: How the bytes stand.
    """
    kind = _kind(locator)
    reading = _OwnRow(side, locator, found.row, found.written, whole=kind != "card")
    names = _columns(found.row)
    names = names[:WIDEST] if kind == "table" else [name for name in names if name in found.row.cells]
    masked = _masked_row if kind == "table" else _masked_whole
    lines = [masked(piece, names) for piece in found.before]
    lines.append(Line(_label(found.row.locator), own=True, pieces=tuple(reading.piece(name) for name in names)))
    lines += [masked(piece, names) for piece in found.after]
    columns = tuple((_letters(found.row, name), name, reading.field_of(name)) for name in names)
    elsewhere = tuple(reading.elsewhere())
    agrees = _agrees(side, found)
    return Original(state, kind, columns if kind == "table" else (), tuple(lines), elsewhere, agrees)


def _kind(locator: Locator) -> str:
    if locator.row is not None:
        return "table"
    return "messages" if locator.message is not None else "card"


def _columns(row: RowPiece) -> list[str]:
    """Return the columns in the order of their letters; others in that of the description."""
    names = list(dict.fromkeys([*row.places, *row.cells]))
    return sorted(names, key=lambda name: _order(_letters(row, name)))


def _letters(row: RowPiece, name: str) -> str:
    """Return the letters of a column, '' where it has none."""
    letters = row.places.get(name, "").rstrip("0123456789")
    return letters if letters.isascii() and letters.isupper() and len(letters) <= 3 else ""


def _order(letters: str) -> tuple[int, str]:
    return len(letters), letters


def _label(locator: Locator) -> str:
    """Say which row of its sheet, page or file it is, and nothing that may name a place or a person."""
    return " · ".join(str(part) for name, part in locator.parts() if name in _NUMBERS)


def _masked_whole(piece: RowPiece, _: list[str]) -> Line:
    return Line(_label(piece.locator), own=False, pieces=(Piece("", masked=True),))


def _masked_row(piece: RowPiece, names: list[str]) -> Line:
    if piece.note:  # a title, a footer, or a row that could not be read
        cells = tuple(Piece("", masked=True) for _ in names)
    else:
        cells = tuple(Piece("", masked=bool(piece.cells.get(name))) for name in names)
    return Line(_label(piece.locator), own=False, pieces=cells)


class _OwnRow:
    """The record's own row: which fields were read from which cell, and what of it may be seen.

    Args:
        whole: Whether a cell from which only visible fields were read is shown whole; else only what they say.
    """

    def __init__(
        self, side: SideView, locator: Locator, row: RowPiece, written: Mapping[str, Any], *, whole: bool
    ) -> None:
        self._row, self._written, self._whole = row, written, whole
        self._visible = {f.field: f for f in side.fields if not f.withheld}
        self._withheld = {f.field for f in side.fields if f.withheld}
        self._fields: dict[str, list[str]] = {}
        for name in [*self._visible, *sorted(self._withheld)]:
            for place in ((locator.cells or {}).get(name) or "").split(", "):
                self._fields.setdefault(place, []).append(name)

    def _of(self, column: str) -> list[str]:
        return self._fields.get(self._row.places.get(column, ""), [])

    def field_of(self, column: str) -> str:
        """Return the visible field that was read from a column, '' for none."""
        return next((name for name in self._of(column) if name in self._visible), "")

    def piece(self, column: str) -> Piece:
        """Return a cell as far as it may be seen."""
        text = self._row.cells.get(column, "")
        fields = self._of(column)
        own = [self._visible[name] for name in fields if name in self._visible]
        if not own or not text:
            return Piece("", masked=bool(text.strip()))
        if self._whole and self._withheld.isdisjoint(fields):
            return Piece(text[:LONGEST])
        said = [value for field in own for value in _written(field) if _folded(value) in _folded(text)]
        return Piece("; ".join(said)[:LONGEST]) if said else Piece("", masked=True)

    def elsewhere(self) -> Iterable[tuple[str, str, str]]:
        """Yield place, field and text of what was read from titles and from names of sheets and files."""
        places = set(self._row.context_places.values())
        for place, fields in sorted(self._fields.items()):
            for name in fields:
                if place in places and name in self._visible and (text := as_text(self._written.get(name))):
                    yield place, name, text[:LONGEST]


def _written(field: FieldView) -> tuple[str, ...]:
    return tuple(value for value in field.written if value)


def _agrees(side: SideView, found: Context) -> bool:
    """Tell whether the visible names, or where there is none all visible fields, are what the bytes give now."""
    visible = [field for field in side.fields if not field.withheld]
    # What was found in a text is in no cell of its own: the text itself is compared.
    read = [field for field in visible if field.field in found.written or not _in_text(found)]
    names = [field for field in read if field.field in NAMING_FIELDS]
    return all(_same(field, found.written.get(field.field)) for field in names or read)


def _in_text(found: Context) -> bool:
    return "text" in found.written


def _same(field: FieldView, now: Any) -> bool:
    values = now if isinstance(now, list) else [now]
    return [_folded(value) for value in field.written] == [_folded(as_text(value)) for value in values]


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()
