from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transliteration.attributes.traits import (
    TraitLevel,
    trait_code,
    trait_level,
)
from transliteration.tables import rows

CASES = list(csv.DictReader((Path(__file__).parents[1] / "cases" / "traits.csv").open(encoding="utf-8")))
KINDS = ("eyes", "hair", "health")


def level_of(a: str, b: str, kind: str) -> TraitLevel:
    return trait_level(trait_code(a, kind), trait_code(b, kind), kind)  # type: ignore[arg-type]


@pytest.mark.parametrize("case", CASES, ids=[f"{row['kind']}-{row['code']}" for row in CASES])
def test_language_case_and_form_change_nothing(case: dict[str, str]) -> None:
    for written in case["forms"].split("|"):
        assert trait_code(written, case["kind"]) == case["code"], written  # type: ignore[arg-type]
        assert trait_code(f" {written.upper()} ", case["kind"]) == case["code"], written  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "one", "near", "far"),
    [
        ("eyes", "сірі", "серо-голубые", "карие"),
        ("eyes", "карі", "темно-карие", "голубые"),
        ("hair", "русяве", "темно-русые", "чёрные"),
        ("health", "II", "третья", "V"),
    ],
)
def test_ranking(kind: str, one: str, near: str, far: str) -> None:
    levels = [level_of(one, other, kind) for other in (one, near, far, "")]
    assert levels == [TraitLevel.SAME, TraitLevel.NEAR, TraitLevel.DIFFERENT, TraitLevel.ABSENT]


@pytest.mark.parametrize("row", rows("traits"), ids=lambda row: f"{row['kind']}-{row['form']}")
def test_every_listed_word_gives_its_code(row: dict[str, str]) -> None:
    assert trait_code(row["form"], row["kind"]) == row["code"]  # type: ignore[arg-type]


def test_neighbours_are_known_codes() -> None:
    codes = {(row["kind"], row["code"]) for row in rows("traits")}
    for row in rows("trait_neighbours"):
        assert {(row["kind"], row["one"]), (row["kind"], row["other"])} <= codes


@given(st.sampled_from(KINDS), st.text(max_size=100), st.text(max_size=100))
def test_no_text_raises_and_order_does_not_matter(kind: str, a: str, b: str) -> None:
    assert level_of(a, b, kind) == level_of(b, a, kind)
    code = trait_code(a, kind)  # type: ignore[arg-type]
    assert trait_level(code, code, kind) == (TraitLevel.SAME if code else TraitLevel.ABSENT)  # type: ignore[arg-type]
