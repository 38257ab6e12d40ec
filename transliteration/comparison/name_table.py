"""Features of distinct names as arrays, one growing table per role for the whole process."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from transliteration.names.features import MAX_NEAR, NameFeatures, features
from transliteration.names.given import sexes
from transliteration.names.roles import Role

ALPHABET = "abcdefghiklmnoprstuvzCSZ" + "абвгґдеєжзиіїйклмнопрстуфхцчшщъыьэюя"
_COLUMNS = ("letters", "formal", "diminutive", "oblique", "short_oblique", "readings", "whole", "parts")
FLAGS = ("absent", "cyrillic", "initial")
_READINGS = 24
_LETTER_BIT = {letter: 1 << i for i, letter in enumerate(ALPHABET)}
_OTHER_BIT = 1 << 63


def letter_bits(letters: Iterable[str]) -> int:
    """Return letters as a bit set, worked out in plain integers: those of numpy are slow one by one."""
    found = 0
    for letter in letters:
        found |= _LETTER_BIT.get(letter, _OTHER_BIT)
    return found


@cache
def _class_bits() -> dict[str, tuple[int, int]]:
    """Return class -> (word, bit) in a bit set of 64-bit words."""
    return {name: divmod(i, 64) for i, name in enumerate(sorted(sexes()))}


class NameStore:
    """Distinct written names of one role with their features as arrays; row 0 is the absent name.

    The arrays grow by doubling; a code, once given, never changes. Results never depend on the order of codes.
    """

    def __init__(self, role: Role) -> None:
        self.role: Role = role
        self.codes: dict[str, int] = {}
        self._strings: dict[str, int] = {}
        self._lock = Lock()
        self._size = 0
        self._used: set[str] = set()
        words = max(word for word, _ in _class_bits().values()) + 1
        self.flags: NDArray[np.uint8] = np.zeros((0, len(FLAGS)), np.uint8)
        self.plain: NDArray[np.int32] = np.zeros(0, np.int32)
        self.letters: NDArray[np.uint64] = np.zeros(0, np.uint64)
        self.formal: NDArray[np.uint64] = np.zeros((0, words), np.uint64)
        self.diminutive: NDArray[np.uint64] = np.zeros((0, words), np.uint64)
        self.oblique: NDArray[np.uint64] = np.zeros((0, words), np.uint64)
        self.short_oblique: NDArray[np.uint64] = np.zeros((0, words), np.uint64)
        self.readings: NDArray[np.int32] = np.zeros((0, _READINGS), np.int32)
        self.whole: NDArray[np.int32] = np.zeros((0, _READINGS), np.int32)
        self.parts: NDArray[np.int32] = np.zeros((0, _READINGS), np.int32)
        # One bit per hashed item: rows whose blooms are disjoint share nothing.
        self.readings_bloom: NDArray[np.uint64] = np.zeros(0, np.uint64)
        self.whole_bloom: NDArray[np.uint64] = np.zeros(0, np.uint64)
        self.parts_bloom: NDArray[np.uint64] = np.zeros(0, np.uint64)
        self.near_letters: NDArray[np.uint64] = np.zeros((0, MAX_NEAR), np.uint64)
        self.near_length: NDArray[np.uint8] = np.zeros((0, MAX_NEAR), np.uint8)
        self.near: list[tuple[str, ...]] = []

    _ARRAYS = (
        "flags", "plain", "letters", "formal", "diminutive", "oblique", "short_oblique", "readings", "whole", "parts",
        "readings_bloom", "whole_bloom", "parts_bloom", "near_letters", "near_length",
    )  # fmt: skip

    def encode(self, values: Sequence[str] | Iterable[str]) -> NDArray[np.int32]:
        """Return the code of each value, adding the new ones; anything that is not a string counts as absent."""
        listed = [value if isinstance(value, str) else "" for value in values]
        codes = self.codes
        missing = [value for value in dict.fromkeys(listed) if value not in codes]
        if missing:
            with self._lock:
                for value in missing:
                    if value not in codes:
                        self._add(value)
        return np.fromiter((codes[value] for value in listed), dtype=np.int32, count=len(listed))

    def has(self, column: str) -> bool:
        """Tell whether any name has something in a column: a surname has no diminutives, and need not be asked."""
        used = ("formal", "diminutive") if column == "known" else (column,)
        return not self._used.isdisjoint(used)

    def _grow(self) -> None:
        capacity = max(1024, 2 * self._size)
        for name in self._ARRAYS:
            old = getattr(self, name)
            new = np.zeros((capacity, *old.shape[1:]), old.dtype)
            new[: self._size] = old[: self._size]
            setattr(self, name, new)

    def _string(self, text: str) -> int:
        return self._strings.setdefault(text, len(self._strings) + 1)

    def _add(self, value: str) -> None:
        row = self._size
        if row >= len(self.plain):
            self._grow()
        known = features(value, self.role)
        self.flags[row] = (not known.plain, known.cyrillic, known.initial)
        self.plain[row] = self._string("=" + known.plain)
        self.letters[row] = letter_bits(known.letters)
        self._bits(row, known)
        for name in ("readings", "whole", "parts"):
            items = getattr(known, name)[:_READINGS]
            ids = [self._string(item) for item in items]
            if ids:
                getattr(self, name)[row, : len(ids)] = ids
                bloom = 0
                for number in ids:
                    bloom |= 1 << (number * 0x9E3779B1 >> 7 & 63)
                getattr(self, name + "_bloom")[row] = bloom
        for i, near in enumerate(known.near):
            self.near_length[row, i] = min(len(near), 255)
            self.near_letters[row, i] = letter_bits(near)
        self.near.append(known.near)
        self._used |= {name for name in _COLUMNS if getattr(known, name)}
        self._size = row + 1
        # Published last: another thread that sees the code finds its row complete.
        self.codes[value] = row

    def _bits(self, row: int, known: NameFeatures) -> None:
        bits = _class_bits()
        for name in ("formal", "diminutive", "oblique", "short_oblique"):
            target = getattr(self, name)
            for item in getattr(known, name):
                word, bit = bits[item]
                target[row, word] |= np.uint64(1 << bit)


@cache
def store(role: Role) -> NameStore:
    """Return the process-wide store of a role."""
    return NameStore(role)
