"""What stands beside a name in its cell never becomes a part of it."""

from __future__ import annotations

import csv
from itertools import product
from pathlib import Path

import pytest

from transliteration import parse_name
from transliteration.names.cell import read_cell

CASES = Path(__file__).parents[1] / "cases"


def _rows() -> list[dict[str, str]]:
    with (CASES / "name_cells.csv").open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row["written"])
def test_the_name_and_what_stands_beside_it(row: dict[str, str]) -> None:
    cell = read_cell(row["written"])
    assert (cell.name, ";".join(cell.births), ";".join(cell.rest)) == (row["name"], row["births"], row["rest"])


NAMES = ("Вигаданко Максим Олегович", "Жартенко Софія", "ВИГАДАНКО МАКСИМ", "Vyhadanko Maksym", "Алієв Вусал Саід огли")
BESIDE = (
    *(
        " 2012 р.н.",
        ", 2012 г.р.",
        " (12.03.2012)",
        ", 9 років",
        " 9 лет",
        " - 10 р.",
        ", 5 років, Херсон",
        " (Макс)",
        " [сирота]",
    ),
    *(
        ", інвалід",
        " ; тел. 050 123 45 67",
        ", сестра Олени",
        " «Малюк»",
        " з Маріуполя",
        " / 2012",
        " + 2 брати",
        " та його сестра",
    ),
    *(
        ", born 12 March 2012",
        " (aged 9)",
        ", м. Херсон",
        " ***",
        " ??",
        " №5",
        ", 2 г. 3 мес.",
        " 12 березня 2012 року",
    ),
)


@pytest.mark.parametrize(("name", "beside"), list(product(NAMES, BESIDE)))
def test_whatever_stands_behind_a_name_the_name_stays(name: str, beside: str) -> None:
    alone, both = parse_name(name), parse_name(name + beside)
    assert (both.surname, both.given, both.patronymic) == (alone.surname, alone.given, alone.patronymic)


def test_a_second_person_is_said() -> None:
    assert read_cell("Вигаданко Максим та Жартенко Олена").several
    assert not read_cell("Вигаданко Максим (Макс)").several


def test_nothing_is_lost_without_a_word() -> None:
    for name, beside in product(NAMES, BESIDE):
        cell = read_cell(name + beside)
        letters = [c for c in beside.lower() if c.isalpha()]
        assert not letters or cell.births or cell.rest, name + beside


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("ВигаданкоBалерій", "Вигаданко Bалерій"), ("ВИГАДАНКО МАРГАРИТАРусланівна", "ВИГАДАНКО МАРГАРИТА Русланівна"),
        ("Вигaдaнкo ВасильВ'ячеславович", "Вигaдaнкo Василь В'ячеславович"), ("Вига\u00adданкоІлля", "Вигаданко Ілля"),
        ("MacDonald Mary", "MacDonald Mary"),
    ],
)  # fmt: skip
def test_words_run_together_are_parted_though_their_letters_are_damaged(written: str, name: str) -> None:
    assert read_cell(written).name == name


@pytest.mark.parametrize(
    "written", ["Невідомий Невідомич", "Неизвестная Неизвестновна", "НЕВІДОМІ", "test", "Тест Тест", "Тестовий запис"]
)
def test_words_for_nobody_are_no_name(written: str) -> None:
    cell = read_cell(written)
    assert cell.name == "" and cell.rest, "no name is made of them, and what was written is told"


def test_a_child_with_a_surname_like_a_word_for_nobody_keeps_the_other_parts() -> None:
    assert read_cell("Невідомий Павло Ігорович").name.endswith("Павло Ігорович")
