"""Belarusian surnames: the Ukrainian or Russian spellings that a form with akanie and ў, or passport Latin, stands for.

Belarusian writes unstressed о and е as they are spoken (Каваленка, Пятроў), so one spelling may stand for several. The
rules are letters and endings of `data/belarusian_letters.tsv`; they are asked only of words that show to be Belarusian.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import islice, product

from transliteration import tables
from transliteration.names.dictionary_index import has_surname
from transliteration.text.scripts import fold, has_cyrillic

MAX_READINGS = 12
_MAX_TRIED = 96


@cache
def _patterns(kind: str) -> re.Pattern[str]:
    return re.compile("|".join(row["pattern"] for row in tables.rows("belarusian_letters") if row["kind"] == kind))


@cache
def _letters() -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    return tuple(
        (re.compile(row["pattern"]), tuple(row["readings"].split(",")))
        for row in tables.rows("belarusian_letters")
        if row["kind"] == "letter"
    )


@cache
def _graphemes() -> dict[str, str]:
    return {row["pattern"]: row["readings"] for row in tables.rows("belarusian_letters") if row["kind"] == "grapheme"}


@lru_cache(maxsize=1 << 16)
def belarusian_readings(text: str) -> tuple[str, ...]:
    """Return the folded Ukrainian or Russian spellings a Belarusian surname may stand for, known surnames first.

    Empty for what does not show to be Belarusian. Without a letter or ending that is Belarusian alone a word counts
    only for surnames that a dictionary has, and only if it is none itself or begins with a root known for its о.
    """
    word = fold(text).replace("'", "")
    if len(word) < 4:
        return ()
    if not has_cyrillic(word):
        if _patterns("latin").search(word):
            return _spellings(_cyrillic(word))
        return _known(_cyrillic(word)) if _patterns("maybe_latin").search(word) else ()
    if _patterns("sure").search(word):
        return _spellings(word)
    # Ukrainian has no ё, and Russian writes о in these roots.
    likely = _patterns("likely").search(word) or ("ё" in word and _patterns("root").match(word))
    return _known(word) if likely else ()


def _known(word: str) -> tuple[str, ...]:
    """Return the known surnames that a word in letters of both languages stands for, if it is none itself."""
    itself = has_surname(word) or has_surname(word[:-1] + "о")
    if itself and not _patterns("root").match(word):
        return ()
    return tuple(spelling for spelling in _spellings(word) if _is_known(spelling))


def _is_known(spelling: str) -> bool:
    """Return whether a spelling is a surname of a dictionary, which writes ё as е."""
    return has_surname(spelling) or ("ё" in spelling and has_surname(spelling.replace("ё", "е")))


def _cyrillic(latin: str) -> str:
    """Return passport Latin in Belarusian letters: u behind a vowel and before no other is ў."""
    written = re.sub("|".join(_graphemes()), lambda match: _graphemes()[match[0]], latin)
    return re.sub("(?<=[аеёоя])у(?![аеёоуыэюя])", "ў", written)


def _spellings(word: str) -> tuple[str, ...]:
    choices: list[tuple[str, ...]] = []
    at = 0
    while at < len(word):
        for pattern, readings in _letters():
            match = pattern.match(word, at)
            if match and match.end() > at:
                choices.append(tuple(match.expand(reading) for reading in readings))
                at = match.end()
                break
        else:
            choices.append((word[at],))
            at += 1
    made = ["".join(letters) for letters in islice(product(*choices), _MAX_TRIED)]
    return tuple(sorted(dict.fromkeys(made), key=lambda spelling: not _is_known(spelling))[:MAX_READINGS])
