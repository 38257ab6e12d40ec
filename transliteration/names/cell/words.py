"""The words that stand beside a name in its cell, and those that are a part of a name though written small."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from transliteration import tables
from transliteration.names.patronymic import is_patronymic_marker
from transliteration.text.scripts import fold

_PLAIN = re.compile(r"[^\W\d_]+(?:[ʼ'’-][^\W\d_]+)*")


@cache
def _words() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in tables.rows("name_cell_words"):
        found.setdefault(row["kind"], set()).add(row["form"].replace("ё", "е"))
    return {kind: frozenset(forms) for kind, forms in found.items()}


@cache
def _all_words() -> frozenset[str]:
    return frozenset().union(*_words().values())


def is_of_kind(word: str, *kinds: str) -> bool:
    """Return whether a word is of one of the kinds of `name_cell_words.tsv`."""
    plain = fold(word).replace("ё", "е")
    known = _words()
    return any(plain in known[kind] or plain.strip(".,") in known[kind] for kind in kinds)


def is_beside_names(word: str) -> bool:
    """Return whether a word in lower case is one of those that stand beside names."""
    return word in _all_words()


@lru_cache(maxsize=1 << 17)
def is_plain_word(word: str) -> bool:
    """Return whether a word is written as names are and is none of those that stand beside names."""
    return (
        _PLAIN.fullmatch(word) is not None
        and all(part[0].isupper() and (part[1:].islower() or len(part) == 1) for part in word.split("-"))
        and not is_beside_names(word.lower())
    )


def is_particle(word: str) -> bool:
    """Return whether a word such as "оглы" or "van" is a part of the name though it is written small."""
    return is_of_kind(word, "particle") or is_patronymic_marker(word)
