"""Keys: equal for all spellings of one name, coarse enough to survive a slip, fine enough to tell names apart."""

from __future__ import annotations

import pytest

from transliteration import (
    Role,
    canonical_key,
    canonical_keys,
    canonical_variants,
    given_classes,
    phonetic_key,
    phonetic_keys,
)
from transliteration.names.given import written_forms
from transliteration.spelling.romanisation import romanise


@pytest.mark.parametrize(
    ("role", "spellings"),
    [
        ("given", ["Сергій", "Сергей", "Serhii", "Sergey", "СЕРГІЙ", "Serhij"]),
        ("given", ["Ганна", "Анна", "Anna", "Hanna"]),
        ("given", ["Олена", "Елена", "Olena", "Elena", "Yelena"]),
        ("given", ["Дмитро", "Дмитрий", "Dmytro", "Dmitry", "Дмитра"]),
        ("surname", ["Шевченко", "Шевченка", "Shevchenko", "Szewczenko", "Schewtschenko", "Ševčenko"]),
        ("surname", ["Ковальська", "Ковальський", "Ковальская", "Ковальский", "Kovalskyi", "Kowalska", "Ковальської"]),
        ("surname", ["Чорний", "Черный", "Чёрный", "Чорна", "Черная", "Chornyi", "Chernyy"]),
        ("surname", ["Воробйов", "Воробьев", "Воробьёва", "Vorobiov", "Vorobyov"]),
        ("surname", ["Білоус", "Белоус", "Bilous"]),
        ("patronymic", ["Олександрівна", "Олександрович", "Александровна", "Aleksandrovich", "Олександрівни"]),
        ("patronymic", ["Ілліч", "Іллівна", "Ильич", "Ильинична", "Illivna"]),
    ],
)
def test_one_key_for_all_spellings(role: Role, spellings: list[str]) -> None:
    assert len({canonical_key(s, role) for s in spellings}) == 1
    assert len({phonetic_key(s, role) for s in spellings}) == 1


@pytest.mark.parametrize(
    ("name", "spellings"),
    [
        ("Юхименко", ["Ioukhymenko", "Yukhymenko", "Juchymenko"]),
        ("Дунчук", ["Dountchouk", "Duntschuk", "Dunczuk"]),
        ("Чубчук", ["Tchoubtchouk", "Tschubtschuk", "Czubczuk", "Chubchuk"]),
        ("Білоус", ["Bilous"]),
    ],
)
def test_spellings_that_tell_their_orthography_are_read_by_it_first(name: str, spellings: list[str]) -> None:
    for spelling in spellings:
        assert canonical_key(spelling, "surname") == canonical_key(name, "surname"), spelling


@pytest.mark.parametrize("role", ["surname", "given", "patronymic"])
def test_nothing_has_no_key(role: Role) -> None:
    for nothing in ["", " ", "—", "О.", "123", "???"]:
        assert canonical_key(nothing, role) == ""
        assert phonetic_key(nothing, role) == ""
        assert canonical_variants(nothing, role) == ()


def test_different_names_have_different_keys() -> None:
    names = ["Коваленко", "Ковальчук", "Шевченко", "Шевчук", "Савченко", "Петренко", "Петрук", "Бондар", "Бондаренко"]
    assert len({canonical_key(n, "surname") for n in names}) == len(names)
    assert len({phonetic_key(n, "surname") for n in names}) == len(names)


def test_phonetic_key_survives_slips_in_vowels_and_doubles() -> None:
    for slip in ["Шевчинко", "Шевченкко", "Шэвченко", "Шевчнко"]:
        assert phonetic_key(slip, "surname") == phonetic_key("Шевченко", "surname")


def test_every_known_given_name_keeps_its_key_in_kmu55() -> None:
    lost = [
        name
        for name in written_forms()
        if not set(canonical_variants(name, "given")) & set(canonical_variants(romanise(name), "given"))
    ]
    assert lost == []


def test_diminutives_belong_to_several_names_and_both_sexes() -> None:
    assert {"олександр", "олександра"} <= given_classes("Саша")
    assert {"євген", "євгенія"} <= given_classes("Женя")
    assert {"володимир"} == given_classes("Вова")


def test_columns_equal_single_calls() -> None:
    values = ["Іван", "Ivan", "", "Іван", "Саша"]
    assert canonical_keys(values, "given") == [canonical_key(v, "given") for v in values]
    assert phonetic_keys(values, "given") == [phonetic_key(v, "given") for v in values]
