"""Ukrainian or Russian: what the letters and words of a written text show."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Final

from transliteration import tables
from transliteration.text.scripts import APOSTROPHES, RUSSIAN_LETTERS, UKRAINIAN_LETTERS, fold

_WORD: Final = re.compile(rf"[а-яіїєґё]+(?:[{re.escape(APOSTROPHES)}][а-яіїєґё]+)*")
_UKRAINIAN: Final = re.compile(rf"[{UKRAINIAN_LETTERS}']|[сцз]ьк|йов(?:ич|н)|ьої$")
# Ukrainian writes -ськ- and -івна where Russian writes -ск- and -овна, -евна.
_RUSSIAN: Final = re.compile(rf"[{RUSSIAN_LETTERS}]|ск(?:ий|ая|ого|ой|ому|ое|ую)$|[ое]вн(?:а|е|у|ой)$|тся$")
_TABLES: Final = ("age_units", "age_cues", "age_words", "number_words", "months", "mention_words", "institution_kinds")
_MOST: Final = 400
"""Words looked at: a long text has shown its language by then."""


def language_of(texts: Iterable[str]) -> str:
    """Return `uk` or `ru` as most of the telling words of some texts have it; '' where none tells or both weigh alike.

    A word tells by a letter or an ending that only one language has, or by being known in one of them only: a given
    name (Дмитрий, Дмитро), a short form, a month, a word of announcements (лет, років).
    """
    weight = 0
    words = (word for text in texts for word in _WORD.findall(fold(text)))
    for _, word in zip(range(_MOST), words, strict=False):
        weight += _told(word)
    return "uk" if weight > 0 else "ru" if weight < 0 else ""


@lru_cache(maxsize=1 << 16)
def _told(word: str) -> int:
    """Return 1 for a word that is Ukrainian only, -1 for one that is Russian only, 0 for any other."""
    ukrainian, russian = bool(_UKRAINIAN.search(word)), bool(_RUSSIAN.search(word))
    if ukrainian == russian:
        known = _words_of_one_language().get(word.replace("ё", "е"), "")
        ukrainian, russian = known == "uk", known == "ru"
    return ukrainian - russian


@cache
def _words_of_one_language() -> dict[str, str]:
    """Return the words that the tables of facts know in one of the two languages only."""
    seen: dict[str, set[str]] = {}

    def add(language: str, form: str) -> None:
        if form and " " not in form and "*" not in form:
            seen.setdefault(fold(form).replace("ё", "е"), set()).update(language.split("+"))

    for name in _TABLES:
        for row in tables.rows(name):
            add(row["language"], row["form"])
    for row in tables.rows("diminutives"):
        add(row["language"], row["diminutive"])
    for row in tables.rows("patronymics"):
        add(row["language"], row["patronymic"])
    for row in tables.rows("given_names"):
        for form in (row["given"], *row["ukrainian"].split(",")):
            add("uk", form)
        for form in row["russian"].split(","):
            add("ru", form)
    return {word: next(iter(spoken)) for word, spoken in seen.items() if len(spoken) == 1}
