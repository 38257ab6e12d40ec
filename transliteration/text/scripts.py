"""Letters, scripts and the folding that every reading starts with."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

APOSTROPHES = "'\u2019\u2018\u02bc\u02b9\u2032\u00b4`\u201b\u02bb\uff07\u055a\u02c8\u201c\u201d\""
"""Every sign seen in the place of the Ukrainian apostrophe."""
APOSTROPHE = "\u02bc"
UKRAINIAN_LETTERS = "іїєґ"
RUSSIAN_LETTERS = "ыэёъ"
"""Letters that only one of the two languages has."""
HYPHENS = "-\u2010\u2011\u2012\u2013\u2014\u2212\ufe58\ufe63\uff0d"
MAX_LENGTH = 200
"""Longer inputs are cut before analysis: no personal name part is longer, and hostile input must stay cheap."""

_FOLD = str.maketrans({**dict.fromkeys(APOSTROPHES, "'"), **dict.fromkeys(HYPHENS, "-"), "\u00a0": " "})
_COMPOSED = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20f0]+")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_WORD = re.compile(r"[^\W\d_]+(?:['\u02bc\u2019][^\W\d_]+)*")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u0250-\u02af\u1e00-\u1eff]")


def has_cyrillic(text: str) -> bool:
    """Return whether any letter is Cyrillic."""
    return _CYRILLIC.search(text) is not None


def has_latin(text: str) -> bool:
    """Return whether any letter is Latin."""
    return _LATIN.search(text) is not None


def strip_marks(text: str) -> str:
    """Compose letters (NFC) and drop what cannot be composed: stress marks, stray combining signs."""
    composed = unicodedata.normalize("NFC", text[: MAX_LENGTH * 8])
    return _COMPOSED.sub("", composed)


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """Return text lower-cased, composed, with one apostrophe, one hyphen and single spaces, cut to `MAX_LENGTH`."""
    return " ".join(strip_marks(text).translate(_FOLD).lower().split())[:MAX_LENGTH]


def title(text: str) -> str:
    """Return text with each part of a name capitalised and the rest in lower case."""
    return re.sub(
        r"[^\W\d_]+(?:['\u02bc\u2019][^\W\d_]+)*", lambda part: part[0][:1].upper() + part[0][1:].lower(), text
    )
