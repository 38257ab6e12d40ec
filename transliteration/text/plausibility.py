"""How much a Cyrillic string looks like an East Slavic name, by the surprise of its letter pairs."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import repeat
from operator import add

from transliteration import tables

UNSEEN_BITS = 12.0
_SIGNS = frozenset(".,'ʼ’()")
_ALPHABET = frozenset("абвгґдеєёжзиіїйклмнопрстуфхцчшщъыьэюя")
_OTHER = re.compile("[^абвгґдеєёжзиіїйклмнопрстуфхцчшщъыьэюя]")


@cache
def _bits() -> dict[str, float]:
    return {row["letters"]: float(row["bits"]) for row in tables.rows("letter_bigrams")}


@lru_cache(maxsize=1 << 14)
def surprise(text: str) -> float:
    """Return the mean surprise in bits per letter pair; names score about 3 to 4.5, random letters 7 and more.

    Words are judged one by one and weighed by length; a text without Cyrillic letters scores `UNSEEN_BITS`.
    A word that starts in lower case and goes on in capitals is as surprising as random letters.
    """
    bits = _bits()
    total, count = 0.0, 0
    for word in text.replace("-", " ").replace("ё", "е").split():
        lower = word.lower()
        letters = _OTHER.sub("", lower)
        if not letters:
            continue
        padded = f"^{letters}$"
        pairs = map(add, padded, padded[1:])
        total += sum(map(bits.get, pairs, repeat(UNSEEN_BITS)))
        count += len(letters) + 1
        if len(letters) < len(lower):
            strange = sum(c not in _SIGNS and c.lower() not in _ALPHABET for c in word)
            total += strange * UNSEEN_BITS
            count += strange
        if len(word) > 2 and not word[1:].islower():
            plain = [c for c in word if c.isalpha()]
            if len(plain) > 2 and plain[0].islower() and all(c.isupper() for c in plain[1:]):
                total += 3.0 * len(plain)
    return total / count if count else UNSEEN_BITS
