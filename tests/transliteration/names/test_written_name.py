"""Each part of a name is right, or a doubt says what may be wrong with it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sources.extraction.normalise import normalise


def _values(**written: str) -> dict[str, Any]:
    return normalise(written, observed_on=date(2022, 6, 1), language="mixed").values


@pytest.mark.parametrize(
    ("cell", "birth", "doubt"),
    [
        ("Вигаданко Максим Олегович 2012 р.н.", "2012-01-01/2012-12-31", ""),
        ("Вигаданко Максим Олегович, 9 років", "2012-06-02/2013-06-01", ""),
        ("Вигаданко Максим Олегович (Макс)", "", "name_more"),
        ("Вигаданко Максим Олегович, Херсон", "", "name_more"),
        ("Вигаданко Максим Олегович та Олена", "", "name_several"),
        ("Вигаданко Максим Олегович 12.03.2012 (9 років)", "2012-03-12/2012-03-12", ""),
        ("Вигаданко Максим Олегович 12.03.2012 (3 роки)", "2012-03-12/2012-03-12", "birth_beside_name"),
    ],
)
def test_a_cell_that_holds_more_than_a_name(cell: str, birth: str, doubt: str) -> None:
    values = _values(full_name=cell)
    assert (values["surname"], values["given"], values["patronymic"]) == ("Вигаданко", "Максим", "Олегович")
    assert values.get("birth", "") == birth
    assert not doubt or doubt in values["doubts"]


def test_the_column_of_the_birth_date_goes_before_what_stands_beside_the_name() -> None:
    values = _values(full_name="Вигаданко Максим, 3 роки", birth_date="12.03.2012")
    assert values["birth"] == "2012-03-12/2012-03-12"
    assert "birth_beside_name" in values["doubts"]


@pytest.mark.parametrize(
    "name", ["Гончарова Святослава", "Іванова Станіслава", "Вигаданова Мирослава", "Попова Корнелія"]
)
def test_a_girl_is_never_rewritten_into_a_boy(name: str) -> None:
    surname, given = name.split()
    for sex in ("", "ж"):
        values = _values(full_name=name, sex=sex)
        assert (values["surname"], values["given"]) == (surname, given)
        assert values.get("sex", "f") == "f"
    assert "name_case" in _values(full_name="Гончарова Святослава")["doubts"]
    assert _values(full_name="Гончарова Святослава", sex="ч")["given"] == "Святослав"


@pytest.mark.parametrize(
    "name",
    ["Вигаданко Ніно", "Вигаданко Ані", "Вигаданко Каріне", "Ткачук Тінатін", "Бондаренко Атілла", "Мельник Нігяр"],
)
def test_a_given_name_that_the_tables_lack_stays(name: str) -> None:
    for order in ("surname given", None):
        values = normalise({"full_name": name}, observed_on=None, language="uk", name_order=order).values
        assert f"{values['surname']} {values['given']}" == name


@pytest.mark.parametrize(
    ("columns", "want", "doubt"),
    [
        (("Максим", "Семёнов", ""), ("Семёнов", "Максим", ""), "surname_swapped"),
        (("Maksym", "Rudska", ""), ("Rudska", "Maksym", ""), "surname_swapped"),
        (("Вигаданко", "Максим Олегович", ""), ("Вигаданко", "Максим", "Олегович"), "name_columns"),
        (("", "Вигаданко Максим Олегович", ""), ("Вигаданко", "Максим", "Олегович"), "name_columns"),
        (("Максим", "Олегович", "Вигаданко"), ("Вигаданко", "Максим", "Олегович"), "name_columns"),
        (("Олегович", "Вигаданко", "Максим"), ("Вигаданко", "Максим", "Олегович"), "name_columns"),
        (("Нодар", "Выгададзе", ""), ("Выгададзе", "Нодар", ""), "surname_swapped"),
        (("Эльвина", "Выгаданова", ""), ("Выгаданова", "Эльвина", ""), "surname_swapped"),
        (("Вигаданко Максим", "Олегович", ""), ("Вигаданко", "Максим", "Олегович"), "name_columns"),
        (("Вигаданко Максим", "", ""), ("Вигаданко", "Максим", ""), "name_columns"),
        (("Вигаданко (Жартенко)", "Максим", ""), ("Вигаданко", "Максим", ""), "name_more"),
    ],
)
def test_parts_in_the_wrong_columns(columns: tuple[str, str, str], want: tuple[str, str, str], doubt: str) -> None:
    values = _values(surname=columns[0], given=columns[1], patronymic=columns[2])
    assert tuple(values.get(role, "") for role in ("surname", "given", "patronymic")) == want
    assert doubt in values["doubts"]


def test_a_stated_sex_that_is_not_that_of_the_name_is_a_doubt() -> None:
    assert "sex_of_name" in _values(full_name="Вигаданко Олена Петрівна", sex="ч")["doubts"]
