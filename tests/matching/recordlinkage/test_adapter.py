"""People with a recordlinkage script take Ridni's keys as an index and its comparisons as features."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import recordlinkage

from matching.comparisons import KINDS
from matching.errors import FrameError, SpecError
from matching.recordlinkage import Date, Graded, KeyIndex, Name, Place
from matching.recordlinkage.features import similarities

LEFT = pd.DataFrame(
    {
        "surname": ["Шевчук", "Мельник", "Коваленко", None],
        "given": ["Олександр", "Настя", "І.", "Дар'я"],
        "born": ["12.03.2014", "2015", "03.05.2013", ""],
        "town": ["Кіровоград", "Маріуполь", "", "Херсон"],
    },
    index=["a", "b", "c", "d"],
)
RIGHT = pd.DataFrame(
    {
        "family": ["Shevchuk", "МЕЛЬНИК", "Коваленко", "Ткач"],
        "given": ["Саша", "Анастасия", "Іван", ""],
        "born": [pd.Timestamp(2014, 3, 12), "2015-07-01", "05.03.2013", "hardly a date"],
        "town": ["Кропивницький", "Мариуполь", "Херсон", "Київ"],
    },
    index=[10, 11, 12, 13],
)
KINDS_OF_COLUMNS = {"surname": "surname", "given": "given", "born": "date"}


def index(rules, **options) -> set[tuple[object, object]]:
    algorithm = KeyIndex(KINDS_OF_COLUMNS, rules, right_on={"surname": "family"}, **options)
    return set(recordlinkage.Index([algorithm]).index(LEFT, RIGHT))


def test_keys_pair_across_scripts_languages_and_short_forms():
    assert index([["surname.key", "given.class"]]) == {("a", 10), ("b", 11)}


def test_rules_add_up_and_what_is_missing_pairs_with_nobody():
    assert index([["surname.key", "given.initial"], ["born.year"]]) == {("a", 10), ("b", 11), ("c", 12)}


def test_a_day_given_as_text_as_timestamp_and_a_year_meet():
    assert index([["born.overlap"]]) == {("a", 10), ("b", 11)}


def test_pairs_within_one_frame_come_once():
    twice = pd.DataFrame({"surname": ["Бондар", "Bondar", "Ткач", "Бондарь"]})
    pairs = recordlinkage.Index([KeyIndex({"surname": "surname"}, [["surname.key"]])]).index(twice)
    assert {frozenset(pair) for pair in pairs} == {frozenset(p) for p in ((0, 1), (0, 3), (1, 3))}
    assert len(pairs) == 3


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([["surname.colour"]], "a surname has the keys"),
        ([["town.id"]], "column without a kind"),
        ([[{"key": "born.day", "window": 4}]], "a window is odd"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_when_it_is_given(rules, said):
    with pytest.raises(SpecError, match=said):
        KeyIndex(KINDS_OF_COLUMNS, rules)


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(FrameError, match="no column 'surname'"):
        KeyIndex(KINDS_OF_COLUMNS, [["surname.key"]]).index(LEFT, RIGHT)


def compute(*features) -> pd.DataFrame:
    pairs = pd.MultiIndex.from_tuples([("a", 10), ("b", 11), ("c", 12), ("d", 13)])
    return recordlinkage.Compare(list(features)).compute(pairs, LEFT, RIGHT)


def test_features_grade_names_dates_and_places():
    frame = compute(
        Name("surname", "family", role="surname"),
        Name("given", "given", role="given"),
        Date("born", "born"),
        Place("town", "town", label="place"),
    )
    assert list(frame.columns) == ["surname", "given", "born", "place"]
    assert list(frame["surname"][:3]) == [1, 1, 1]
    assert 0 < frame["given"].iloc[0] < 1  # a short form
    assert frame["given"].iloc[2] == 0.6  # an initial that fits says less than a name
    assert frame["born"].iloc[0] == 1 and frame["born"].iloc[1] == 0.8  # a day; a year that fits
    assert 0 < frame["born"].iloc[2] < 1  # day and month swapped
    assert list(frame["place"][:2]) == [1, 1]  # a former name; another language


def test_what_is_missing_or_unreadable_is_kept_apart():
    frame = compute(Name("surname", "family", role="surname"), Date("born", "born"), Place("town", "town"))
    assert np.isnan(frame["surname"].iloc[3]) and np.isnan(frame["born"].iloc[3]) and np.isnan(frame["town"].iloc[2])
    assert frame["town"].iloc[3] < 0.5  # two towns that are known and far apart contradict each other
    marked = compute(Date("born", "born", missing_value=0.5, known=True, label="b"))
    assert list(marked.columns) == ["b", "b_known"]
    assert list(marked["b_known"]) == [1, 1, 1, 0] and marked["b"].iloc[3] == 0.5


def test_it_runs_in_several_processes_as_well():
    pairs = recordlinkage.Index([KeyIndex({"given": "given"}, [["given.class"]])]).index(LEFT, RIGHT)
    one, two = (
        recordlinkage.Compare([Name("given", "given", role="given")], n_jobs=jobs).compute(pairs, LEFT, RIGHT)
        for jobs in (1, 2)
    )
    pd.testing.assert_frame_equal(one, two)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_has_a_number_for_each_level_from_contradiction_to_agreement(kind):
    comparison = KINDS[kind]()
    numbers = similarities(comparison)
    for stratum in {level.stratum for level in comparison.levels}:
        within = [n for n, level in zip(numbers, comparison.levels, strict=True) if level.stratum == stratum]
        assert within == sorted(within) and within[0] == 0 and within[-1] > 0.5
    assert max(numbers) == 1


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="unknown kind 'colour'"):
        Graded("colour", "a", "b")
