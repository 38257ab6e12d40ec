"""Telegram Desktop exports (result.json): one chat, or all chats of an account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sources.description.reader_options import TelegramOptions, compiled
from sources.locator import Locator
from sources.read_items import (
    Column,
    NonData,
    ReadItem,
    ReadProblem,
    ReadReport,
    Row,
)
from sources.readers.files import SourceFile, named_context
from sources.readers.json.stream import JsonError, JsonStream
from sources.readers.limits import MAX_CELL_CHARS, kept
from sources.readers.tables.header import Header, MissingColumns

CELLS: Final = ("id", "date", "text", "from", "chat", "chat_name", "forwarded_from", "edited", "media")
_LEFT: Final = ("left_chats", "list", "[]", "messages")
_PLACES: Final = (("messages",), ("chats", "list", "[]", "messages"), _LEFT)
_MEND: Final = "export the chat from Telegram Desktop as machine-readable JSON; nothing was stored"


def message_text(text: Any) -> str:
    """Return the text of a message: a string, or a list of strings and {type, text} entities."""
    if isinstance(text, str):
        return text.strip()
    if isinstance(text, list):
        parts = [
            part if isinstance(part, str) else str(part.get("text", ""))
            for part in text
            if isinstance(part, str | dict)
        ]
        return "".join(parts).strip()
    return ""


def read(
    file: SourceFile, options: TelegramOptions, columns: Sequence[Column], report: ReadReport
) -> Iterator[ReadItem]:
    """Yield the messages of an export; service messages and messages without text are declared non-data.

    Raises:
        SourceError: the file is no Telegram export, or the description names a column that messages do not have.
    """
    missing = [column for column in columns if column.name not in CELLS and not column.optional]
    if missing:
        raise MissingColumns(file, "message", Header(0, 1, list(CELLS), {}), missing).error()
    context, places = named_context(file, options)
    skip = [compiled(pattern) for pattern in options.skip]
    where = {name: name for name in CELLS}
    for number, chat, message in _messages(file):
        if not isinstance(message, dict) or not isinstance(message.get("id"), int):
            place = Locator(path=f"messages[{number}]")
            yield ReadProblem(place, "unreadable_object", "the item is no message with an id")
            continue
        named = chat.get("id") or chat.get("name") or ""
        locator = Locator(message=message["id"], chat=named or None)
        if message.get("type", "message") != "message":
            yield NonData(locator, "service message")
            continue
        text = message_text(message.get("text"))
        if not text:
            yield NonData(locator, "message without text")
        elif any(pattern.search(text) for pattern in skip):
            yield NonData(locator, "skip pattern")
        elif len(text) > MAX_CELL_CHARS:
            yield ReadProblem(locator, "cell_too_long", f"the message has {len(text):,} characters", kept([text]))
        else:
            cells = {
                "id": str(message["id"]),
                "date": str(message.get("date", ""))[:10],
                "text": text,
                "from": str(message.get("from") or ""),
                "chat": named,
                "chat_name": chat.get("name", ""),
                "forwarded_from": str(message.get("forwarded_from") or ""),
                "edited": str(message.get("edited") or "")[:10],
                "media": str(message.get("photo") or message.get("file") or ""),
            }
            yield Row(locator, cells, context, where, "", places)


def _messages(file: SourceFile) -> Iterator[tuple[int, dict[str, str], Any]]:
    """Yield (number from 0, facts of the chat, message) of every chat in the export."""
    found = False
    reasons: list[tuple[str, int]] = []
    for path in _PLACES:
        with file.path.open(encoding="utf-8-sig", errors="replace") as stream:
            document = JsonStream(stream)
            try:
                for number, message in document.items(path):
                    found = True
                    yield number, document.context, message
                document.end()
                if len(path) == 1:
                    return
            except JsonError as error:
                if found and path is _LEFT:
                    return
                if found:
                    raise file.error(
                        error.reason, "ask for the export again; nothing was stored", f"line {error.line}"
                    ) from None
                reasons.append((error.reason, error.line))
    if found:
        return
    reason, line = reasons[0]
    raise file.error(f"the file is no Telegram export: {reason}", _MEND, f"line {line}")
