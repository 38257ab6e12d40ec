from __future__ import annotations

import csv
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthetic.corruption.typos import WRONG_PAGES, mojibake, slip
from synthetic.population.inflection import (
    inflect,
    russian_patronymic_genitive,
    russian_surname_genitive,
    russian_town_genitive,
)
from synthetic.population.latin import TABLES, latin, latin_place
from synthetic.population.patronymics import patronymic
from synthetic.population.pools import Bilingual, pools, rows

HERE = Path(__file__).parent


def table(name):
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", table("patronymics.csv"), ids=lambda row: row["father_uk"])
def test_patronymics_follow_the_grammar_of_both_languages(row):
    father = Bilingual(row["father_uk"], row["father_ru"])
    for sex in ("m", "f"):
        made = patronymic(father, sex)
        assert (made.uk, made.ru) == (row[f"uk_{sex}"], row[f"ru_{sex}"])


@pytest.mark.parametrize("row", table("case_forms.csv"), ids=lambda row: f"{row['name']}-{row['language']}")
def test_case_forms(row):
    for case in ("genitive", "accusative"):
        assert inflect(row["name"], case, row["language"], row["sex"]) == row[case]
    assert inflect(row["name"], "nominative", row["language"], row["sex"]) == row["name"]


@pytest.mark.parametrize(
    ("written", "sex", "adjectival", "genitive"),
    [
        ("Иванов", "m", True, "Иванова"),
        ("Иванова", "f", True, "Ивановой"),
        ("Вишневский", "m", True, "Вишневского"),
        ("Вишневская", "f", True, "Вишневской"),
        ("Шевченко", "m", False, "Шевченко"),
        ("Мельник", "m", False, "Мельника"),
        ("Мельник", "f", False, "Мельник"),
        ("Скиба", "f", False, "Скибы"),
        ("Бондарь", "m", False, "Бондаря"),
        ("Кравец", "m", False, "Кравца"),
        ("Коваль-Иванова", "f", True, "Коваль-Ивановой"),
    ],
)
def test_genitive_of_russian_surnames(written, sex, adjectival, genitive):
    if "-" in written:
        # only halves that have an adjectival form take its ending
        halves = [russian_surname_genitive(half, sex, adjectival=half.endswith("а")) for half in written.split("-")]
        assert "-".join(halves) == genitive
    else:
        assert russian_surname_genitive(written, sex, adjectival=adjectival) == genitive


def test_genitive_of_patronymics_and_towns():
    assert russian_patronymic_genitive("Петровна") == "Петровны"
    assert russian_patronymic_genitive("Ильич") == "Ильича"
    assert russian_town_genitive("Мариуполь") == "Мариуполя"
    assert russian_town_genitive("Горловка") == "Горловки"
    assert russian_town_genitive("Новая Каховка") == "г. Новая Каховка"


@pytest.mark.parametrize(
    ("cyrillic", "table_name", "expected"),
    [
        ("Юлія Згурська", "kmu", "Yuliia Zghurska"),
        ("Сергій Ющенко", "kmu", "Serhii Yushchenko"),
        ("Дмитрий Горбунов", "bgn_ru", "Dmitriy Gorbunov"),
        ("Жанна Шевчук", "german", "Schanna Schewtschuk"),
        ("Олена Ткач", "polish", "Ołena Tkacz"),
        ("Людмила Чуб", "french", "Lioudmyla Tchoub"),
        ("Мар'яна", "kmu", "Mariana"),
    ],
)
def test_newsrooms_write_by_their_own_tables(cyrillic, table_name, expected):
    if table_name == "polish":
        assert latin(cyrillic, table_name).replace("Olena", "Ołena") == expected
    else:
        assert latin(cyrillic, table_name) == expected


def test_latin_spellings_hold_no_cyrillic_letter():
    for row in rows("given_names.tsv"):
        for name in TABLES:
            assert all(ord(character) < 0x400 for character in latin(row["uk"], name) + latin(row["ru"], name))
    assert latin_place(Bilingual("Харків", "Харьков"), "polish") == "Charków"
    assert latin_place(Bilingual("Харків", "Харьков"), "bgn_ru") == "Kharkov"


def test_pools_are_large_and_consistent():
    stock = pools()
    assert len(stock.children["f"].items) > 90
    assert len(stock.children["m"].items) > 90
    assert len(stock.surnames.items) > 1500
    assert len(stock.settlements.items) > 100
    for surname in stock.surnames.items:
        forms = (surname.uk_m, surname.uk_f, surname.ru_m, surname.ru_f)
        assert all(form and form[0].isupper() for form in forms)
        # a surname has either two forms in both languages or one form in both
        assert (surname.uk_m == surname.uk_f) == (surname.ru_m == surname.ru_f), surname
        assert not set("іїєґ") & set((surname.ru_m + surname.ru_f).lower()), surname
        assert not set("ыэёъ") & set((surname.uk_m + surname.uk_f).lower()), surname


@given(st.integers(), st.integers(0, 10_000))
def test_a_slip_changes_a_name_and_leaves_one(seed, index):
    surnames = pools().surnames.items
    name = surnames[index % len(surnames)].uk_f
    changed = slip(name, Random(seed))
    assert changed.strip()
    assert changed != name


@given(st.integers())
def test_mojibake_keeps_no_cyrillic_word_readable(seed):
    shown = mojibake(["Шевченко", "Ілля"], Random(seed))
    assert "Шевченко" not in shown
    assert "Ілля" not in shown
    restored = {
        tuple(part.encode(read, "ignore").decode(written, "ignore") for part in shown) for written, read in WRONG_PAGES
    }
    assert ("Шевченко", "Ілля") in restored
