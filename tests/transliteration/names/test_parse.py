"""Roles in a full name, in any order, script and completeness."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from transliteration import parse_name

CASES = Path(__file__).parents[1] / "cases"


def _rows() -> list[dict[str, str]]:
    with (CASES / "full_names.csv").open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


@pytest.mark.parametrize("row", _rows(), ids=lambda r: r["written"])
def test_roles(row: dict[str, str]) -> None:
    parsed = parse_name(row["written"])
    assert (parsed.surname, parsed.given, parsed.patronymic) == (row["surname"], row["given"], row["patronymic"])
    assert 0 < parsed.confidence <= 1


def test_a_hint_of_order_decides_the_doubtful() -> None:
    assert parse_name("Роман Богдан", order="surname_first").surname == "Роман"
    assert parse_name("Роман Богдан", order="given_first").given == "Роман"


def test_doubt_shows_in_alternatives() -> None:
    parsed = parse_name("Роман Богдан")
    assert parsed.confidence < 0.9
    assert any(other.surname == parsed.given for other in parsed.alternatives)
    assert parse_name("Шевченко Олександр Петрович").confidence > 0.95
