"""What a reader yields: rows, rows that cannot be read, and rows that are declared to be no data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from sources.locator import Locator

NOTHING: Final[Mapping[str, str]] = {}


class Row(NamedTuple):
    """One row, card, object or message of a file.

    `locator` says where in the file it stands; `cells` holds text by column name, as the description writes the name;
    `context` holds what titles, sheet and file names tell. `places` gives the column part of a cell's place ("B"), to
    which `suffix` ("7") is added; `context_places` gives the whole place of a context value ("A1", "sheet name").
    """

    locator: Locator
    cells: Mapping[str, str]
    context: Mapping[str, str] = NOTHING
    places: Mapping[str, str] = NOTHING
    suffix: str = ""
    context_places: Mapping[str, str] = NOTHING
    doubts: tuple[str, ...] = ()


class ReadProblem(NamedTuple):
    """A row that cannot be read: `reason` holds no value of a cell, `cells` what could be read, cut to a sane size."""

    locator: Locator
    code: str
    reason: str
    cells: tuple[str, ...] = ()


class NonData(NamedTuple):
    """A row that the description (or its own form, such as a repeated header) declares to be no data."""

    locator: Locator
    reason: str


ReadItem = Row | ReadProblem | NonData


@dataclass
class ReadReport:
    """What a reader found out about a file: `facts` (encoding, delimiter, …) and `notes` that a person should see."""

    facts: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Column:
    """A column that a description uses: its name there, the keys that use it, and whether a file may lack it."""

    name: str
    used_by: str
    optional: bool = False
