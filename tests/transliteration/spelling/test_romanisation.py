"""Romanisation: official examples, every system, decomposed letters, capitals."""

from __future__ import annotations

import csv
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transliteration import romanisations, romanise
from transliteration.spelling.romanisation import systems
from transliteration.text.scripts import has_cyrillic

CASES = Path(__file__).parents[1] / "cases"


def _rows(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


@pytest.mark.parametrize("row", _rows("kmu55_official.csv"), ids=lambda row: row["latin"])
def test_kmu55_official_examples(row: dict[str, str]) -> None:
    assert romanise(row["ukrainian"]) == row["latin"]
    assert romanise(unicodedata.normalize("NFD", row["ukrainian"])) == row["latin"]
    for sign in "’ʼ`´":
        assert romanise(row["ukrainian"].replace("'", sign)) == row["latin"]


@pytest.mark.parametrize("row", _rows("romanisation_systems.csv"), ids=lambda row: f"{row['system']}-{row['latin']}")
def test_other_systems(row: dict[str, str]) -> None:
    assert romanise(row["cyrillic"], row["system"]) == row["latin"]


def test_every_system_covers_its_alphabet() -> None:
    alphabets = {"uk": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", "ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"}
    assert len(systems()) >= 47
    for name, system in systems().items():
        assert system.source
        for letter in alphabets[system.language]:
            assert letter in system.rules, (name, letter)
        latin = romanise(alphabets[system.language], name)
        assert not has_cyrillic(latin), name
        assert latin == unicodedata.normalize("NFC", latin), name


def test_unknown_system_names_the_known_ones() -> None:
    with pytest.raises(KeyError, match="kmu55"):
        romanise("Іван", "no such system")


def test_romanisations_are_distinct_and_start_with_kmu55() -> None:
    found = romanisations("Щербаненко")
    assert found[0] == "Shcherbanenko"
    assert len(found) == len(set(found)) > 5
    assert "Schtscherbanenko" in found


@given(st.text(alphabet="AbZz09 .,()/-АбїЇґЄьЁыщЩ", max_size=20), st.sampled_from(["kmu55", "icao"]))
def test_plain_text_goes_a_shorter_way_to_the_same_letters(text, system):
    by_the_table = romanise(f"{text} \u2019", system)  # a sign that the short ways do not know
    assert romanise(text, system) == by_the_table[:-2]
