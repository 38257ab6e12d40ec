"""What the headers of lists are called: which field a column's name means, in Ukrainian, Russian and English."""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from transliteration import given_classes
from transliteration.names.patronymic import looks_like_patronymic

_TABLE: Final = Path(__file__).with_suffix(".tsv")
_APOSTROPHES: Final = str.maketrans(dict.fromkeys("ʼ’‘`´", "'"))
_NAME_CHARS: Final = 300  # of a cell that may be the name of a column
_CELL: Final = 200
_NO_NAMES: Final = frozenset({"день"})  # a heading that is a short form of a name too
_COPY: Final = re.compile(r" \(\d+\)$")
_JOINED: Final = re.compile(r"(?P<group>.*) / (?P<question>.*)(?P<before>)(?P<last>)")
_PATH: Final = re.compile(r"(?P<group>.*)/(?P<question>.*)|(?=[!-~]+$)(?P<before>.*)[.-](?P<last>.*)")
"""A form's group and question, as KoboToolbox (`/`), ODK Central (`-`), CommCare and JSON (`.`) write them."""
_WORDS: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|[_.-]+")
_NAME_PARTS: Final = frozenset({"surname", "given", "patronymic"})
_PARENTS: Final = frozenset({"mother", "father", "guardian"})
_PERSONS: Final = _PARENTS | {"note", "siblings"}
"""Fields of a group of columns about somebody else than the child: a relative, or who fills in the form."""
_ALIKE: Final = dict.fromkeys(_NAME_PARTS, _NAME_PARTS) | dict.fromkeys(_PARENTS, _PARENTS)
NAMING: Final = frozenset({"full_name", "surname", "given"})
"""Fields whose column tells which child a row is about."""


def fold(name: str) -> str:
    """Return a column name as it is compared: without case, spacing, apostrophe forms and a closing colon."""
    if name.isascii() and name.isdigit():  # the numbers of rows, each of them once
        return name[:_NAME_CHARS]
    return _fold(name[:_NAME_CHARS])


@lru_cache(maxsize=4096)
def _fold(name: str) -> str:
    text = unicodedata.normalize("NFC", name).translate(_APOSTROPHES).casefold()
    text = re.sub(r"\s*/\s*", "/", text)
    return " ".join(text.split()).rstrip(":* ")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    with _TABLE.open(encoding="utf-8", newline="") as stream:
        rows = csv.reader((line for line in stream if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows)
        return tuple((field, re.compile(pattern)) for field, pattern, _ in rows)


@lru_cache(maxsize=4096)
def field_of(name: str) -> str:
    """Return the field that a header names: by its last part first, where parts are joined; '' for none."""
    whole = _COPY.sub("", name[:_NAME_CHARS])
    parts = _JOINED.fullmatch(whole) or _PATH.fullmatch(whole)
    if parts and (told := field_of(parts["question"] or parts["last"] or "")):
        of_group = _field(parts["group"] or parts["before"] or "")
        if of_group in _PERSONS:
            return of_group if told == "full_name" else told if told == "contact" or told in _PERSONS else ""
        if told == "observed_on" and (of_whole := _field(whole)):  # of birth-date only "date" was asked
            return of_whole
        if of_group not in _ALIKE.get(told, frozenset()):
            return told
    return _field(whole)


def _field(text: str) -> str:
    folded = fold(text)
    found = next((field for field, pattern in _patterns() if pattern.search(folded)), "")
    if found or not text.isascii():
        return found
    words = fold(_WORDS.sub(" ", text))  # date_of_birth, lostPlace
    return next((field for field, pattern in _patterns() if pattern.search(words)), "") if words != folded else ""


def names_somebody(cell: str) -> bool:
    """Tell whether a given name or a patronymic stands in a cell: what names a child must never pass for a header."""
    words = re.findall(r"[^\W\d_][\w'’ʼ-]*", cell[:_CELL])
    names = [
        word[0].isupper()
        and word.casefold() not in _NO_NAMES
        and bool(given_classes(word) or looks_like_patronymic(word))
        for word in words
    ]
    return any(names[1:]) or (any(names) and not field_of(cell[:_CELL]))


def may_name_column(cell: str) -> bool:
    """Tell whether the form of a cell could be that of a column's name: short, without digits."""
    return 2 <= len(cell) <= 60 and not any(map(str.isdigit, cell))


def is_name_of_column(cell: str) -> bool:
    """Tell whether a cell can be nothing but the name of a column: short, without digits, naming a field and nobody."""
    return may_name_column(cell) and bool(field_of(cell)) and not names_somebody(cell)
