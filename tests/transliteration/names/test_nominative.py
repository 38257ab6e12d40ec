"""Declined full names go back to their base form; nominatives stay as they are."""

from __future__ import annotations

import pytest

from transliteration import parse_name
from transliteration.names.nominative import nominative
from transliteration.names.patronymic import father_agrees


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
