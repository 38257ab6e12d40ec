"""Base forms of given names, surnames and patronymics that stand declined in running text."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache, lru_cache

from transliteration.names.cases.given_forms import case_forms
from transliteration.names.cases.surname_bases import nominative_surname
from transliteration.names.dictionary_index import has_surname
from transliteration.names.features import stands_as_it_is
from transliteration.names.given import (
    in_given_dictionary,
    read_given,
    russian_forms,
    sexes,
    written_forms,
)
from transliteration.names.sex import sex_of_name
from transliteration.tables import rows
from transliteration.text.folding import lower_in_place


@cache
def declined_given_names() -> dict[str, dict[str, tuple[str, float, str]]]:
    """Case form -> base form -> (sex, weight, language), for formal names and diminutives of both languages."""
    index: dict[str, dict[str, tuple[str, float, str]]] = defaultdict(dict)
    known = sexes()
    russian = russian_forms()
    weights = {row["given"]: float(row["weight"]) for row in rows("given_names")}
    for name, forms in written_forms().items():
        for form in forms:
            language = "ru" if form in russian[name] else "uk"
            _add_case_forms(index, form, known[name], weights[name], language)
    for row in rows("diminutives"):
        weight = float(row["weight"]) * weights.get(row["given"], 1.0)
        _add_case_forms(index, row["diminutive"], row["sex"], weight, row["language"])
    return index


def _add_case_forms(
    index: dict[str, dict[str, tuple[str, float, str]]], form: str, sex: str, weight: float, language: str
) -> None:
    plain = form.lower().replace("ʼ", "'")
    for case in case_forms(form, sex):
        known = index[lower_in_place(case).replace("ʼ", "'")]
        if plain not in known or known[plain][1] < weight:
            known[plain] = (sex, weight, language)


@lru_cache(maxsize=20_000)
def given_bases(lower: str, language: str, *, oblique: bool, sex_hint: str) -> list[tuple[str, str, bool]]:
    """Base forms of a written given name with sex and whether it was declined, the likeliest first."""
    declined = [
        (base, sex, True, weight, base_language)
        for base, (sex, weight, base_language) in declined_given_names().get(lower, {}).items()
    ]
    declined.sort(key=lambda item: (item[1] != sex_hint if sex_hint else False, item[4] != language, -item[3], item[0]))
    cases = [item[:3] for item in declined]
    if sex_hint == "f" and not any(sex == "f" for _, sex, _ in cases) and (woman := _womans_base(lower)):
        cases.insert(0, (woman, "f", True))
    known = bool(read_given(lower).classes)
    # A woman's name that the tables lack is more than a case form of a man's: "Станіслава чекає".
    own = not known and stands_as_it_is(lower) and sex_hint != "m"
    nominative = [(lower, sex_of_name(lower) or ("f" if own else ""), False)] if known or own else []
    return cases + nominative if oblique else nominative + cases


def _womans_base(lower: str) -> str:
    """The woman's name in -а, known to the dictionary alone, that a form may be a case of (Ярославу), else `''`."""
    for ending in ("ою", "ой", "у", "и", "ы", "і", "е"):
        if lower.endswith(ending):
            base = lower[: -len(ending)] + "а"
            return base if in_given_dictionary(base) else ""
    return ""


def unknown_given_base(lower: str, *, oblique: bool) -> tuple[str, str, bool]:
    """A guess at the base form of a given name in no table; unchanged unless the words before it decline it."""
    if not oblique:
        return lower, "", False
    for ending, nominative, sex in (
        ("ы", "а", "f"),
        ("и", "а", "f"),
        ("у", "а", "f"),
        ("ю", "я", "f"),
        ("і", "я", "f"),
        ("а", "", "m"),
        ("я", "й", "m"),
    ):
        if lower.endswith(ending):
            return lower[:-1] + nominative, sex, True
    return lower, "", True


def surname_base(lower: str, sex: str, *, oblique: bool) -> str:
    """The nominative of a surname that stands beside a declined given name; unchanged where no rule fits."""
    if not oblique or lower.endswith((".", "ко", "их", "ых")):
        return lower
    base = nominative_surname(lower, sex)
    return base if sex else lower


@cache
def _surname_endings(sex: str) -> tuple[tuple[str, str], ...]:
    endings = [(row["ending"], row["nominative"]) for row in rows("surname_case_endings") if row["sex"] == sex]
    return tuple(sorted(endings, key=lambda pair: (-len(pair[0]), pair)))


def singular_of_plural(surname: str) -> str:
    """The masculine surname of a plural one ("Дмитро та Максим Коваленки"), `''` where it is none."""
    lower = lower_in_place(surname)
    for ending, nominative in _surname_endings("plural"):
        if lower.endswith(ending) and len(lower) > len(ending) + 1:
            return surname[: len(surname) - len(ending)] + nominative
    return ""


def singular_of_genitive_plural(surname: str) -> str:
    """The masculine surname of "троє дітей Зінченків", `''` where a dictionary knows it as it stands or not at all."""
    lower = lower_in_place(surname)
    if not lower.endswith(("ів", "ых", "их")) or has_surname(lower):
        return ""
    stem = lower[:-2]
    endings = ("о", "", "ь") if lower.endswith("ів") else ("ий", "ый", "ой")
    found = next((ending for ending in endings if has_surname(stem + ending)), None)
    return surname[:-2] + found if found is not None else ""


def patronymic_base(lower: str) -> str:
    """The nominative of a patronymic in any case."""
    match = re.fullmatch(r"(.+?(?:ич|їч|іч))(?:а|у|ем|еві|ові)?", lower)
    if match:
        return match[1]
    match = re.fullmatch(r"(.+?(?:івн|ївн|овн|евн|ичн|їчн))(?:а|у|и|ы|і|е|ою|ой)", lower)
    return f"{match[1]}а" if match else lower
