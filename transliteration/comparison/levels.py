"""The graded levels of agreement between two written names."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class NameLevel(IntEnum):
    """How well two written names of one role agree; a higher level is stronger evidence for one person."""

    ABSENT = -1
    DIFFERENT = 0
    CLOSE = 1
    ONE_SLIP = 2
    INITIAL = 3
    DIMINUTIVE = 4
    ROMANISATION = 5
    OTHER_LANGUAGE = 6
    IDENTICAL = 7


@dataclass(frozen=True, slots=True)
class NameVerdict:
    """The verdict on a pair of names: a level, a stable code and an English sentence that names nobody."""

    level: NameLevel
    code: str
    sentence: str
