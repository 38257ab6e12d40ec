"""Clusters against persons: worked by hand, and what must hold whatever the names."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.evaluation.clusters import held_against


def frames(rows):
    """`(record, cluster or None, person)` as the two frames."""
    truth = pd.DataFrame([("list", key, person) for key, _, person in rows], columns=["source", "key", "person_id"])
    clusters = [("list", key, cluster) for key, cluster, _ in rows if cluster is not None]
    return pd.DataFrame(clusters, columns=["source", "key", "cluster"]), truth


def test_a_mixed_cluster_and_a_record_left_out():
    score = held_against(
        *frames([("a", 1, "P"), ("b", 1, "P"), ("c", 1, "Q"), ("d", None, "Q"), ("e", 2, "R"), ("f", 2, "R")])
    )
    assert (score.records, score.clusters, score.persons, score.mixed) == (6, 2, 3, 1)
    assert score.pairwise.precision == pytest.approx(2 / 4) and score.pairwise.recall == pytest.approx(2 / 3)
    assert score.cluster.precision == pytest.approx(1 / 2) and score.cluster.recall == pytest.approx(1 / 3)
    assert score.b_cubed.precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1 + 1) / 6)
    assert score.b_cubed.recall == pytest.approx((1 + 1 + 1 / 2 + 1 / 2 + 1 + 1) / 6)


def test_nothing_to_count_is_no_figure():
    score = held_against(*frames([("a", None, "P"), ("b", None, "Q")]))
    assert score.pairwise.precision is None and score.pairwise.recall is None and score.b_cubed.f1 == 1.0


def test_records_of_unknown_persons_are_left_out():
    clusters, truth = frames([("a", 1, "P"), ("b", 1, "P")])
    more = pd.concat([clusters, pd.DataFrame([("other", "x", 1)], columns=clusters.columns)])
    assert held_against(more, truth) == held_against(clusters, truth)


ROWS = st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 4)), st.integers(0, 4)), min_size=2, max_size=14)


@given(ROWS)
def test_measures_are_shares_and_turn_round_with_the_sides(pairs):
    rows = [(str(n), cluster, person) for n, (cluster, person) in enumerate(pairs)]
    score = held_against(*frames(rows))
    for one in (score.pairwise, score.cluster, score.b_cubed):
        assert all(figure is None or 0 <= figure <= 1 for figure in (one.precision, one.recall))
    turned = held_against(*frames([(n, person, f"alone {n}" if c is None else c) for n, c, person in rows]))
    assert turned.b_cubed.precision == pytest.approx(score.b_cubed.recall)
    assert turned.b_cubed.recall == pytest.approx(score.b_cubed.precision)


@given(ROWS)
def test_the_persons_themselves_are_perfect(pairs):
    score = held_against(*frames([(str(n), person, person) for n, (_, person) in enumerate(pairs)]))
    assert score.b_cubed.f1 == 1.0 and score.mixed == 0 and score.pairwise.precision in (None, 1.0)
