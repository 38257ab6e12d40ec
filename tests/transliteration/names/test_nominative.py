"""Declined full names go back to their base form; nominatives stay as they are."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from transliteration import NameLevel, compare, parse_name
from transliteration.names.cases.surname_bases import surname_bases
from transliteration.names.cases.surname_forms import paradigms
from transliteration.names.nominative import nominative
from transliteration.names.patronymic import father_agrees


def _forms(base: str, sex: str) -> list[tuple[Any, str]]:
    made = [(case, stem + end) for stem, ends in paradigms(base, sex) for end, cases in ends.items() for case in cases]
    return [(case, form) for case, form in made if form != base]


@pytest.mark.parametrize(
    ("declined", "base"),
    [
        ("Шевченко Александра Петровича", "Шевченко Александр Петрович"),
        ("Шевченка Олександра Петровича", "Шевченко Олександр Петрович"),
        ("Шевченко Олександри Петрівни", "Шевченко Олександра Петрівна"),
        ("Жуковського Дмитра Івановича", "Жуковський Дмитро Іванович"),
        ("Жуковської Марії Іванівни", "Жуковська Марія Іванівна"),
        ("Жуковскую Марию Ивановну", "Жуковская Мария Ивановна"),
        ("Петрову Анну Сергеевну", "Петрова Анна Сергеевна"),
        ("Петрову Ивану Сергеевичу", "Петров Иван Сергеевич"),
        ("Ковальчука Андрія Юрійовича", "Ковальчук Андрій Юрійович"),
        ("КОВАЛЬЧУКУ АНДРІЮ", "КОВАЛЬЧУК АНДРІЙ"),
        ("Мельника Сергія Ілліча", "Мельник Сергій Ілліч"),
        ("Білої Ольги Андріївни", "Біла Ольга Андріївна"),
        ("Ольгу Бондаренко", "Бондаренко Ольга"),
    ],
)
def test_back_to_the_base_form(declined: str, base: str) -> None:
    found = nominative(parse_name(declined))
    assert " ".join(part for part in (found.surname, found.given, found.patronymic) if part) == base


def _cases() -> list[tuple[str, str]]:
    with (Path(__file__).parents[1] / "cases" / "declined_names.csv").open(encoding="utf-8") as handle:
        return [(row["declined"], row["base"]) for row in csv.DictReader(handle)]


@pytest.mark.parametrize(("declined", "base"), _cases())
def test_vowels_that_change_and_classes_that_do_not(declined: str, base: str) -> None:
    found = nominative(parse_name(declined))
    assert " ".join(part for part in (found.surname, found.given, found.patronymic) if part) == base


@pytest.mark.parametrize(
    ("base", "sex"),
    [
        ("коваленко", "m"),
        ("заєць", "m"),
        ("сивокінь", "m"),
        ("сорока", "f"),
        ("вишневський", "m"),
        ("шульга", "m"),
        ("біла", "f"),
    ],
)
def test_a_surname_is_found_again_from_each_of_its_forms(base: str, sex: str) -> None:
    for case, form in _forms(base, sex):
        assert base in surname_bases(form, sex, case), form  # type: ignore[arg-type]
        assert compare(base, form, "surname").level >= NameLevel.OTHER_LANGUAGE, form


def test_of_two_readings_the_stated_sex_decides() -> None:
    parsed = parse_name("Гончарова Святослава")
    assert nominative(parsed) == parsed == nominative(parsed, "f")
    assert nominative(parsed, "m").given == "Святослав"


@pytest.mark.parametrize(
    "name",
    [
        "Шевченко Олександра Петрівна", "Шевченко Олександр Петрович", "Сорока Ганна Ільківна", "Петрова Анна",
        "Валентина Мороз", "Калина Ярослав Ілліч", "Shevchenko Oleksandra Petrivna", "Саша", "", "Шевченко О.П.",
    ],
)  # fmt: skip
def test_nominatives_stay(name: str) -> None:
    parsed = parse_name(name)
    assert nominative(parsed) == parsed


def test_father_and_patronymic() -> None:
    assert father_agrees("Сергіївна", "Сергей") is True
    assert father_agrees("Alexandrovna", "Саша") is True
    assert father_agrees("Яковлевич", "Яків") is True
    assert father_agrees("Сергіївна", "Степан") is False
    assert father_agrees("", "Степан") is None
    assert father_agrees("Сулейманівна", "Сулейман") is None
