"""Objects of a JSON list emptied: each keeps its place, so that all others keep theirs."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from typing import Any, Final

from sources.locator import Locator

_INDEX: Final = re.compile(r"\[(\d+)\]$")


def lines_emptied(content: bytes, encoding: str, places: Collection[Locator]) -> bytes | None:
    """Return a list of one object a line without some of them; None where it cannot be written again."""
    try:
        lines = content.decode(encoding).splitlines(keepends=True)
    except UnicodeDecodeError:
        return None
    for place in places:
        if place.line is None or place.line > len(lines):
            return None
        line = lines[place.line - 1]
        lines[place.line - 1] = line[len(line.rstrip("\r\n")) :]
    return "".join(lines).encode(encoding)


def objects_emptied(content: bytes, encoding: str, records: str | None, places: Collection[Locator]) -> bytes | None:
    """Return a document without some of the objects of its list `records` (as the description names it)."""
    try:
        document = json.loads(content.decode(encoding))
    except (UnicodeDecodeError, ValueError, RecursionError):
        return None
    path = [part for name in (records or "").replace("[]", ".[]").split(".") if (part := name.strip()) and part != "$"]
    wanted = {int(hit[1]) for place in places if place.path and (hit := _INDEX.search(place.path))}
    if len(wanted) < len({place.path for place in places}):
        return None
    for number, (holder, at) in enumerate(_items(document, path)):
        if number in wanted:
            holder[at] = {}
            wanted.discard(number)
    return None if wanted else json.dumps(document, ensure_ascii=False, indent=1).encode(encoding)


def messages_emptied(content: bytes, places: Collection[Locator]) -> bytes | None:
    """Return a Telegram export without the words of some messages: they keep their ids and dates."""
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        return None
    wanted = {(place.message, str(place.chat) if place.chat is not None else None) for place in places}
    left = set(wanted)
    chats = [document]
    for part in ("chats", "left_chats"):
        if isinstance(document, dict) and isinstance(document.get(part), dict):
            chats += document[part].get("list") or []
    for chat in chats:
        messages: list[Any] = (chat.get("messages") if isinstance(chat, dict) else None) or []
        for at, message in enumerate(messages):
            number = message.get("id") if isinstance(message, dict) else None
            for mark in ((number, str(chat.get("id"))), (number, None)):
                if mark in wanted:
                    messages[at] = {key: message[key] for key in ("id", "type", "date") if key in message} | {
                        "text": ""
                    }
                    left.discard(mark)
    return None if left else json.dumps(document, ensure_ascii=False, indent=1).encode()


def _items(value: Any, path: list[str]) -> Iterator[tuple[Any, Any]]:
    """Yield where each object of a list stands: what holds it, and under which key."""
    if not path:
        if isinstance(value, list):
            yield from ((value, at) for at in range(len(value)))
        return
    first, *rest = path
    if first == "[]":
        for part in value if isinstance(value, list) else ():
            yield from _items(part, rest)
    elif isinstance(value, dict) and first in value:
        yield from _items(value[first], rest)
