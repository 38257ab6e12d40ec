"""A full name typed without blanks and in letters of one case, so that nothing but the names themselves parts it."""

from __future__ import annotations

from functools import cache

from transliteration.names.dictionary_index import has_surname
from transliteration.names.given import is_given_name, written_forms
from transliteration.names.patronymic import fathers, sex_of_patronymic
from transliteration.names.surname import is_certain_surname
from transliteration.text.scripts import fold

_SHORTEST, _SHORT, _SHORTEST_WHOLE = 3, 5, 10


@cache
def _given_names() -> frozenset[str]:
    return frozenset(form for forms in written_forms().values() for form in forms)


def unglued(word: str) -> list[str]:
    """Return the surname, given name and patronymic in a word that is all three or two of them, else the word.

    Only a given name of the tables, letter for letter, parts a word: with a patronymic behind it, behind an ending that
    only surnames have, or a woman's before a known surname. A word that is a name as it stands stays whole.
    """
    plain = fold(word).replace("'", "ʼ")
    one_case = word.isupper() or word[1:].islower()
    if len(plain) < _SHORTEST_WHOLE or len(plain) != len(word) or not (one_case and word.isalpha()):
        return [word]
    if is_given_name(word) or has_surname(plain) or sex_of_patronymic(word):
        whole = sex_of_patronymic(word) == "" or bool(fathers(word))
        if whole:
            return [word]
    for at in range(_SHORTEST, len(plain) - _SHORTEST + 1):
        left, right = plain[:at], plain[at:]
        lengths = _given_and_patronymic(right)
        if len(lengths) > 1 and len(left) > _SHORTEST:
            return _cut(word, [at, *lengths])
        if lengths and is_certain_surname(left) and left not in _given_names():
            return _cut(word, [at, *lengths])
        # Many surnames are made of a man's name: Несторишин is no Нестор. Of a woman's there are hardly any.
        if left in _given_names() and left[-1] in "ая" and len(right) > _SHORT and has_surname(right):
            return _cut(word, [at])
    return [word]


def _given_and_patronymic(text: str) -> list[int]:
    """Return the lengths of the given name and, where one stands behind it, the patronymic; empty for anything else."""
    if text in _given_names() and len(text) > _SHORTEST:
        return [len(text)]
    for at in range(_SHORTEST, len(text) - _SHORTEST):
        if text[:at] in _given_names() and fathers(text[at:]) and sex_of_patronymic(text[at:]):
            return [at, len(text) - at]
    return []


def _cut(word: str, lengths: list[int]) -> list[str]:
    parts, start = [], 0
    for length in lengths:
        parts.append(word[start : start + length])
        start += length
    rest = word[start:]
    parts += [rest] if rest else []
    return parts if word.isupper() else [part.capitalize() for part in parts]
