"""Rules give the pairs they promise, once, and say which rule found them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.blocking import pairs as slices
from matching.blocking.key_digests import bucket_digests, partners
from matching.blocking.pairs import PairSource
from matching.blocking.report import explain_blocking, scenarios_of
from matching.comparisons.blocking_keys import KEYS
from matching.errors import FrameError
from matching.spec import LinkageSpec
from matching.spec.rules import rule_name
from matching.vectors.records import Table


def spec(rules, kinds=None, **blocking) -> LinkageSpec:
    fields = {name: {"kind": kind} for name, kind in (kinds or {"a": "string", "b": "string"}).items()}
    return LinkageSpec.model_validate(
        {
            "version": 1,
            "name": "test",
            "fields": fields,
            "blocking": {"rules": rules, **blocking},
            "scenarios": {"plain": {"prior": 1.0}},
        }
    )


def with_fields(rules, fields) -> LinkageSpec:
    plain = {"version": 1, "name": "test", "scenarios": {"plain": {"prior": 1.0}}}
    return LinkageSpec.model_validate({**plain, "fields": fields, "blocking": {"rules": rules}})


def frame(left, right, columns=("a", "b")) -> pd.DataFrame:
    rows = [(f"l{i}", "x", "seeking", *row) for i, row in enumerate(left)]
    rows += [(f"r{i}", "y", "found", *row) for i, row in enumerate(right)]
    return pd.DataFrame(rows, columns=["record_id", "source", "side", *columns]).assign(source_class="other")


def found(spec_, records, new=None) -> dict[tuple[str, str], int]:
    table = Table(records, spec_.columns)
    source = PairSource(spec_, table, None if new is None else table.rows_of(new))
    out = {}
    for pairs in source:
        for left, right, rules in zip(pairs.left, pairs.right, pairs.rules.tolist(), strict=True):
            pair = table.record_id[left], table.record_id[right]
            assert pair not in out, "a pair comes out once"
            out[pair] = rules
    return out


def test_a_pair_comes_out_once_with_the_rules_that_found_it():
    records = frame([("one", "two"), ("one", "x")], [("one", "two"), ("y", "two"), (None, None)])
    assert found(spec([["a.value"], ["b.value"]]), records) == {
        ("l0", "r0"): 0b11,
        ("l1", "r0"): 0b01,
        ("l0", "r1"): 0b10,
    }


@given(
    st.lists(st.tuples(*[st.sampled_from(["", "ab", "ac", "bd", "be"])] * 2), max_size=12),
    st.lists(st.tuples(*[st.sampled_from(["", "ab", "ac", "bd", "be"])] * 2), min_size=1, max_size=12),
    st.integers(1, 7),
)
def test_all_pairs_with_equal_keys_and_no_others(left, right, size):
    records = frame([("z", "z"), *left], right)
    before, slices.SLICE = slices.SLICE, size
    try:
        pairs = found(spec([["a.value", "b.value"], ["b.start"]]), records)
    finally:
        slices.SLICE = before
    expected = {}
    for i, (a, b) in enumerate([("z", "z"), *left]):
        for j, (c, d) in enumerate(right):
            rules = (1 if a and b and (a, b) == (c, d) else 0) | (2 if b and b == d else 0)
            if rules:
                expected[f"l{i}", f"r{j}"] = rules
    assert pairs == expected


@given(st.lists(st.sampled_from(["ab", "ac", "bd"]), min_size=2, max_size=14), st.data())
def test_a_delta_gives_just_the_pairs_with_a_new_record(values, data):
    half = len(values) // 2
    records = frame([(v, v) for v in values[:half]], [(v, v) for v in values[half:]])
    records.loc[records.index % 3 == 0, "side"] = "both"
    records["source"] = [f"s{i % 4}" for i in range(len(records))]
    new = data.draw(st.sets(st.sampled_from(records["record_id"].tolist())))
    rules = spec([["a.value"], ["b.start"]])
    everything = found(rules, records)
    assert found(rules, records, new) == {p: r for p, r in everything.items() if p[0] in new or p[1] in new}


def test_a_bucket_over_the_cap_is_skipped_and_reported():
    records = frame([("x", "1")] * 10 + [("y", "1")], [("x", "2")] * 10 + [("y", "2")])
    (report,) = explain_blocking(spec([["a.value"]], max_bucket_pairs=50), records)
    assert (report.pairs, report.skipped_buckets, report.skipped_pairs) == (1, 1, 100)
    assert report.largest == ((1, 1),)


def test_too_many_pairs_are_refused_with_their_number_before_any_work():
    records = frame([("x", "1")] * 10, [("x", "2")] * 10)
    with pytest.raises(FrameError, match=r"100 pairs, more than max_pairs, 99.*'a\.value'|'a\.value'.*100 pairs"):
        found(spec([["a.value"]], max_pairs=99), records)


def test_the_report_tells_the_gain_of_each_rule_and_what_the_truth_loses_without_it():
    records = frame([("one", "two"), ("p", "q"), ("s", "t")], [("one", "two"), ("p", "other"), ("u", "v")])
    truth = pd.DataFrame({"left": ["l0", "r1", "l2"], "right": ["r0", "l1", "r2"]})
    first, second = explain_blocking(spec([["b.value"], ["a.value"]]), records, truth)
    assert (first.pairs, first.new, first.alone, first.lost_without) == (1, 1, 0, 0)
    assert (second.pairs, second.new, second.alone, second.lost_without) == (2, 1, 1, 1)
    assert first.recall == pytest.approx(1 / 3) and second.recall == pytest.approx(2 / 3)
    assert first.recall_so_far == pytest.approx(1 / 3) and second.recall_so_far == pytest.approx(2 / 3)


SPANS = {
    "day": "2012-05-06/2012-05-06",
    "same month": "2012-05-01/2012-05-31",
    "other month": "2012-06-01/2012-06-30",
    "age": "2011-05-07/2012-05-06",
    "year": "2012-01-01/2012-12-31",
    "other day": "2012-05-07/2012-05-07",
    "earlier": "2010-01-01/2010-12-31",
}


@pytest.mark.parametrize(
    "a,b,meets",
    [
        ("day", "day", True),
        ("day", "other day", False),
        ("day", "same month", True),
        ("day", "other month", False),
        ("day", "age", True),
        ("same month", "year", True),
        ("other month", "age", True),  # an age is keyed by its years, so it may meet a month just outside
        ("day", "earlier", False),
        ("age", "earlier", False),
    ],
)
def test_spans_of_time_meet_at_the_precision_of_the_vaguer_one(a, b, meets):
    key = KEYS["date"]["overlap"]
    for one, other in ((a, b), (b, a)):
        assert bool(set(key.seeking(SPANS[one])) & set(key.found(SPANS[other]))) == meets


def test_sorted_neighbourhood_is_that_of_recordlinkage():
    import recordlinkage

    rng = np.random.default_rng(1)
    left = [(f"{v:03d}", "") for v in rng.integers(0, 60, 40)]
    right = [(f"{v:03d}", "") for v in rng.integers(0, 60, 40)]
    pairs = found(spec([[{"key": "a.value", "window": 5}]]), frame(left, right))
    frames = [pd.DataFrame(rows, columns=["a", "b"]) for rows in (left, right)]
    theirs = recordlinkage.index.SortedNeighbourhood("a", window=5).index(*frames)
    assert set(pairs) == {(f"l{i}", f"r{j}") for i, j in theirs}


def test_a_window_stays_within_the_other_keys_of_its_rule():
    rule = [{"key": "a.value", "window": 3}, "b.value"]
    records = frame([("b", "1")], [("a", "1"), ("c", "1"), ("a", "2"), ("d", "1")])
    assert set(found(spec([rule]), records)) == {("l0", "r0"), ("l0", "r1")}


def test_damaged_names_meet_their_nearest_neighbours_by_letters():
    kinds = {"a": "surname", "b": "string"}
    names = ["Верхогляденко", "Довгопятенко", "Перебийніс", "Шумигора", "Засядько", "Горобець"]
    damaged = ["Верхoгля?енк", "Довопьятенка", "Пеебийнс", "Шимугора"]
    exact = found(spec([["a.key"]], kinds), frame([(n, "1") for n in damaged], [(n, "1") for n in names]))
    rule = [{"key": "a.key", "nearest": {"count": 1, "similarity": 0.2}}]
    near = found(spec([rule], kinds), frame([(n, "1") for n in damaged], [(n, "1") for n in names]))
    assert set(near) >= {(f"l{i}", f"r{i}") for i in range(len(damaged))}
    assert len(near) == len(damaged) and len(exact) < len(near)


def test_neighbours_do_not_depend_on_the_order_of_records():
    names = ["Довгопят", "Довгопол", "Довгонос", "Довбуш", "Долгопят"]
    rule = [{"key": "a.key", "nearest": {"count": 2, "similarity": 0.1}}]
    kinds = {"a": "surname", "b": "string"}
    one = found(spec([rule], kinds), frame([("Довгопята", "1")], [(n, "1") for n in names]))
    other = found(spec([rule], kinds), frame([("Довгопята", "1")], [(n, "1") for n in reversed(names)]))
    assert {names[int(r[1:])] for _, r in one} == {names[::-1][int(r[1:])] for _, r in other}


SECRET = b"sixteen bytes or more"


def brought_together(spec_, records) -> set[tuple[str, str]]:
    table = Table(records, spec_.columns)
    rows, digests = bucket_digests(spec_, table, SECRET)
    held = pd.DataFrame({"row": rows, "digest": digests})
    wanted = held.assign(digest=partners(digests))
    met = wanted.merge(held, on="digest")
    return {(table.record_id[a], table.record_id[b]) for a, b in zip(met["row_x"], met["row_y"], strict=True)}


@given(
    st.lists(st.tuples(*[st.sampled_from(["", "ab", "ac", "bd", "be"])] * 2), min_size=1, max_size=12),
    st.lists(st.tuples(*[st.sampled_from(["", "ab", "ac", "bd", "be"])] * 2), min_size=1, max_size=12),
)
def test_digests_bring_together_the_pairs_of_the_rules(left, right):
    rules = spec([["a.value", "b.start"], ["b.value"]])
    records = frame([("z", "z"), *left], right)
    together = brought_together(rules, records)
    pairs = set(found(rules, records))
    assert together == pairs | {(b, a) for a, b in pairs}


def test_digests_of_a_window_over_days_bring_together_at_least_its_pairs():
    kinds = {"a": "date", "b": "string"}
    rules = spec([[{"key": "a.day", "window": 41}, "b.value"]], kinds)
    days = [f"2012-{m:02d}-{d:02d}/2012-{m:02d}-{d:02d}" for m in range(1, 13) for d in range(1, 29, 3)]
    records = frame([(day, "x") for day in days], [(day, "x") for day in days])
    pairs = set(found(rules, records))
    assert pairs <= brought_together(rules, records)
    assert len(pairs) < len(days) ** 2


def test_digests_of_another_secret_are_other_numbers():
    rules = spec([["a.value"]])
    table = Table(frame([("x", "1")], [("x", "1")]), rules.columns)
    one, other = (bucket_digests(rules, table, secret)[1] for secret in (SECRET, SECRET[::-1]))
    assert not set(one.tolist()) & set(other.tolist())


def test_a_rule_reads_columns_that_are_no_evidence_and_keys_of_its_own_length():
    records = frame([("anna", "h1"), ("anton", "h1")], [("anne", "h1"), ("bert", "h1"), ("anna", "h2")])
    shape = {"a": "string"}
    assert set(
        found(spec([["b.value", {"key": "a.start", "letters": 2}]], shape, columns={"b": "category"}), records)
    ) == {
        ("l0", "r0"),
        ("l1", "r0"),
    }
    assert set(found(spec([["b.value", "a.initial"]], shape, columns={"b": "category"}), records)) == {
        ("l0", "r0"),
        ("l1", "r0"),
    }
    assert set(found(spec([[{"key": "a.start", "letters": 5}]], shape), records)) == {("l0", "r2")}


def test_a_key_of_day_and_month_survives_another_year():
    records = frame(
        [("1987-03-04", None)], [("1983-03-04", None), ("1987-03-05", None), ("1987-03-01/1987-03-31", None)]
    )
    assert set(found(spec([["a.day_month"]], {"a": "date"}), records)) == {("l0", "r0")}


def test_fields_read_columns_of_other_names():
    records = frame([("1987-03-04", "x")], [("1983-03-04", "x"), ("1987-07-09", "y")])
    both = with_fields(
        [["year.value"]],
        {"year": {"kind": "date_year", "columns": ["a"]}, "day": {"kind": "date_day", "columns": ["a"]}},
    )
    table = Table(records, both.columns)
    for name in ("year", "day"):
        assert list(table.columns[name].values) == ["1987-03-04", "1983-03-04", "1987-07-09"]
    pairs = next(iter(PairSource(both, table)))
    assert list(table.record_id[pairs.right]) == ["r1"]


def test_several_columns_make_one_value():
    records = frame([("anna", "peter"), (None, None)], [("peter", "anna"), ("peter", None)])
    made = with_fields([["parents.value"]], {"parents": {"kind": "texts", "columns": ["a", "b"]}})
    table = Table(records, made.columns)
    assert list(table.columns["parents"].codes) == [0, -1, 1, 2]
    assert list(table.columns["parents"].values) == [("anna", "peter"), ("peter", "anna"), ("peter",)]


@pytest.mark.parametrize(
    "rule", [["a.day"], ["a.year"], ["b.value"]], ids=["in a key", "in a coarse key", "compared alone"]
)
def test_a_date_that_is_none_is_named_by_field_and_row(rule):
    from matching.linker import link

    records = frame([("1987-03-04", "x"), ("1987-02-30", "x")], [("1987-03-04", "x")])
    with pytest.raises(FrameError) as caught:
        link(spec([rule], {"a": "date", "b": "string"}), records)
    assert "field 'a', row 1" in str(caught.value) and "YYYY-MM-DD" in str(caught.value)
    assert "1987" not in str(caught.value), "an error shows no date"


def test_a_rule_is_for_the_alterations_that_leave_its_keys_alone():
    from configs.settings import CONFIGS
    from matching.spec.yaml_file import load_spec

    children = load_spec(CONFIGS / "linkage" / "children.yaml")
    serves = {rule_name(rule): scenarios_of(children, rule) for rule in children.blocking.rules}
    dated_anew = ("birth_date_shifted", "years_added", "card_redated", "same_row_twice")
    assert serves["surname.key + given.class"] == dated_anew
    assert "renamed_and_older" in serves["given.class + birth.day_month"]
    assert "years_added" not in serves["birth.day + surname.initial"], "another year is another day"
    assert "birth_date_shifted" in serves["given.class + birth.day ±45"]
    assert "all_names_replaced" in serves["birth.day + sex.value"]
    # Every alteration has a rule that outlives it.
    assert set(children.match_scenarios[1:]) == {name for names in serves.values() for name in names}
