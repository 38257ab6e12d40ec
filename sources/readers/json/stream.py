"""JSON arrays read object by object, so that an export of any size needs the memory of one object."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final, TextIO

from sources.readers.limits import MAX_OBJECT_CHARS

_CHUNK: Final = 1 << 16
_SPACE: Final = " \t\r\n"
_NUMBER: Final = "0123456789.eE+-"


class JsonError(Exception):
    """Text that is no JSON, or not in the shape that was asked for; `line` is where."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


class JsonStream:
    """Walks one JSON document from front to back.

    `context` holds the plain values that stand beside the array, before it, on the way to it.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._buffer = ""
        self._at = 0
        self._line = 1
        self._decoder = json.JSONDecoder()
        self.context: dict[str, str] = {}

    def items(self, path: Sequence[str]) -> Iterator[tuple[int, Any]]:
        """Yield (number from 0, object) of the array under a path of keys; `[]` in a path walks every item of an array.

        Raises:
            JsonError: the text is no JSON, or there is no array at the path.
        """
        if self._peek() == "{":
            yield from self._in_object(tuple(path))
        elif self._peek() == "[":
            yield from self._in_array(tuple(path[1:]) if path and path[0] == "[]" else tuple(path))
        else:
            raise self._error("neither an array nor an object")

    def _in_array(self, path: tuple[str, ...]) -> Iterator[tuple[int, Any]]:
        self._expect("[")
        number = 0
        while self._peek() != "]":
            if number:
                self._expect(",")
            if path:
                yield from self.items(path)
            else:
                yield number, self._value()
            number += 1
        self._expect("]")

    def _in_object(self, path: tuple[str, ...]) -> Iterator[tuple[int, Any]]:
        self._expect("{")
        first, found = True, False
        while self._peek() != "}":
            if not first:
                self._expect(",")
            first = False
            if self._peek() != '"':
                raise self._error("a key in quotes is missing")
            key = self._value()
            self._expect(":")
            wanted = key == path[0] if path else self._peek() == "["
            if wanted and not found:
                found = True
                yield from self.items(path[1:])
            else:
                value = self._value()
                if isinstance(value, str | int | float) and not found:
                    self.context[key] = str(value)
        self._expect("}")
        if not found:
            wanted_name = f"'{path[0]}'" if path else "an array"
            raise self._error(f"there is no {wanted_name} in the document")

    def end(self) -> None:
        """Check that nothing follows the document.

        Raises:
            JsonError: something does.
        """
        if self._peek():
            raise self._error("text follows the end of the document")

    def _error(self, reason: str) -> JsonError:
        return JsonError(reason, self._line + self._buffer.count("\n", 0, self._at))

    def _more(self) -> bool:
        chunk = self._stream.read(_CHUNK + len(self._buffer) - self._at)
        if not chunk:
            return False
        self._line += self._buffer.count("\n", 0, self._at)
        self._buffer = self._buffer[self._at :] + chunk
        self._at = 0
        return True

    def _peek(self) -> str:
        """Return the next character that is no space; '' at the end."""
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more():
                return ""

    def _expect(self, mark: str) -> None:
        if (found := self._peek()) != mark:
            raise self._error(f"'{mark}' is missing" if found else "the document is cut short")
        self._at += 1

    def _value(self) -> Any:
        """Return the next value; the buffer grows, twofold each time, until it is whole."""
        if not self._peek():
            raise self._error("the document is cut short")
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                unended = error.msg.startswith("Unterminated string")
                cut = unended or error.pos >= len(self._buffer) - 12
                if len(self._buffer) - self._at > MAX_OBJECT_CHARS:
                    raise self._error(f"one object has more than {MAX_OBJECT_CHARS:,} characters") from None
                if cut and self._more():
                    continue
                if unended or error.pos >= len(self._buffer.rstrip()):
                    raise self._error("the document is cut short") from None
                raise self._error(f"this is no JSON ({error.msg.lower()})") from None
            except RecursionError:
                raise self._error("the objects are nested too deeply") from None
            if not isinstance(value, str | list | dict) and not self._buffer[end:].strip(_NUMBER) and self._more():
                continue
            self._at = end
            return value


def flatten(value: Any, *, limit: int = 500) -> dict[str, str]:
    """Return the plain values of an object by dotted path; items of arrays share the path `name[]`, one a line."""
    flat: dict[str, list[str]] = {}
    waiting: list[tuple[str, Any]] = [("", value)]
    seen = 0
    while waiting and seen < limit:
        path, item = waiting.pop()
        if isinstance(item, dict):
            waiting += [(f"{path}.{key}" if path else str(key), each) for key, each in reversed(item.items())]
        elif isinstance(item, list):
            waiting += [(f"{path}[]", each) for each in reversed(item)]
        elif item is not None:
            seen += 1
            text = str(item).lower() if isinstance(item, bool) else str(item)
            flat.setdefault(path, []).append(text)
    return {path: "\n".join(texts) for path, texts in flat.items()}
