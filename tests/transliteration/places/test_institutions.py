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
    institution_key,
)
from transliteration.places.settlement_adjectives import settlements_by_adjective

CASES = list(csv.DictReader((Path(__file__).parents[1] / "cases" / "institutions.csv").open(encoding="utf-8")))


def level_of(a: str, b: str) -> InstitutionLevel:
    (level,) = InstitutionTable([institution_key(a), institution_key(b)]).levels(np.array([0]), np.array([1]))
    return InstitutionLevel(level)


@pytest.mark.parametrize("case", CASES, ids=[f"{row['a']}|{row['b']}" for row in CASES])
def test_case_table(case: dict[str, str]) -> None:
    assert level_of(case["a"], case["b"]).name == case["level"]
    assert level_of(case["b"], case["a"]).name == case["level"]
    assert level_of(case["a"].upper(), case["b"].lower()).name == case["level"]


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
    levels = [level_of(one, other) for other in [*ranked, "Сумський притулок"]]
    assert levels == sorted(levels, reverse=True) and len(set(levels)) == len(levels)


def test_a_level_does_not_depend_on_what_else_the_table_holds() -> None:
    keys = [institution_key(text) for row in CASES for text in (row["a"], row["b"])] + [institution_key("")]
    rows = np.arange(len(keys), dtype=np.int32)
    left, right = np.repeat(rows, len(rows)), np.tile(rows, len(rows))
    levels = InstitutionTable(keys).levels(left, right)
    alone = [InstitutionTable([keys[a], keys[b]]).levels(rows[:1], rows[1:2]) for a, b in zip(left, right, strict=True)]
    assert levels.tolist() == np.concatenate(alone).tolist()


@given(st.text(max_size=200) | st.text('школа-інтернат №3 м. "Херсонськ,', max_size=120))
def test_no_text_raises(text: str) -> None:
    key = institution_key(text)
    assert key == institution_key(text)
    level = level_of(text, text)
    assert (level == InstitutionLevel.ABSENT) == (key == InstitutionKey())


@pytest.mark.parametrize("garbage", ["школа " * 2_000, "центр а " * 1_500, '"' * 10_000, "№" * 10_000, "ськ" * 3_000])
def test_long_garbage_is_bounded(garbage: str) -> None:
    assert isinstance(institution_key(garbage), InstitutionKey)
