"""The text of rows: what is too long or damaged in it, and what title patterns find in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from sources.column_names import fold
from sources.description.reader_options import TableOptions, compiled
from sources.readers.limits import MAX_CELL_CHARS

TITLE_CHARS: Final = 2000
_DAMAGED: Final = re.compile("[\udc80-\udcff]")


def unfit(filled: Sequence[str]) -> tuple[str, str] | None:
    """Return the code and reason for which a text among the filled ones of a row cannot be kept, or nothing."""
    longest = max(map(len, filled), default=0)
    if longest > MAX_CELL_CHARS:
        return "cell_too_long", f"a cell has {longest:,} characters; at most {MAX_CELL_CHARS:,} are read"
    for value in filled:
        if not value.isascii() and not value.isprintable() and _DAMAGED.search(value):
            return "encoding_damage", "a cell has bytes that the file's encoding cannot explain"
        if "\x00" in value:
            return "nul_byte", "a cell has NUL bytes"
    return None


def title_groups(options: TableOptions, text: str) -> dict[str, str]:
    """Return what the title patterns of a description find in a text that stands outside tables."""
    found: dict[str, str] = {}
    for pattern in options.titles:
        if hit := compiled(pattern).search(text[:TITLE_CHARS]):
            found |= groups_of(hit)
    return found


def folded(values: Sequence[str]) -> tuple[str, ...]:
    """Return a row as repeated headers are recognised: its filled cells, folded."""
    return tuple(fold(value) for value in values if value.strip())


def text_of(values: Sequence[str]) -> str:
    """Return the text of a row; a merged cell that was filled stands once."""
    stripped = [" ".join(value.split()) for value in values]
    return " ".join(
        value for value, before in zip(stripped, ["", *stripped], strict=False) if value and value != before
    )


def groups_of(hit: re.Match[str]) -> dict[str, str]:
    """Return the named groups of a match that found something, with single spaces."""
    return {name: " ".join(value.split()) for name, value in hit.groupdict().items() if value and value.strip()}
