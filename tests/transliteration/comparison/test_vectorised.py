"""Columns of pairs: equal to single comparisons, and quick."""

from __future__ import annotations

import random
import time

import numpy as np
import pytest

from transliteration import Role, canonical_keys, compare, compare_pairs, phonetic_keys, romanise
from transliteration.comparison import CODES
from transliteration.comparison.vectorised import verdict_codes
from transliteration.names.given import written_forms

BEGIN = [
    "Бар",
    "Вор",
    "Гор",
    "Дер",
    "Жуп",
    "Зал",
    "Кот",
    "Лим",
    "Мор",
    "Наг",
    "Пет",
    "Руд",
    "Сав",
    "Тим",
    "Хом",
    "Цим",
    "Шап",
    "Щер",
    "Юр",
    "Яр",
    "Кол",
    "Бон",
    "Мак",
    "Пал",
]
MIDDLE = ["", "ов", "ил", "ан", "ич", "ець", "еш", "уш", "ур", "ос"]
END = ["енко", "чук", "ський", "ська", "ук", "ак", "ець", "ник", "ов", "ова", "ій", "иця"]


def _names(role: Role) -> list[str]:
    surnames = [a + b + c for a in BEGIN for b in MIDDLE for c in END]
    given = [form.capitalize() for forms in written_forms().values() for form in forms]
    fathers = [name.capitalize() for name in written_forms()]
    patronymics = [f + ending for f in fathers for ending in ("ович", "івна", "ьевич", "овна")]
    known = {"surname": surnames, "given": given, "patronymic": patronymics}[role]
    return [*known, *(romanise(name) for name in known), "", "О.", "O."]


@pytest.mark.parametrize("role", ["surname", "given", "patronymic"])
def test_columns_equal_single_comparisons(role: Role) -> None:
    rng = random.Random(5)
    names = sorted(set(_names(role)), key=str.lower)
    left, right = [], []
    for _ in range(4000):
        at = rng.randrange(len(names))
        left.append(names[at])
        right.append(names[min(len(names) - 1, at + rng.randrange(4))] if rng.random() < 0.7 else rng.choice(names))
    codes = verdict_codes(left, right, role)
    for a, b, code in zip(left, right, codes, strict=True):
        assert CODES[code] == compare(a, b, role).code, (a, b)
    assert len(set(codes.tolist())) > 6


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        compare_pairs(["а"], [], "given")


def test_anything_but_a_string_is_absent() -> None:
    assert list(compare_pairs([None, float("nan")], ["Іван", "Іван"], "given")) == [-1, -1]  # type: ignore[list-item]
    assert compare_pairs([], [], "given").dtype == np.int8


@pytest.mark.slow
@pytest.mark.parametrize("role", ["surname", "given"])
def test_a_million_pairs(role: Role) -> None:
    rng = np.random.default_rng(1)
    names = np.array(_names(role), dtype=object)
    left, right = names[rng.integers(0, len(names), 1_000_000)], names[rng.integers(0, len(names), 1_000_000)]
    compare_pairs(names, names, role)
    start = time.process_time()
    levels = compare_pairs(left, right, role)
    # Processor time, so that a busy machine does not fail the test.
    assert time.process_time() - start < 6
    assert len(levels) == 1_000_000


@pytest.mark.slow
def test_keys_of_a_million_rows() -> None:
    rng = np.random.default_rng(2)
    start = time.process_time()
    for role in ("surname", "given", "patronymic"):
        names = _names(role)
        column = [names[i] for i in (rng.zipf(1.2, 1_000_000) % len(names)).tolist()]
        assert len(canonical_keys(column, role)) == len(phonetic_keys(column, role)) == 1_000_000
    assert time.process_time() - start < 60
