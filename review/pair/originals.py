"""The original bytes of a record in their context: its own cells readable, those of other people masked.

The bytes are read anew and hashed at each look, so that the page can say whether they are still what was stored.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from python_calamine import CalamineError, CalamineWorkbook
from selectolax.lexbor import LexborHTMLParser

from registry.errors import EvidenceError
from registry.evidence import store
from sources.locator import Locator

if TYPE_CHECKING:
    from review.pair.side import SideView

AROUND = 2
"""So many rows or messages before and after."""
READ_AT_MOST = 32 * 1024 * 1024
HASHED_AT_ONCE = 4 * 1024 * 1024
"""Larger files are hashed only when somebody opens the original, so that the pair is there at once."""
WIDEST = 24
LONGEST = 600

SOUND, CHANGED, MISSING, NOT_READ = "sound", "changed", "missing", "not_read"
_CELL = re.compile(r"([A-Z]{1,3})(\d+)")


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
        kind: `table`, `messages`, `card`, or '' when this kind of file cannot be shown.
        columns: Letters of the columns of a table, each with the field that was read from it ('' for none).
        lines: The record's own line and those around it.
        elsewhere: Cells of other rows that belong to the record, such as a title: `(cell, field, text)`.
        agrees: Whether the record's values stand at this place today.
    """

    state: str
    kind: str = ""
    columns: tuple[tuple[str, str], ...] = ()
    lines: tuple[Line, ...] = ()
    elsewhere: tuple[tuple[str, str, str], ...] = ()
    agrees: bool = False


def state_of(sha256: str, size: int) -> str:
    """Say whether stored bytes are what they were, read just now; `not_read` for large ones."""
    if size > HASHED_AT_ONCE:
        return NOT_READ
    return _read(sha256)[0]


def look(side: SideView, place: Mapping[str, Any]) -> Original:
    """Read the bytes behind one side of a pair, as far as that side may be seen.

    Args:
        side: The record as this person may see it: fields withheld there are masked here.
        place: Its whole locator.
    """
    if side.evidence_size > READ_AT_MOST:
        return Original(NOT_READ)
    state, content = _read(side.evidence_sha256)
    if content is None:
        return Original(state)
    try:
        return _show(side, place, state, content)
    except (ValueError, KeyError, IndexError, CalamineError, OSError):
        return Original(state)


def _read(sha256: str) -> tuple[str, bytes | None]:
    try:
        with store.open(sha256) as file:
            content = file.read()
    except EvidenceError:
        return MISSING, None
    return (SOUND if hashlib.sha256(content).hexdigest() == sha256 else CHANGED), content


def _show(side: SideView, place: Mapping[str, Any], state: str, content: bytes) -> Original:
    if "message" in place:
        return _messages(side, state, json.loads(content))
    if "card" in place and "css" in place:
        return _cards(side, state, LexborHTMLParser(_text(content)))
    if isinstance(place.get("row"), int) and "css" not in place and "table" not in place and "page" not in place:
        if content[:4] == b"PK\x03\x04":
            return _table(side, state, _sheet(content, place))
        if not content.startswith(b"%PDF"):
            return _table(side, state, _records(_text(content)))
    return Original(state)


def _table(side: SideView, state: str, rows: Iterable[tuple[int, list[str]]]) -> Original:
    row = side.locator.row or 0
    fields = {f.locator.cell or "": f for f in side.fields}
    places = {cell: f for cell, f in fields.items() if _CELL.fullmatch(cell)}
    titles = {int(_row_of(cell)) for cell in places if _row_of(cell) != row}
    wanted = range(row - AROUND, row + AROUND + 1)
    found = {n: values for n, values in _until(rows, max(wanted)) if n in wanted or n in titles}
    width = min(max((len(values) for n, values in found.items() if n in wanted), default=0), WIDEST)
    own = {_index(_letters_of(cell)): f for cell, f in places.items() if _row_of(cell) == row}
    lines = []
    for number in wanted:
        if number in found:
            cells = [*found[number], *[""] * width][:width]
            mine = number == row
            pieces = (
                _piece(text, shown=mine and index in own and not own[index].withheld)
                for index, text in enumerate(cells)
            )
            lines.append(Line(str(number), mine, tuple(pieces)))
    elsewhere = tuple(
        (cell, f.field, found[_row_of(cell)][_index(_letters_of(cell))][:LONGEST])
        for cell, f in sorted(places.items())
        if _row_of(cell) != row and not f.withheld and _index(_letters_of(cell)) < len(found.get(_row_of(cell), []))
    )
    columns = tuple((_letters(i), own[i].field if i in own else "") for i in range(width))
    here = [found[row][i] for i in own if i < len(found[row])] if row in found else []
    return Original(state, "table", columns, tuple(lines), elsewhere, _agrees(side, " ".join(here)))


