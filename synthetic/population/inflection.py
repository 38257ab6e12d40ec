"""Genitive and accusative of names, for lists and posts that put a child into a sentence."""

from __future__ import annotations

from typing import Literal

from synthetic.population.pools import Language, Sex

Case = Literal["nominative", "genitive", "accusative"]

_HUSHING = "гкхжчшщ"
_RU_STEMS = {"Павел": "Павл", "Лев": "Льв", "Пётр": "Петр"}
_UK_STEMS = {"Ігор": "Ігоря", "Федір": "Федора"}


def inflect(name: str, case: Case, language: Language, sex: Sex) -> str:
    """A given name or a diminutive in this case: `Дима` → `Димы`, `Диму`; names without case forms stay."""
    if case == "nominative" or not name:
        return name
    return (_russian if language == "ru" else _ukrainian)(name, case, sex)


def _russian(name: str, case: Case, sex: Sex) -> str:
    genitive = case == "genitive"
    stem, last = name[:-1], name[-1]
    if last == "а":
        return stem + (("и" if stem[-1] in _HUSHING else "ы") if genitive else "у")
    if last == "я":
        return stem + ("и" if genitive else "ю")
    if last == "ь" and sex == "f":
        return stem + "и" if genitive else name
    if sex == "f" or last in "оеёиуыэю":
        return name
    if last in "йь":
        return stem + "я"
    if name.endswith("ёк"):
        return name[:-2] + "ька"
    if name.endswith("ок"):
        return name[:-2] + "ка"
    return _RU_STEMS.get(name, name) + "а"


def _ukrainian(name: str, case: Case, sex: Sex) -> str:
    genitive = case == "genitive"
    stem, last = name[:-1], name[-1]
    if last == "а":
        return stem + (("і" if stem[-1] in "жчшщ" else "и") if genitive else "у")
    if last == "я":
        return stem + (("ї" if stem[-1] in "іїеєа'" else "і") if genitive else "ю")
    if sex == "f":
        return name + ("і" if genitive and name == "Любов" else "")
    if last == "о":
        return stem + "а"
    if last in "йь":
        return stem + "я"
    if last in "аеєиіїуюя":
        return name
    if name.endswith("ок"):
        return name[:-2] + "ка"
    return _UK_STEMS.get(name, name + "а")


def russian_surname_genitive(written: str, sex: Sex, *, adjectival: bool) -> str:
    """The genitive of a Russian surname; `adjectival` when men and women bear different forms of it."""
    if "-" in written:
        return "-".join(russian_surname_genitive(part, sex, adjectival=adjectival) for part in written.split("-"))
    if adjectival and sex == "f":
        return (written[:-2] if written.endswith("ая") else written[:-1]) + "ой"
    if adjectival and written.endswith(("ий", "ый", "ой")):
        return written[:-2] + ("его" if written[-3] in "жшчщ" else "ого")
    if written[-1] in "ая":
        return _russian(written, "genitive", sex)
    if sex == "f" or written[-1] in "оеёиуыэю":
        return written
    if written[-1] in "йь":
        return written[:-1] + "я"
    if written.endswith("ец") and len(written) > 5:
        return written[:-2] + "ца"
    return written + "а"


def russian_patronymic_genitive(written: str) -> str:
    """The genitive of a Russian patronymic: `Петрович` → `Петровича`, `Петровна` → `Петровны`."""
    return written[:-1] + "ы" if written.endswith("а") else written + "а"


def russian_town_genitive(town: str) -> str:
    """`Мариуполь` → `Мариуполя`; a name this simple rule cannot take comes back with `г.` before it."""
    if " " in town or "-" in town or town[-1] in "оеиыя":
        return f"г. {town}"
    if town.endswith("ь"):
        return town[:-1] + "я"
    if town.endswith("а"):
        return _russian(town, "genitive", "f")
    return f"г. {town}" if town.endswith(("й", "ец")) else town + "а"


def ukrainian_surname_genitive(written: str, sex: Sex, *, adjectival: bool) -> str:
    """The genitive of a Ukrainian surname; `adjectival` when men and women bear different forms of it."""
    if "-" in written:
        return "-".join(ukrainian_surname_genitive(part, sex, adjectival=adjectival) for part in written.split("-"))
    stem, last = written[:-1], written[-1]
    if adjectival and sex == "f":
        return stem + ("ьої" if last == "я" else "ої")
    if adjectival and written.endswith(("ий", "ій")):
        return written[:-2] + ("ього" if written.endswith("ій") else "ого")
    if last in "ая":
        return _ukrainian(written, "genitive", sex)
    if sex == "f" or last in "еєиіїую":
        return written
    if written.endswith("ець") and len(written) > 5:
        return written[:-3] + ("ьця" if written[-4] == "л" else "ця")
    if written.endswith("єць"):
        return written[:-3] + "йця"
    if last == "о":
        return stem[:-1] + "я" if stem.endswith("ь") else stem + "а"
    return stem + "я" if last in "йь" else written + "а"
