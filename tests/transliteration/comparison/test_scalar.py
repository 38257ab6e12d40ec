"""Levels of agreement: case tables, media spellings, and rankings that the order of levels promises."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import pytest

from transliteration import NameLevel, Role, canonical_variants, compare, phonetic_key

CASES = Path(__file__).parents[1] / "cases"


def _rows(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


@pytest.mark.parametrize("row", _rows("levels.csv"), ids=lambda r: f"{r['left']}-{r['right']}")
def test_levels(row: dict[str, str]) -> None:
    role: Role = row["role"]  # type: ignore[assignment]
    assert compare(row["left"], row["right"], role).level.name == row["level"]
    assert compare(row["right"], row["left"], role).level.name == row["level"]


@pytest.mark.parametrize("row", _rows("media_spellings.csv"), ids=lambda r: r["latin"])
def test_media_spellings_meet_the_cyrillic_name(row: dict[str, str]) -> None:
    role: Role = row["role"]  # type: ignore[assignment]
    assert compare(row["latin"], row["cyrillic"], role).level >= NameLevel.ROMANISATION
    shared = set(canonical_variants(row["latin"], role)) & set(canonical_variants(row["cyrillic"], role))
    assert shared or phonetic_key(row["latin"], role) == phonetic_key(row["cyrillic"], role)


@pytest.mark.parametrize(
    ("role", "name", "better_to_worse"),
    [
        ("given", "Сергій", ["Сергій", "Сергей", "Serhii", "Сергійко", "С.", "Сергмй", "Степан"]),
        ("given", "Олександр", ["олександр", "Александр", "Aleksandr", "Саша", "О.", "Олексндр", "Олексій"]),
        ("surname", "Коваленко", ["КОВАЛЕНКО", "Коваленка", "Kowalenko", "Ковалінко", "Ковальчук"]),
        ("surname", "Жуковська", ["Жуковська", "Жуковская", "Schukowska", "Жуковзька", "Жуковень"]),
        ("patronymic", "Сергіївна", ["Сергіївна", "Сергеевна", "Serhiivna", "С.", "Степанівна"]),
    ],
)
def test_better_outranks_worse(role: Role, name: str, better_to_worse: list[str]) -> None:
    levels = [compare(name, other, role).level for other in better_to_worse]
    for better, worse in pairwise(levels):
        assert better >= worse, levels
    assert levels[0] > levels[2] > levels[-1]


def test_absent_is_not_different() -> None:
    assert compare("", "Іван", "given").level == NameLevel.ABSENT
    assert compare("Петро", "Іван", "given").level == NameLevel.DIFFERENT


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Олександр", "Олексій"),
        ("Александр", "Олексій"),
        ("Арсен", "Арсеній"),
        ("Марія", "Мусій"),
        ("Вікторія", "Вікентій"),
    ],
)
def test_a_name_in_iy_is_no_case_form_of_another(one: str, other: str) -> None:
    assert compare(one, other, "given").code != "case_or_other"


def test_siblings_are_told_apart_by_the_given_name() -> None:
    assert compare("Олександр", "Олексій", "given").level == NameLevel.DIFFERENT
    for other in ["Марина", "Мирослава", "Маргарита", "Софія", "Дарина", "Марта"]:
        assert compare("Марія", other, "given").level == NameLevel.DIFFERENT


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Жуковська", "Жюковская"), ("Жуковська", "Zhykovskaya"), ("Дігтярська", "Degtyarskaya"),
        ("Тимова", "Tymof"), ("Чорна", "Чюрная"),
    ],
)  # fmt: skip
def test_one_slip_is_seen_through_the_ending_of_gender_and_language(left: str, right: str) -> None:
    assert compare(left, right, "surname").level >= NameLevel.ONE_SLIP
