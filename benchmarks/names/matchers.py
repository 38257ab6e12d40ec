"""The name model and its peers behind one interface: a list is read once, then scored for each query."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Protocol

import numpy as np
from anyascii import anyascii
from rapidfuzz.distance import JaroWinkler, Levenshtein
from rapidfuzz.process import cdist

from benchmarks.names.alignment import Scores, TokenIndex, tokens
from transliteration import FullNameIndex, romanise

_CHUNK = 200


class Matcher(Protocol):
    """A way to score a query against a list of names."""

    name: str
    note: str

    def read(self, names: Sequence[str]) -> None:
        """Take the list that is searched."""

    def scores(self, queries: Sequence[str]) -> Scores:
        """Return a score for each query and name, shape `(len(queries), len(names))`; higher is likelier."""


class Ridni:
    """This project's name model."""

    name = "ridni"
    note = "roles, equivalence by role and graded levels (`FullNameIndex`)"

    def read(self, names: Sequence[str]) -> None:
        """Take the list that is searched."""
        self._index = FullNameIndex(names)

    def scores(self, queries: Sequence[str]) -> Scores:
        """Return the evidence in bits."""
        return np.stack([self._index.scores(query) for query in queries]).astype(np.float32)


class WholeString:
    """Both names in Latin letters, compared as one string."""

    def __init__(self, name: str, latin: Callable[[str], str], note: str) -> None:
        self.name, self._latin, self.note = name, latin, note

    def read(self, names: Sequence[str]) -> None:
        """Take the list that is searched."""
        self._names = [self._latin(name).lower() for name in names]

    def scores(self, queries: Sequence[str]) -> Scores:
        """Return the Jaro-Winkler similarity."""
        asked = [self._latin(query).lower() for query in queries]
        return cdist(asked, self._names, scorer=JaroWinkler.similarity, dtype=np.float32)


class AlignedTokens:
    """Tokens in a number of spellings each, the closest spelling counting, aligned one to one.

    Args:
        name: what the table calls it.
        spell: the spellings of a token of the list.
        fold: what a token of a query becomes.
        scorer: similarity of two spellings, 0 to 1.
        note: what it is.
    """

    def __init__(
        self,
        name: str,
        spell: Callable[[str], Iterable[str]],
        fold: Callable[[str], str],
        scorer: Callable[..., float],
        note: str,
    ) -> None:
        self.name, self.note = name, note
        self._spell, self._fold, self._scorer = spell, fold, scorer

    def read(self, names: Sequence[str]) -> None:
        """Take the list that is searched."""
        self._index = TokenIndex(names)
        spelt = [list(dict.fromkeys(self._spell(token))) for token in self._index.distinct]
        self._spellings = [spelling for spellings in spelt for spelling in spellings]
        self._starts = np.cumsum([0, *(len(spellings) for spellings in spelt[:-1])])

    def scores(self, queries: Sequence[str]) -> Scores:
        """Return the mean similarity of the best assignment of tokens."""
        asked = [[self._fold(token) for token in tokens(query)] for query in queries]
        distinct = list(dict.fromkeys(token for parts in asked for token in parts))
        similar = np.empty((len(distinct), len(self._index.distinct)), np.float32)
        for start in range(0, len(distinct), _CHUNK):
            part = cdist(distinct[start : start + _CHUNK], self._spellings, scorer=self._scorer, dtype=np.float32)
            similar[start : start + _CHUNK] = np.maximum.reduceat(part, self._starts, axis=1)
        place = {token: i for i, token in enumerate(distinct)}
        return np.stack([self._index.aligned(similar[[place[token] for token in parts]]) for parts in asked])


def _ascii(text: str) -> str:
    return anyascii(text)


def _kmu55(text: str) -> str:
    return anyascii(romanise(text, "kmu55")).lower()


def _names_translator() -> Callable[[str], Iterable[str]]:
    """The spellings of a token by the dictionaries and the 28 tables of `names_translator`, whatever its role."""
    known = import_module("names_translator").Transliterator()

    def spellings(token: str) -> list[str]:
        word = token.capitalize()
        found: set[str] = set()
        for parts in ((word, "", ""), ("", word, ""), ("", "", word)):
            found |= known.transliterate(*parts)
        return sorted({spelling.strip().lower() for spelling in found} | {token})

    return spellings


def installed(package: str) -> str:
    """Return the version of an installed package, `''` if it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def unidecode_or_anyascii() -> tuple[str, Callable[[str], str]]:
    """Return `unidecode` where somebody installed it, else `anyascii`, which does the same under a free licence."""
    if installed("Unidecode"):
        return "unidecode", import_module("unidecode").unidecode
    return "anyascii", _ascii


def peers() -> list[Matcher]:
    """Return the peers that are installed, but `rigour` (see `benchmarks.names.rigour_peer`)."""
    ascii_name, ascii_of = unidecode_or_anyascii()
    return [
        WholeString(f"{ascii_name} + Jaro-Winkler", ascii_of, "on the whole string"),
        AlignedTokens(
            f"{ascii_name} + Jaro-Winkler, aligned",
            lambda token: [ascii_of(token).lower()],
            lambda token: ascii_of(token).lower(),
            JaroWinkler.similarity,
            "best one-to-one assignment of tokens",
        ),
        AlignedTokens(
            "KMU 55 + Levenshtein, aligned",
            lambda token: [_kmu55(token)],
            _kmu55,
            Levenshtein.normalized_similarity,
            "best one-to-one assignment of tokens",
        ),
        AlignedTokens(
            "names_translator, aligned",
            _names_translator(),
            str,
            Levenshtein.normalized_similarity,
            "28 tables and a Ukrainian-Russian dictionary; the closest of all spellings, by Levenshtein",
        ),
    ]
