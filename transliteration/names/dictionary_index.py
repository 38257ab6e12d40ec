"""What the dictionary of `names_translator` holds as a whole: its surnames in both languages, and its given names.

To walk through the dictionary takes a second or more, and every command would wait for it. So what is asked of it
stands in a file of sorted 64-bit digests: a look-up is one search, loading takes a few milliseconds. After an update of
names_translator run `python -m transliteration.names.dictionary_index`.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from transliteration.names.dictionary import dictionary
from transliteration.spelling.skeleton import skeletons

FILE = Path(__file__).parents[1] / "data" / "dictionary_index.npz"
UKRAINIAN, RUSSIAN, GIVEN = "ukrainian_surnames", "russian_surnames", "given_skeletons"
GIVEN_NAMES, ANY_ROLE = "given_names", "names_of_any_role"


def has_ukrainian_surname(word: str) -> bool:
    """Return whether a folded Cyrillic word is a Ukrainian surname of the dictionary."""
    return _holds(UKRAINIAN, word.replace("ʼ", "'"))


def has_surname(word: str) -> bool:
    """Return whether a folded Cyrillic word is a surname of the dictionary, in Ukrainian or in Russian."""
    return has_ukrainian_surname(word) or _holds(RUSSIAN, word.replace("ʼ", "'"))


def may_translate(word: str, role: Literal["given", "surname"]) -> bool:
    """Return whether a look-up of a folded word in the dictionary can find anything: a hundred times as fast as one."""
    plain = word.replace("ʼ", "'")
    return _holds(UKRAINIAN if role == "surname" else GIVEN_NAMES, plain) or _holds(ANY_ROLE, plain)


def has_given_skeleton(keys: Iterable[str]) -> bool:
    """Return whether one of these skeletons is that of a given name of the dictionary that is no surname."""
    return any(_holds(GIVEN, key) for key in keys)


def contents() -> dict[str, npt.NDArray[np.uint64]]:
    """Return the digests of what the installed dictionary holds, by table."""
    names, surnames = dictionary().as_dict("first"), dictionary().as_dict("last")
    russian = {form.lower() for forms in surnames.values() for form in forms} - surnames.keys()
    given = {key for name in names if name not in surnames for key in skeletons(name)}
    return {
        UKRAINIAN: _sorted(surnames),
        RUSSIAN: _sorted(russian),
        GIVEN: _sorted(given),
        GIVEN_NAMES: _sorted(names),
        # What the dictionary falls back on, in whatever role a name is looked up.
        ANY_ROLE: _sorted(dictionary().as_dict("legacy")),
    }


def _holds(table: str, text: str) -> bool:
    digests = _tables()[table]
    wanted = _digest(text)
    # For one word at a time, bisection on the bare memory is five times as fast as numpy's search.
    place = bisect_left(digests, wanted)
    return place < len(digests) and digests[place] == wanted


@cache
def _tables() -> dict[str, memoryview]:
    with np.load(FILE, allow_pickle=False) as stored:
        return {name: memoryview(stored[name]) for name in stored.files}


def _sorted(texts: Iterable[str]) -> npt.NDArray[np.uint64]:
    return np.unique(np.array([_digest(text) for text in texts], dtype=np.uint64))


@lru_cache(maxsize=1 << 12)
def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


if __name__ == "__main__":
    arrays: dict[str, Any] = dict(contents())
    np.savez_compressed(FILE, **arrays)
