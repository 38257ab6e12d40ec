"""Thresholds, intervals and the load on reviewers, by hand and on drawn pairs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.errors import FrameError
from matching.evaluation import evaluate, read_truth
from matching.evaluation.thresholds import (
    at_threshold,
    expected_true,
    judged_by_truth,
    judged_by_verdicts,
    operating_points,
    pairs_per_thousand,
    threshold_curve,
    with_keys,
)

COLUMNS = ["left_source", "left_key", "right_source", "right_key", "probability", "weight"]
SIDES = {"reports": "seeking", "cards": "found"}


def candidates() -> pd.DataFrame:
    rows = [
        ("reports", "r1", "cards", "c1", 0.99, 12.0),
        ("reports", "r2", "cards", "c2", 0.90, 9.0),
        ("reports", "r2", "cards", "c9", 0.90, 9.0),
        ("reports", "r3", "cards", "c1", 0.40, 4.0),
        ("reports", "r3", "cards", "c3", 0.10, 1.0),
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def truth() -> pd.DataFrame:
    rows = [("reports", f"r{i}", f"p{i}") for i in range(1, 5)] + [("cards", f"c{i}", f"p{i}") for i in range(1, 5)]
    return read_truth(pd.DataFrame(rows, columns=["source", "key", "person_id"]))


def test_a_curve_by_hand():
    judged = judged_by_truth(candidates(), truth(), SIDES)
    assert (judged.true_pairs, judged.complete) == (4, True)
    curve = threshold_curve(judged.pairs["probability"], judged.pairs["same"], judged.true_pairs)
    assert curve["threshold"].tolist() == [0.99, 0.9, 0.4, 0.1]
    assert curve["shown"].tolist() == [1, 3, 4, 5], "equal probabilities are shown together"
    assert curve["precision"].tolist() == pytest.approx([1, 2 / 3, 1 / 2, 3 / 5])
    assert curve["recall"].tolist() == pytest.approx([1 / 4, 2 / 4, 2 / 4, 3 / 4])


def test_the_curve_tells_what_the_evaluation_tells():
    figures = evaluate(candidates(), truth(), SIDES).overall
    judged = judged_by_truth(candidates(), truth(), SIDES)
    points = operating_points(
        threshold_curve(judged.pairs["probability"], judged.pairs["same"], judged.true_pairs),
        candidates()["probability"],
        reports=4,
    )
    sure, balanced, most = points
    assert (balanced.threshold, balanced.precision, balanced.recall) == pytest.approx(
        (figures.threshold, figures.precision, figures.recall)
    )
    assert sure.recall == figures.recall_at_precision_99
    assert most.recall == 0.75 and most.threshold == 0.1


def test_a_point_in_words():
    judged = judged_by_truth(candidates(), truth(), SIDES)
    curve = threshold_curve(judged.pairs["probability"], judged.pairs["same"], judged.true_pairs)
    sure = operating_points(curve, candidates()["probability"], reports=4)[0]
    assert sure.words == (
        "Show pairs from 0.99 on. Of 100 shown, 100 (21–100) are one child; of 100 true pairs, 25 (5–70) are shown. "
        "1,000 reports give 250 pairs to judge: 500 verdicts, two for each."
    )
    assert operating_points(curve.head(0), [], reports=4) == ()


def test_verdicts_count_either_way_round_and_only_where_there_are_some():
    verdicts = pd.DataFrame(
        [
            ("cards", "c1", "reports", "r1", "same"),
            ("reports", "r2", "cards", "c9", "different"),
            ("reports", "r7", "cards", "c7", "same"),
        ],
        columns=["left_source", "left_key", "right_source", "right_key", "verdict"],
    )
    judged = judged_by_verdicts(candidates(), verdicts)
    assert dict(zip(judged.pairs["left_key"], judged.pairs["same"], strict=True)) == {"r1": True, "r2": False}
    assert (judged.true_pairs, judged.complete) == (1, False)
    curve = threshold_curve(judged.pairs["probability"], judged.pairs["same"], judged.true_pairs)
    words = operating_points(curve, candidates()["probability"], 4, complete=False)[0].words
    assert "of 100 pairs that people have confirmed" in words
    with pytest.raises(FrameError, match="no verdict is about"):
        judged_by_verdicts(candidates(), verdicts.tail(1))
    with pytest.raises(FrameError, match="'cannot_tell'"):
        judged_by_verdicts(candidates(), verdicts.assign(verdict="cannot_tell"))


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans()), min_size=1, max_size=120), st.integers(0, 20))
def test_a_lower_threshold_shows_more_and_never_finds_less(rows, missed):
    probability, same = np.array([r[0] / 50 for r in rows]), np.array([r[1] for r in rows])
    total = int(same.sum()) + missed
    curve = threshold_curve(probability, same, total)
    assert (np.diff(curve["threshold"]) < 0).all()
    assert (np.diff(curve["shown"]) > 0).all() and (np.diff(curve["recall"]) >= 0).all()
    assert ((curve["precision_low"] <= curve["precision"]) & (curve["precision"] <= curve["precision_high"])).all()
    assert ((curve["recall_low"] <= curve["recall"]) & (curve["recall"] <= curve["recall_high"])).all()
    load = pairs_per_thousand(probability, curve["threshold"], 1_000)
    assert load.tolist() == curve["shown"].tolist()
    shuffled = np.random.default_rng(1).permutation(len(rows))
    pd.testing.assert_frame_equal(curve, threshold_curve(probability[shuffled], same[shuffled], total))


def test_a_threshold_by_group():
    judged = judged_by_truth(candidates(), truth(), SIDES).pairs.assign(list=["a", "a", "b", "b", "b"])
    found = at_threshold(judged, 0.9, ["list"])
    assert found[["true", "shown"]].to_numpy().tolist() == [[2, 2], [1, 1]]
    assert found["precision"].tolist() == [1.0, 0.0] and found["recall"].tolist() == [1.0, 0.0]
    assert (found["recall_high"] > found["recall"]).tolist() == [False, True]
    assert at_threshold(judged, 2.0, ["list"])["precision"].isna().all()


def test_candidates_get_the_keys_of_their_records():
    records = pd.DataFrame({"record_id": [7, 8], "source": ["reports", "cards"], "key": ["r1", "c1"]})
    named = with_keys(pd.DataFrame({"left": [7], "right": [8], "probability": [0.5]}), records)
    assert named[["left_source", "left_key", "right_source", "right_key"]].to_numpy().tolist() == [
        ["reports", "r1", "cards", "c1"]
    ]


def test_expected_pairs_add_up_and_no_weight_falls_out():
    rng = np.random.default_rng(4)
    probability, weight = rng.random(500), rng.normal(0, 30, 500)
    bins = expected_true(probability, np.arange(-20, 21, 5), weight)
    assert bins["pairs"].sum() == 500
    assert bins["expected"].sum() == pytest.approx(probability.sum())
    assert (bins["expected"] <= bins["pairs"]).all()
