"""Texts that mean in any list that nothing was written."""

from __future__ import annotations

import re
from collections.abc import Set
from importlib.resources import files
from typing import Final


def _words() -> frozenset[str]:
    lines = files("sources").joinpath("data", "nothing_written.tsv").read_text(encoding="utf-8").splitlines()[2:]
    return frozenset(line.split("\t")[0] for line in lines)


WORDS: Final = _words()
"""Words of Ukrainian, Russian and English, and of programs."""

DENIALS: Final = frozenset({"ні", "нет", "no"})
"""What answers a question, and names nobody and no place."""

_MARKS: Final = re.compile(
    r"[-–—−_.·•…*~\\/|☐□\s]+|"
    r"(?:0{1,4}[-./]0{1,2}[-./]0{1,4}|1900-01-00|00\.01\.1900|1899-12-3[01]|3[01]\.12\.1899)(?:[T ]0?0:00(?::00)?)?|"
    r"(?:(?i:([xх])\1{2,})[\s.,]*)+"
)
"""Dashes, dots, strokes and crosses alone; the day zero of databases and spreadsheets."""


def is_nothing(text: str, more: Set[str] = frozenset()) -> bool:
    """Tell whether a text means that nothing was written.

    Args:
        text: A cell, without spaces around it.
        more: Words of the list's own, in lower case.
    """
    folded = text.casefold()
    if folded in WORDS or folded in more or (text[:1] in _FIRST and _MARKS.fullmatch(text) is not None):
        return True
    return text[:1] in "([<" and text[-1:] in ")]>" and len(text) > 2 and is_nothing(text[1:-1].strip(), more)


_FIRST: Final = frozenset("-–—−_.·•…*~\\/|013☐□xхXХ")
