"""Which fields the key and the place of a row may tell, by the description alone.

The names of sheets, files and chats, and the titles above a table, are written by whoever made the list: where a list
tells where children are now, its sheets and files tell it too. A key that is made of them says the same again.
"""

from __future__ import annotations

from dataclasses import dataclass

from sources.description.source_config import SourceConfig
from sources.fields import TABLE

NUMBERS = frozenset({"row", "page", "table"})
"""Context that is a number of the file's own and tells nothing."""


@dataclass(frozen=True)
class Told:
    """Fields whose values a row's key and its place may tell.

    Attributes:
        key: By the row's own key.
        place: By the words of its place: names of sheets, files and chats.
        key_says_place: The key is made of such words.
    """

    key: frozenset[str]
    place: frozenset[str]
    key_says_place: bool


def told_by(config: SourceConfig) -> Told:
    """Return what keys and places of a source's rows tell."""
    context, present = config.context_names(), set[str]()
    by_column: dict[str, set[str]] = {}
    for field, spec in config.fields.items():
        if TABLE[field].access_class == "present_location" or any(part.context is not None for part in spec.parts()):
            present.add(field)
        for column, _ in spec.column_names():
            by_column.setdefault(column, set()).add(field)
    present |= {field for field in TABLE if field in context and field not in config.fields}
    place = frozenset(present)
    parts = config.key_parts()
    key_says_place = not parts or any(part in context and part not in NUMBERS for part in parts)
    key = set(place) if key_says_place else set()
    for part in parts:
        key |= by_column.get(part, set())
    return Told(frozenset(key), place, key_says_place)