def _messages(side: SideView, state: str, export: Any) -> Original:
    chats = export.get("chats", {}).get("list") or [export] if isinstance(export, Mapping) else []
    wanted, chat_id = side.locator.message, side.locator.chat
    for chat in chats:
        messages = [m for m in chat.get("messages", []) if isinstance(m, Mapping)]
        if chat_id is not None and str(chat.get("id", chat_id)) != str(chat_id):
            continue
        at = next((i for i, m in enumerate(messages) if m.get("id") == wanted), None)
        if at is None:
            continue
        visible = not any(f.withheld for f in side.fields if f.field == "text")
        near = messages[max(at - AROUND, 0) : at + AROUND + 1]
        lines = tuple(
            Line(_said_at(m), m is messages[at], (_piece(_said(m), shown=m is messages[at] and visible),)) for m in near
        )
        return Original(state, "messages", lines=lines, agrees=_agrees(side, _said(messages[at])))
    return Original(state)


def _cards(side: SideView, state: str, page: LexborHTMLParser) -> Original:
    cards = page.css(side.locator.css or "")
    at = (side.locator.card or 0) - 1
    if not 0 <= at < len(cards):
        return Original(state)
    parts = cards[at].text(separator="\n", strip=True).split("\n")
    said = [value for f in side.fields if not f.withheld for value in f.written]
    own = Line(str(at + 1), own=True, pieces=tuple(_said_part(part, said) for part in parts))
    before = [_masked_card(at - 1)] if at else []
    after = [_masked_card(at + 1)] if at + 1 < len(cards) else []
    return Original(state, "card", lines=(*before, own, *after), agrees=_agrees(side, " ".join(parts)))


def _masked_card(at: int) -> Line:
    return Line(str(at + 1), own=False, pieces=(Piece("", masked=True),))


def _said_part(text: str, said: Iterable[str]) -> Piece:
    """Show of a line what the record's visible values say, the longest of them; a line that says none is masked."""
    found = sorted((value for value in said if value and value.casefold() in text.casefold()), key=len)
    return Piece(found[-1][:LONGEST]) if found else Piece("", masked=True)


def _sheet(content: bytes, place: Mapping[str, Any]) -> Iterator[tuple[int, list[str]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    sheet = book.get_sheet_by_name(str(place["sheet"])) if "sheet" in place else book.get_sheet_by_index(0)
    for number, row in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        yield number, [_written(value) for value in row]


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    try:
        dialect: Any = csv.Sniffer().sniff(text[:20_000], delimiters=";,\t|")
    except csv.Error:
        dialect = csv.excel
    reader = csv.reader(io.StringIO(text, newline=""), dialect)
    first = 1
    for values in reader:
        yield first, values
        first = reader.line_num + 1


def _until(rows: Iterable[tuple[int, list[str]]], last: int) -> Iterator[tuple[int, list[str]]]:
    for number, values in islice(rows, last + AROUND):
        if number > last:
            return
        yield number, values


def _text(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1251", "replace")


def _piece(text: str, *, shown: bool) -> Piece:
    return Piece(text[:LONGEST]) if shown else Piece("", masked=bool(text.strip()))


def _agrees(side: SideView, text: str) -> bool:
    """Tell whether every written value that may be seen stands in a text of the original."""
    here = _folded(text)
    values = [v for f in side.fields if not f.withheld and (f.locator.cell is None or _same_row(side, f.locator))
              for v in f.written]  # fmt: skip
    names = [v for f in side.fields if f.field in ("full_name", "surname", "given", "text") for v in f.written]
    return all(_folded(value) in here for value in (names or values))


def _same_row(side: SideView, locator: Locator) -> bool:
    cell = locator.cell or ""
    return bool(_CELL.fullmatch(cell)) and _row_of(cell) == side.locator.row


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()


def _written(value: Any) -> str:
    if isinstance(value, datetime | date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _said(message: Mapping[str, Any]) -> str:
    text = message.get("text", "")
    if isinstance(text, list):
        return "".join(part if isinstance(part, str) else str(part.get("text", "")) for part in text)
    return str(text)


def _said_at(message: Mapping[str, Any]) -> str:
    day = str(message.get("date", ""))[:10].split("-")
    return f"{message.get('id')}, {'.'.join(reversed(day))}"


def _row_of(cell: str) -> int:
    found = _CELL.fullmatch(cell)
    return int(found[2]) if found else 0


def _letters_of(cell: str) -> str:
    found = _CELL.fullmatch(cell)
    return found[1] if found else ""


def _index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def _letters(index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
