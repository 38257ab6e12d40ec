"""Spellings that lists, posts and papers of others hold: declined, damaged, in a text, of other peoples.

The grammar, the slips and the table are the fictional world's and this benchmark's own, written apart from the model.
A text is read by `find_mentions` for every matcher alike, as no peer reads texts: what it finds is what they look for;
where it finds nobody, they look for the whole text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from benchmarks.names.minority import MinorityChild
from benchmarks.names.query import Query, QuerySet
from synthetic.corruption import typos
from synthetic.population.inflection import (
    inflect,
    russian_patronymic_genitive,
    russian_surname_genitive,
    ukrainian_surname_genitive,
)
from synthetic.population.people import FullName
from synthetic.population.pools import Language
from transliteration.mentions import find_mentions

TITLES = {
    "declined": ("declined", "in the genitive, Ukrainian or Russian: the grammar of the fictional world"),
    "damaged": ("damaged", "look-alike letters, odd apostrophes, invisible signs, capitals, words run together"),
    "text": ("in a text", "read from a sentence or a line of a list by `find_mentions`, for all matchers alike"),
    "minority": ("other peoples", "a table of this benchmark: Russian spellings and the Latin letters of each people"),
}
# Nominative and genitive places; {S} and {F} are the surname and the full name in capitals, {l} the name in lower case.
_TEXTS: dict[Language, tuple[str, ...]] = {
    "uk": (
        "Список дітей:\n1. {s} {g}, 9 років\n2. Ткаченко Олег, 10 років",
        "Шукаємо дитину: {gs} {gg}, 9 років, з Херсона.",
        "{S} {g} {p}, 2012 р.н., востаннє бачили в Маріуполі.",
        "дитина {l}, 9 років, з херсона",
        "Мати розшукує 9-річну дитину, {gg} {gs}.",
    ),
    "ru": (
        "Разыскивается ребёнок: {s} {g} {p}, 2012 г.р.",
        "Опека ищет родственников {gg} {gs}, 9 лет.",
        "{S} {g}, 10 лет, г. Мариуполь",
        "Фамилия: {s}. Имя: {g}. Возраст: 9 лет.",
    ),
}


def draw_kinds(
    children: Sequence[FullName], minority: Sequence[MinorityChild], count: int, seed: int
) -> list[QuerySet]:
    """Draw `count` queries of each kind; minority children stand in the list behind the others, one query for each."""
    writers: dict[str, Callable[[FullName, Random], str]] = {
        "declined": _declined, "damaged": _damaged, "text": _in_text
    }  # fmt: skip
    sets = []
    for name, write in writers.items():
        rng = Random(f"queries/{name}/{seed}")
        rows = rng.sample(range(len(children)), min(count, len(children)))
        sets.append(QuerySet(name, *TITLES[name], tuple(Query(write(children[row], rng), row) for row in rows)))
    rng = Random(f"queries/minority/{seed}")
    found = tuple(Query(_minority(child, rng), len(children) + at) for at, child in enumerate(minority))
    return [*sets, QuerySet("minority", *TITLES["minority"], found)]


def _genitive(child: FullName, language: Language) -> tuple[str, str, str]:
    surname, given, father = child.parts(language)
    adjectival = child.surname.written(language, "m") != child.surname.written(language, "f")
    given = inflect(given, "genitive", language, child.sex)
    if language == "ru":
        declined = russian_surname_genitive(surname, child.sex, adjectival=adjectival)
        return declined, given, russian_patronymic_genitive(father)
    declined = ukrainian_surname_genitive(surname, child.sex, adjectival=adjectival)
    return declined, given, inflect(father, "genitive", "uk", child.sex)


def _declined(child: FullName, rng: Random) -> str:
    surname, given, father = _genitive(child, rng.choice(("uk", "ru")))
    return rng.choice((f"{surname} {given} {father}", f"{given} {surname}", f"{surname} {given}"))


def _damaged(child: FullName, rng: Random) -> str:
    parts = list(child.parts("uk"))
    for _ in range(rng.choice((1, 2, 2, 3))):
        at = rng.choice((0, 0, 1))
        parts[at] = rng.choice((typos.lookalike, typos.lookalike, typos.apostrophe, _invisible, _upper))(parts[at], rng)
    if rng.random() < 0.2:
        return "".join(parts[:2]) if rng.random() < 0.5 else f"{parts[0]} {parts[1]}{parts[2]}"
    return " ".join(parts[: rng.choice((2, 3))])


def _invisible(text: str, rng: Random) -> str:
    at = rng.randrange(1, len(text))
    return text[:at] + rng.choice("\u200b\u00ad\ufeff") + text[at:]


def _upper(text: str, _: Random) -> str:
    return text.upper()


def _in_text(child: FullName, rng: Random) -> str:
    language: Language = rng.choice(("uk", "ru"))
    (s, g, p), (gs, gg, _) = child.parts(language), _genitive(child, language)
    text = rng.choice(_TEXTS[language])
    text = text.format(s=s, g=g, p=p, gs=gs, gg=gg, S=s.upper(), l=f"{s} {g}".lower())
    # The second line of a list is another child: the first is the one that is looked for.
    found = find_mentions(text, language=language)
    return " ".join(filter(None, (found[0].surname, found[0].given, found[0].patronymic))) if found else text


def _minority(child: MinorityChild, rng: Random) -> str:
    if rng.random() < 0.5:
        return f"{child.surname.ru} {child.given.ru}"
    return rng.choice((f"{child.surname.latin} {child.given.latin}", f"{child.given.latin} {child.surname.latin}"))
