"""Patronymic algebra, both directions, both languages."""

from __future__ import annotations

import pytest

from transliteration import NameLevel, compare, given_of_patronymic, parse_name, patronymics_of, sex_of_name
from transliteration.names.given import sexes


@pytest.mark.parametrize(
    ("patronymic", "father"),
    [
        ("Олександрович", "олександр"), ("Александровна", "олександр"), ("Aleksandrovna", "олександр"),
        ("Анатолійович", "анатолій"), ("Анатольевич", "анатолій"), ("Васильович", "василь"), ("Васильевна", "василь"),
        ("Кузьмич", "кузьма"), ("Кузьмівна", "кузьма"), ("Ілліч", "ілля"), ("Ильинична", "ілля"),
        ("Федорович", "федір"), ("Фёдоровна", "федір"), ("Якович", "яків"), ("Яковлевич", "яків"), ("Львович", "лев"),
        ("Євгенович", "євген"), ("Євгенійович", "євген"), ("Лукич", "лука"), ("Никитична", "микита"),
        ("Олександровича", "олександр"), ("Іванівни", "іван"), ("Петровне", "петро"), ("Юрьевичу", "юрій"),
        ("Serhiiovych", "сергій"), ("Petrowytsch", "петро"), ("Petrowicz", "петро"),
        ("Шевченко", ""), ("", ""),
    ],
)  # fmt: skip
def test_father_of(patronymic: str, father: str) -> None:
    assert given_of_patronymic(patronymic) == father


def test_patronymics_go_back_to_their_father() -> None:
    for name, sex in sexes().items():
        if sex != "m":
            continue
        made = patronymics_of(name)
        assert made, name
        assert given_of_patronymic(made[0]), name


def test_both_languages_and_sexes() -> None:
    assert {"сергійович", "сергіївна", "сергеевич", "сергеевна"} <= set(patronymics_of("Сергей"))
    assert {"яковлевич", "яківна"} <= set(patronymics_of("Yakiv"))


@pytest.mark.parametrize(
    ("given", "patronymic", "surname", "sex"),
    [
        ("Олександра", "", "", "f"), ("Саша", "Петрівна", "", "f"), ("Саша", "Петрович", "", "m"), ("Саша", "", "", ""),
        ("", "", "Ковальська", "f"), ("", "", "Петров", "m"), ("", "", "Шевченко", ""), ("Serhii", "", "", "m"),
        ("", "Ильинична", "", "f"), ("", "Ілліч", "", "m"), ("Нікіта", "", "", "m"), ("", "", "", ""),
    ],
)  # fmt: skip
def test_sex(given: str, patronymic: str, surname: str, sex: str) -> None:
    assert sex_of_name(given, patronymic, surname) == sex


@pytest.mark.parametrize(
    ("patronymic", "father", "sex"),
    [
        ("Аляксандравіч", "олександр", "m"), ("Мікалаеўна", "микола", "f"), ("Uladzimirauna", "володимир", "f"),
        ("Aliaksandravich", "олександр", "m"), ("Тимур ўғли", "тимур", "m"), ("Тимур оғлу", "тимур", "m"),
        ("Тимурқизи", "тимур", "f"), ("Тимуркизи", "тимур", "f"), ("Timurqizi", "тимур", "f"),
    ],
)  # fmt: skip
def test_neighbours_patronymics(patronymic: str, father: str, sex: str) -> None:
    assert (given_of_patronymic(patronymic), sex_of_name(patronymic=patronymic)) == (father, sex)


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("Вигаданова Айшан Тимуркизи", ("Вигаданова", "Айшан", "Тимуркизи")),
        ("Вигаданов Тимурогли Вусал", ("Вигаданов", "Вусал", "Тимурогли")),
        ("Караогли Ігор", ("Караогли", "Ігор", "")),
    ],
)
def test_a_marker_run_together_with_the_father(written: str, parts: tuple[str, str, str]) -> None:
    parsed = parse_name(written)
    assert (parsed.surname, parsed.given, parsed.patronymic) == parts


def test_a_latin_father_has_all_his_readings() -> None:
    assert compare("Həsən oğlu", "Гасан огли", "patronymic").level >= NameLevel.ROMANISATION
