"""The public names of the package, on small cases that every later room relies on."""

from __future__ import annotations

import subprocess
import sys
import unicodedata

import pytest

import transliteration as t
from transliteration import NameLevel


def test_import_is_quick() -> None:
    code = "import time; s = time.perf_counter(); import transliteration; print(time.perf_counter() - s)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(out.stdout) < 0.5


@pytest.mark.parametrize("name", t.__all__)
def test_every_public_name_resolves(name: str) -> None:
    assert getattr(t, name) is not None


def test_what_is_not_asked_for_is_not_loaded() -> None:
    code = "import sys, transliteration as t; t.romanise; print('numpy' in sys.modules, len(t.__all__))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.split() == ["False", str(len(t.__all__))] and len(t.__all__) > 20


@pytest.mark.parametrize(
    ("left", "right", "role", "level"),
    [
        ("Сергій", "Сергей", "given", NameLevel.OTHER_LANGUAGE),
        ("Сергій", "Serhii", "given", NameLevel.ROMANISATION),
        ("Serhii", "Sergey", "given", NameLevel.ROMANISATION),
        ("Коваленко", "Ковальчук", "surname", NameLevel.DIFFERENT),
        ("Саша", "Олександр", "given", NameLevel.DIMINUTIVE),
        ("О.", "Олександр", "given", NameLevel.INITIAL),
        ("", "Олександр", "given", NameLevel.ABSENT),
        ("Шевченко", "Шевчанко", "surname", NameLevel.ONE_SLIP),
        ("Лук'яненко", "ЛУК’ЯНЕНКО", "surname", NameLevel.IDENTICAL),
    ],
)
def test_levels(left: str, right: str, role: t.Role, level: NameLevel) -> None:
    assert t.compare(left, right, role).level == level
    assert t.compare(right, left, role).level == level
    assert list(t.compare_pairs([left, right], [right, left], role)) == [level, level]


def test_sentences_hold_no_name() -> None:
    for left, right in [("Сергій", "Сергей"), ("Шевченко", "Шевчанко"), ("О.", "Олена")]:
        verdict = t.compare(left, right, "given")
        assert left not in verdict.sentence
        assert right not in verdict.sentence
        assert verdict.sentence.isascii()


def test_parts_of_a_full_name() -> None:
    for written in ["Шевченко Олександр Петрович", "Олександр Петрович Шевченко", "ШЕВЧЕНКО  Олександр Петрович"]:
        parsed = t.parse_name(written)
        assert (parsed.surname.title(), parsed.given, parsed.patronymic) == ("Шевченко", "Олександр", "Петрович")
    assert t.parse_name("Шевченко О.П.").patronymic == "П."
    assert t.parse_name("") == t.ParsedName()


def test_repairs_are_reported() -> None:
    assert t.repair("Шeвчeнкo") == t.Repaired("Шевченко", ("look_alikes",))
    assert t.repair("Іван") == t.Repaired("Іван", ())
    decomposed = unicodedata.normalize("NFD", "Андрій Їжак")
    assert t.repair(decomposed).text == "Андрій Їжак"


def test_patronymics_and_sex() -> None:
    assert t.given_of_patronymic("Александровна") == "олександр"
    assert t.given_of_patronymic("Ильинична") == "ілля"
    assert "яковлевич" in t.patronymics_of("Яків")
    assert t.sex_of_name("Саша", "Петрівна", "") == "f"
    assert t.sex_of_name("Саша", "", "") == ""
