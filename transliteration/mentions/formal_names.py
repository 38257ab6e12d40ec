"""Names in a text that their form tells: surname and initials, Turkic patronymics, fields such as "Прізвище: …"."""

from __future__ import annotations

import re
from dataclasses import replace

from transliteration.mentions.binding import Person
from transliteration.mentions.cue_words import is_word
from transliteration.mentions.names import FoundName, is_given
from transliteration.mentions.text import Sentence, Text, Token
from transliteration.names.dictionary_index import has_surname
from transliteration.names.features import is_initial
from transliteration.names.patronymic import is_patronymic_marker, sex_of_patronymic
from transliteration.names.sex import sex_of_name
from transliteration.names.surname import is_certain_surname, sex_of_surname, typical_surname
from transliteration.places import place_ids

_FIELD = re.compile(
    r"(?:прізвище|фамилия|фамілія|surname|last name|family name)(?:\s?[:–-]\s?|\s)"
    r"(?!не|unknown|нет\b)(?P<surname>[^\W\d_]+(?:-[^\W\d_]+)*)",
    re.IGNORECASE,
)
_LOWER_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")


def find_formal_names(sentence: Sentence) -> list[FoundName]:
    """Return names of fixed form in a sentence: "Шевченко М.О." beside an age, "Алієв Вусал Саід огли"."""
    found: list[FoundName] = []
    index = sentence.first
    while index < sentence.last:
        name = _with_initials(sentence, index) or _with_marker(sentence, index)
        if name is not None:
            found.append(name)
            index = name.last
        index += 1
    return found


def _adjacent(text: Text, left: int) -> bool:
    return text.gap(left) in {"", " ", "  "}


def _is_bare_initial(token: Token) -> bool:
    return token.capital and token.text.endswith(".") and is_initial(token.text)


def _may_be_surname(token: Token) -> bool:
    common = any(is_word(token.lower, kind) for kind in ("not_a_surname", "child", "adult", "speech"))
    return token.capital and len(token.text) > 2 and not token.text.endswith(".") and not common


def _with_initials(sentence: Sentence, index: int) -> FoundName | None:
    text, words, last, anchored = sentence.text, sentence.words, sentence.last, sentence.anchored
    run = index
    while (
        run < last and _is_bare_initial(words[run]) and run - index < 2 and (run == index or _adjacent(text, run - 1))
    ):
        run += 1
    near_age = not anchored.isdisjoint((run, index))  # an age behind the surname, or before the initials
    if run > index and run < last and _adjacent(text, run - 1) and _may_be_surname(words[run]) and near_age:
        return _of_initials(index, run, words[run], words[index:run])
    if not _may_be_surname(words[index]) or is_given(words[index].lower):
        return None
    end = index + 1
    while end < last and end - index < 3 and _adjacent(text, end - 1) and _is_bare_initial(words[end]):
        end += 1
    if end == index + 1 or (end - 1 not in anchored and text.behind(end - 1).lstrip()[:1] not in {",", "("}):
        return None
    if end == index + 2 and _names_place(words[index].lower) and not typical_surname(words[index].text):
        return None  # "Маріуполь О., 9 років": behind one letter a town may stand; behind two only a surname
    return _of_initials(index, end - 1, words[index], words[index + 1 : end])


def _of_initials(first: int, last: int, surname: Token, initials: tuple[Token, ...]) -> FoundName:
    patronymic = initials[1] if len(initials) > 1 else None
    return FoundName(
        first=first,
        last=last,
        given=initials[0],
        surname=surname,
        patronymic=patronymic,
        given_base=initials[0].text,
        surname_base=_cased(surname.text),
        patronymic_base=patronymic.text if patronymic else "",
        sex=sex_of_name("", "", surname.lower),
    )


def _with_marker(sentence: Sentence, index: int) -> FoundName | None:
    """Return the name whose patronymic ends in a word such as "огли" at `index`."""
    text, words, first, last = sentence.text, sentence.words, sentence.first, sentence.last
    if index - first < 2 or not is_patronymic_marker(words[index].lower):
        return None
    father, given = words[index - 1], words[index - 2]
    joined = _adjacent(text, index - 1) and _adjacent(text, index - 2)
    if not (joined and father.capital and given.capital):
        return None
    surname, start, end = None, index - 2, index
    if index - 3 >= first and _may_be_surname(words[index - 3]) and _adjacent(text, index - 3):
        surname, start = words[index - 3], index - 3
    elif index + 1 < last and _may_be_surname(words[index + 1]) and _adjacent(text, index):
        surname, end = words[index + 1], index + 1
    if (
        surname is not None
        and surname.start > given.start
        and _is_surname(given.lower)
        and not _is_surname(surname.lower)
    ):
        given, surname = surname, given
    written = text.folded[father.start : words[index].end]
    return FoundName(
        first=start,
        last=end,
        given=given,
        surname=surname,
        patronymic=Token(written, written.lower(), father.start, words[index].end),
        given_base=_cased(given.text),
        surname_base=_cased(surname.text) if surname else "",
        patronymic_base=f"{_cased(father.text)} {words[index].lower}",
        sex=sex_of_patronymic(written),
    )


def _is_surname(lower: str) -> bool:
    return not is_given(lower) and (is_certain_surname(lower) or sex_of_surname(lower) != "" or has_surname(lower))


def _cased(text: str) -> str:
    return "-".join(part[:1].upper() + part[1:].lower() for part in text.split("-"))


def surname_of_field(text: Text, people: list[Person]) -> list[Person]:
    """Give the surname of a field ("Фамилия: …") to the one person of a text, who is named without it elsewhere."""
    match = _FIELD.search(text.folded)
    if match is None:
        return people
    surname = match["surname"]
    if not surname[0].isupper() and match[0][-len(surname) - 1] == " " and ":" not in match[0]:
        return people
    kept = [person for person in people if person.name.given_base.lower() != surname.lower()]
    births = [person.birth for person in people if person.birth is not None]
    if len(kept) != 1 or kept[0].name.surname is not None:
        return people
    kept[0].name = replace(kept[0].name, surname_base=_cased(surname))
    kept[0].birth = kept[0].birth or next(iter(births), None)
    return kept


def with_capitals(folded: str) -> str:
    """Return a text that knows no capitals with those of names and places; any other text as it is."""
    if folded != folded.lower():
        return folded
    matches = list(_LOWER_WORD.finditer(folded))
    given = {number for number, match in enumerate(matches) if len(match[0]) > 2 and is_given(match[0])}
    letters = list(folded)
    for number, match in enumerate(matches):
        word = match[0]
        near = number - 1 in given or number + 1 in given
        beside = near and (typical_surname(word) or (has_surname(word) and word[-1] not in _MAY_END_OTHERS))
        common = any(is_word(word, kind) for kind in ("not_a_surname", "child", "adult", "speech", "seen", "oblique"))
        if number in given or (len(word) > 3 and not common and (beside or _names_place(word))):
            letters[match.start()] = letters[match.start()].upper()
    return "".join(letters)


_MAY_END_OTHERS = frozenset("аяіийоеєуюыь")
"""Endings of adjectives and verbs too ("мила оля"): a word beside a name in lower case needs more to be its surname."""


def _names_place(word: str) -> bool:
    return any(not place.startswith("?") for place in place_ids(word))
