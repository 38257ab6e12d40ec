"""Binds ages, dates of birth and shared surnames to the names they belong to."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from transliteration.mentions.case_forms import singular_of_genitive_plural, singular_of_plural
from transliteration.mentions.context import Birth, bare_age
from transliteration.mentions.names import FoundName
from transliteration.mentions.text import Text

LONGEST_ROW = 8
"""Names taken for one row of siblings or friends ("Діма, Соня і Саша, 10, 8 і 5 років")."""


@dataclass(slots=True)
class Person:
    """A name with what has been bound to it while the text is read."""

    name: FoundName
    sentence: int
    birth: Birth | None = None


def bind_births(text: Text, people: list[Person], births: list[Birth]) -> None:
    """Gives each age or date to its name: an adjective to the name behind it, the rest to the one before."""
    words, spans = text.words, text.spans
    free = list(births)
    for person in people:
        start, end = words[person.name.first].start, words[person.name.last].end
        bare = bare_age(text, end)
        if bare and not any(bare.start < birth.end and birth.start < bare.end for birth in births):
            person.birth = bare
            continue
        before = [birth for birth in free if birth.adjective and birth.end <= start]
        if before and _close(text, before[-1].end, start, 4):
            person.birth = before[-1]
            free.remove(before[-1])
    for birth in list(free):
        ahead = [person for person in people if words[person.name.last].end <= birth.start and person.birth is None]
        inside = [person for person in ahead if spans[person.sentence][1] > birth.start]
        row = _coordinated(text, inside[-LONGEST_ROW:])
        most_words = 0 if birth.plain_date else 12
        if row and _close(text, words[inside[-1].name.last].end, birth.start, most_words):
            row[0].birth = birth
            free.remove(birth)
    for birth in [birth for birth in free if not birth.plain_date]:
        missing = [person for person in people if person.birth is None]
        after = [person for person in missing if birth.end <= words[person.name.first].start]
        if (
            after
            and spans[after[0].sentence][0] <= birth.start
            and _close(text, birth.end, words[after[0].name.first].start, 4)
        ):
            after[0].birth = birth
            free.remove(birth)
        elif len(people) == 1 and missing:
            person = people[0]
            near = [number for number, span in enumerate(spans) if span[0] <= birth.start < span[1]]
            if near and abs(near[0] - person.sentence) <= 2:
                person.birth = birth
                free.remove(birth)


def share_plural_surnames(text: Text, people: list[Person]) -> None:
    """Gives "Дмитро та Максим Коваленки" one surname each."""
    for number, person in enumerate(people):
        singular = singular_of_plural(person.name.surname_base)
        row = _coordinated(text, people[max(0, number + 1 - LONGEST_ROW) : number + 1]) if singular else []
        if len(row) > 1:
            for member in row:
                if not member.name.surname_base or member is person:
                    member.name = replace(member.name, surname_base=singular)


_ROW = re.compile(
    r"(?:брати|братів|братам|сестри|сестер|братья|братьев|сестры|сестер|двійнята|близнюки|близнецы)\s?$", re.IGNORECASE
)
_FAMILY = re.compile(
    r"(?:брати|братів|сестри|сестер|діти|дітей|братья|братьев|сестры|дети|детей|родина|родини|сім'я|сім'ї|семья|семьи|двійнята|двійнят|"
    r"близнюки|близнята|двойняшки|близнецы|сестра|брат)\s(?P<surname>[^\W\d_]+(?:-[^\W\d_]+)?)\s?[:(–-]",
    re.IGNORECASE,
)


def share_family_surname(text: Text, people: list[Person]) -> None:
    """Gives one surname to brothers and sisters: "Сестри Анна та Марія Голуб", "Брати Шаповал: Ігор та Олег"."""
    for number, person in enumerate(people):
        row = (
            _coordinated(text, people[max(0, number + 1 - LONGEST_ROW) : number + 1])
            if person.name.surname_base
            else []
        )
        if len(row) > 1 and _ROW.search(text.folded[: text.words[row[0].name.first].start]):
            for member in row:
                if not member.name.surname_base:
                    member.name = replace(member.name, surname_base=person.name.surname_base)
        if person.name.surname_base and _ROW.search(text.folded[: text.words[person.name.first].start]):
            # "Братья Рыба Артём (7) и Кирилл (9)"
            for member in people[number + 1 :]:
                if member.sentence != person.sentence or member.name.surname_base:
                    break
                member.name = replace(member.name, surname_base=person.name.surname_base)
    for family in _FAMILY.finditer(text.folded):
        surname = family["surname"]
        if not surname[0].isupper() or any(person.name.given.start == family.start("surname") for person in people):
            continue
        base = singular_of_plural(surname) or singular_of_genitive_plural(surname) or surname
        end = text.folded.find("\n\n", family.end())
        for person in people:
            start = text.words[person.name.first].start
            if start < family.end() or (0 <= end < start):
                continue
            if person.name.surname_base:
                break
            person.name = replace(person.name, surname_base=base)


def _coordinated(text: Text, people: list[Person]) -> list[Person]:
    """The last people of a row joined by "і" or commas ("Діма і Соня, 10 і 8 років"), the first of them first."""
    words = text.words
    row: list[Person] = []
    for person in reversed(people):
        if row:
            gap = text.folded[words[person.name.last].end : words[row[-1].name.first].start]
            if not re.fullmatch(r",?\s?(?:(?:і|й|та|и|and|und|et)\s)?", gap):
                break
        row.append(person)
    return row[::-1]


def _close(text: Text, left: int, right: int, most_words: int) -> bool:
    gap = text.folded[left:right]
    return "\n" not in gap and len(gap) < 120 and len(re.findall(r"[^\W_]+", gap)) <= most_words
