"""The distinct names of one role in a list, laid out so that one name is compared with all of them at once.

What names share is looked up instead of compared: each class, stem and spelling leads to the places of the names that
have it. Edits are measured only for spellings that an upper bound by length and letters leaves close enough.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from transliteration.comparison.name_table import letter_bits
from transliteration.comparison.rules import CODES, OTHERWISE, RULES, Answer, Column, Flag
from transliteration.comparison.scalar import MIN_CLOSENESS, column, is_true_of
from transliteration.names.features import NameFeatures, features
from transliteration.names.roles import Role

_CODE = {code: i for i, code in enumerate(CODES)}
_COLUMNS: tuple[Column, ...] = (
    "letters", "formal", "diminutive", "known", "oblique", "short_oblique", "readings", "whole", "parts",
)  # fmt: skip
_FLAGS: tuple[Flag, ...] = ("absent", "cyrillic", "initial", "known")
_NONE = np.bool_(False)

Places = NDArray[np.intp]
Mask = NDArray[np.bool_]


class DistinctNames:
    """Distinct written names of one role, each at its place; answers are arrays with one item for each name."""

    def __init__(self, role: Role, names: Sequence[str]) -> None:
        self.role, self.size = role, len(names)
        known = [features(name, role) for name in names]
        self.flags: dict[Flag, Mask] = {
            flag: np.array([is_true_of(name, flag) for name in known], dtype=bool) for flag in _FLAGS
        }
        self._spellings = _places([(name.plain,) for name in known])
        self._having = {name: _places([tuple(column(one, name)) for one in known]) for name in _COLUMNS}
        self._near = _groups(known)

    def codes(self, name: str) -> NDArray[np.int8]:
        """Return for each name the index in `CODES` of its verdict beside one; slips and close names differ."""
        pairs = _OneWithAll(features(name, self.role), self)
        found = np.full(self.size, _CODE[OTHERWISE], np.int8)
        # The first rule that holds decides, so that it is written last.
        for rule in reversed(RULES):
            mask = rule.holds(pairs)
            if not mask.any():
                continue
            found[mask] = _CODE[rule.code]
            if rule.where is not None:
                found[mask & rule.where(pairs)] = _CODE[rule.instead]
        return found

    def closeness(self, name: str, of: Mask) -> NDArray[np.float64]:
        """Return `comparison.closeness` beside one name, of the names that are asked for; 0.5 for all others."""
        best = np.full(self.size, MIN_CLOSENESS)
        asked = None if of.all() else of
        for text in features(name, self.role).near:
            letters, length = letter_bits(text), min(len(text), 255)
            for group in self._near:
                if letters & group.all_letters:
                    group.measure(text, letters, length, asked, best)
        return best

    def having(self, name: Column, items: Collection[str]) -> Answer:
        """Return which names have one of these items in a column."""
        return self._marked(self._having[name], items)

    def spelt(self, plain: str) -> Answer:
        """Return which names are spelt so."""
        return self._marked(self._spellings, (plain,))

    def _marked(self, places: dict[str, Places], items: Collection[str]) -> Answer:
        found = [places[item] for item in items if item in places] if places else []
        if not found:
            return _NONE
        mask = np.zeros(self.size, dtype=bool)
        for rows in found:
            mask[rows] = True
        return mask


class _OneWithAll:
    """One name beside each of a list, as the rules ask of them."""

    def __init__(self, one: NameFeatures, others: DistinctNames) -> None:
        self._one, self._others = one, others

    def either(self, flag: Flag) -> Answer:
        others = self._others.flags[flag]
        return np.ones_like(others) if is_true_of(self._one, flag) else others

    def both(self, flag: Flag) -> Answer:
        return self._others.flags[flag] if is_true_of(self._one, flag) else _NONE

    def same_spelling(self) -> Answer:
        return self._others.spelt(self._one.plain)

    def share(self, left: Column, right: Column) -> Answer:
        return self._others.having(right, column(self._one, left))


def _places(listed: Sequence[tuple[str, ...]]) -> dict[str, Places]:
    """Return item -> places of the names that have it."""
    found: dict[str, list[int]] = {}
    for place, items in enumerate(listed):
        for item in items:
            found.setdefault(item, []).append(place)
    return {item: np.array(places, dtype=np.intp) for item, places in found.items()}


@dataclass(frozen=True, slots=True)
class _Spellings:
    """Near spellings of one alphabet, in the order of the names they are of.

    Attributes:
        texts: The spellings, `letters` and `lengths` theirs; `owners` the place of each one's name.
        names: The distinct owners, and where in the spellings theirs begin.
        all_letters: The letters of all of them: a spelling that shares none is close to none.
    """

    texts: NDArray[np.object_]
    letters: NDArray[np.uint64]
    lengths: NDArray[np.int16]
    owners: Places
    names: Places
    starts: Places
    all_letters: int

    def measure(self, text: str, letters: int, length: int, of: Mask | None, best: NDArray[np.float64]) -> None:
        """Raise the best closeness of the names to what their spellings here reach beside a text."""
        bits, longest = np.uint64(letters), np.maximum(self.lengths, length)
        # Each letter that the other spelling lacks costs an edit, and so does each one that it is longer by.
        edits = np.maximum(np.bitwise_count(self.letters & ~bits), np.bitwise_count(bits & ~self.letters))
        edits = np.maximum(edits, np.abs(self.lengths - length))
        near = edits * 2 < longest
        if of is not None:
            near &= of[self.owners]
        at = np.flatnonzero(near)
        if not len(at):
            return
        similar = np.zeros(len(self.texts))
        similar[at] = cdist(
            [text], self.texts[at].tolist(), scorer=OSA.normalized_similarity, score_cutoff=MIN_CLOSENESS,
            dtype=np.float64,
        )[0]  # fmt: skip
        best[self.names] = np.maximum(best[self.names], np.maximum.reduceat(similar, self.starts))


def _groups(known: Sequence[NameFeatures]) -> tuple[_Spellings, ...]:
    """Return the near spellings of names by alphabet: skeletons, Cyrillic spellings, and what has letters of both."""
    listed: dict[tuple[bool, bool], list[tuple[str, int]]] = {}
    for place, name in enumerate(known):
        for text in name.near:
            ascii_letters = sum(letter.isascii() for letter in text)
            listed.setdefault((ascii_letters > 0, ascii_letters < len(text)), []).append((text, place))
    return tuple(_group(spellings) for _, spellings in sorted(listed.items()))


def _group(spellings: list[tuple[str, int]]) -> _Spellings:
    texts = np.empty(len(spellings), dtype=object)
    texts[:] = [text for text, _ in spellings]
    bits = [letter_bits(text) for text, _ in spellings]
    owners = np.array([place for _, place in spellings], dtype=np.intp)
    names, starts = np.unique(owners, return_index=True)
    return _Spellings(
        texts, np.array(bits, dtype=np.uint64), np.array([min(len(text), 255) for text, _ in spellings], np.int16),
        owners, names, starts, reduce(or_, bits),
    )  # fmt: skip
