"""Cells that hold more or something else than their column asks for, as people fill them in."""

from __future__ import annotations

from datetime import date
from random import Random

from synthetic.population.inflection import inflect, russian_patronymic_genitive, russian_surname_genitive
from synthetic.population.inflection import ukrainian_surname_genitive as ukrainian_genitive
from synthetic.population.people import FullName
from synthetic.population.pools import Language, Sex

DITTO = "-//-"
"""What a clerk writes for "the same as above"."""

_NOTHING = ("---", "н/д", "невідомо", "неизвестно", "немає даних", "не указано", "-", "прочерк")
_BESIDE: dict[Language, tuple[str, ...]] = {
    "uk": ("{name}, {year} р.н.", "{name} ({year})", "{name} (сирота)", "{name}\n{year} року народження"),
    "ru": ("{name}, {year} г.р.", "{name} ({year})", "{name} (сирота)", "{name}\n{year} года рождения"),
}
_YEARS: dict[Language, tuple[str, ...]] = {
    "uk": ("{year}-{next}", "{year} або {next}", "приблизно {year}", "{season} {year}"),
    "ru": ("{year}-{next}", "{year} или {next}", "примерно {year}", "{season} {year}"),
}
_SEASONS: dict[Language, tuple[str, ...]] = {
    "uk": ("зима", "весна", "літо", "осінь"),
    "ru": ("зима", "весна", "лето", "осень"),
}


def nothing(rng: Random) -> str:
    """What people write into a cell about which they know nothing."""
    return rng.choice(_NOTHING)


def with_more(name: str, born: date, language: Language, rng: Random) -> str:
    """A name with what else is known of the child in the same cell."""
    return rng.choice(_BESIDE[language]).format(name=name, year=born.year)


def birth_in_words(born: date, language: Language, rng: Random) -> str:
    """A birth of which only about the year is known, in words; the child was born in it."""
    first = born.year - rng.randrange(2)
    form = rng.choice(_YEARS[language])
    season = _SEASONS[language][born.month % 12 // 3]
    if "{season}" in form:
        return form.format(year=born.year, season=season)
    return form.format(year=first if "{next}" in form else born.year, next=first + 1)


def declined(parts: list[str], name: FullName, sex: Sex, language: Language) -> list[str]:
    """Surname, given name and patronymic in the genitive, as they stand after "looking for"."""
    surname, given, patronymic = parts
    if "-" in surname:
        return parts  # each half by a rule of its own: clerks leave such names as they are
    adjectival = name.surname.ru_m != name.surname.ru_f
    bent = russian_surname_genitive if language == "ru" else ukrainian_genitive
    end = russian_patronymic_genitive(patronymic) if patronymic else ""
    if language == "uk" and patronymic.endswith("а"):
        end = f"{patronymic[:-1]}и"
    return [bent(surname, sex, adjectival=adjectival), inflect(given, "genitive", language, sex), end]


def escaped(text: str) -> str:
    """A text as web pages write its apostrophes."""
    return text.replace("'", "&#39;")
