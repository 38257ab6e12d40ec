from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transliteration.places import place_ids
from transliteration.places.institutions import (
    InstitutionKey,
    InstitutionLevel,
    InstitutionTable,
    compare_institutions,
    institution_key,
    institution_level,
)
from transliteration.places.settlement_adjectives import settlements_by_adjective

CASES = list(csv.DictReader((Path(__file__).parents[1] / "cases" / "institutions.csv").open(encoding="utf-8")))


@pytest.mark.parametrize("case", CASES, ids=[f"{row['a']}|{row['b']}" for row in CASES])
def test_case_table(case: dict[str, str]) -> None:
    found = compare_institutions(case["a"], case["b"])
    assert found.level.name == case["level"]
    assert compare_institutions(case["b"], case["a"]) == found
    assert compare_institutions(case["a"].upper(), case["b"].lower()) == found


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        ("orphanage", ("дитячий будинок", "дитячого будинку", "детский дом", "в детском доме", "детдом", "orphanage")),
        ("boarding_school", ("школа-інтернат", "школи-інтернату", "школа - интернат", "boarding school")),
        ("baby_home", ("будинок дитини", "дом ребёнка", "дома ребенка", "baby home")),
        ("hospital", ("дитяча лікарня", "в больнице", "hospital")),
        ("rehabilitation_centre", ("центр соціально-психологічної реабілітації", "реабилитационный центр")),
        ("sanatorium", ("санаторій", "в санатории", "sanatorium")),
        ("college", ("коледж", "техникум", "професійний ліцей", "vocational school")),
        ("camp", ("табір", "в лагере", "summer camp")),
        ("family_home", ("дитячий будинок сімейного типу", "детский дом семейного типа")),
        ("shelter", ("притулок", "приют")),
    ],
)
def test_kinds_in_all_languages_and_cases(kind: str, texts: tuple[str, ...]) -> None:
    assert {institution_key(text).kind for text in texts} == {kind}


@pytest.mark.parametrize(
    ("adjective", "town"),
    [
        ("херсонська", "Херсон"),
        ("горлівський", "Горлівка"),
        ("новокаховская", "Нова Каховка"),
        ("енакиевский", "Єнакієве"),
        ("лисичанської", "Лисичанськ"),
        ("волновахский", "Волноваха"),
        ("бердянська", "Бердянськ"),
    ],
)
def test_adjectives_lead_to_their_town(adjective: str, town: str) -> None:
    assert place_ids(town) <= settlements_by_adjective(adjective)


def test_number_signs_change_nothing() -> None:
    texts = ["школа-інтернат №3", "школа-інтернат № 03", "школа-інтернат N3", "школа-інтернат 3", "школа-інтернат #3"]
    assert {institution_key(text) for text in texts} == {InstitutionKey("boarding_school", "3")}


def test_ranking() -> None:
    one = "Херсонська школа-інтернат №3"
    ranked = ["Херсонская школа-интернат № 3", "Херсонская школа-интернат", "школа-интернат", "Херсонський притулок"]
    levels = [compare_institutions(one, other).level for other in [*ranked, "Сумський притулок"]]
    assert levels == sorted(levels, reverse=True) and len(set(levels)) == len(levels)


def test_sentences_name_no_institution() -> None:
    for row in CASES:
        assert "херсон" not in compare_institutions(row["a"], row["b"]).sentence.lower()
        assert compare_institutions(row["a"], row["b"]).sentence.isascii()


def test_a_table_agrees_with_single_pairs() -> None:
    keys = [institution_key(text) for row in CASES for text in (row["a"], row["b"])] + [institution_key("")]
    rows = np.arange(len(keys), dtype=np.int32)
    left, right = np.repeat(rows, len(rows)), np.tile(rows, len(rows))
    levels = InstitutionTable(keys).levels(left, right)
    assert levels.tolist() == [institution_level(keys[a], keys[b]) for a, b in zip(left, right, strict=True)]


@given(st.text(max_size=200) | st.text('школа-інтернат №3 м. "Херсонськ,', max_size=120))
def test_no_text_raises(text: str) -> None:
    key = institution_key(text)
    assert key == institution_key(text)
    level = compare_institutions(text, text).level
    assert (level == InstitutionLevel.ABSENT) == (key == InstitutionKey())


@pytest.mark.parametrize("garbage", ["школа " * 2_000, "центр а " * 1_500, '"' * 10_000, "№" * 10_000, "ськ" * 3_000])
def test_long_garbage_is_bounded(garbage: str) -> None:
    assert isinstance(institution_key(garbage), InstitutionKey)
