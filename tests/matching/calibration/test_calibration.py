"""A calibration is better on verdicts it never saw, says where it holds, and refuses what it cannot know."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from matching.calibration import fit, load
from matching.calibration.curves import IsotonicCurve, PlattCurve
from matching.calibration.scale import log_odds, share
from matching.errors import CalibrationError, FrameError
from matching.evaluation.intervals import wilson

MODEL = "5" * 64


def judged(count: int = 600, *, slope: float = 0.35, shift: float = -1.0, seed: int = 3) -> pd.DataFrame:
    """Verdicts on scores of an overconfident model: the true log-odds are a third of what it says."""
    rng = np.random.default_rng(seed)
    bits = rng.uniform(-8, 12, count)
    truth = rng.random(count) < share(slope * bits / np.log(2) + shift)
    return pd.DataFrame(
        {
            "left": [f"reports/{i % (count * 2 // 3)}" for i in range(count)],
            "right": [f"cards/{i}" for i in range(count)],
            "sources": np.where(np.arange(count) % 10 < 9, "reports → cards", "reports → posts"),
            "probability": share(bits),
            "same": truth,
        }
    )


def test_it_is_better_on_verdicts_it_never_saw():
    calibration, worth = fit(judged(), model_digest=MODEL, seed=1)
    assert calibration.method == "platt"
    assert worth.after.ece < worth.before.ece / 2
    assert worth.after.log_loss < worth.before.log_loss
    assert worth.after.brier < worth.before.brier
    assert worth.before.ece_low <= worth.before.ece <= worth.before.ece_high
    assert sum(b.pairs for b in worth.after.bins) == 600
    assert sum(b.holds for b in worth.after.bins) >= 8 > sum(b.holds for b in worth.before.bins)


def test_it_recovers_the_share_that_drew_the_verdicts():
    calibration, _ = fit(judged(4_000), model_digest=MODEL, seed=1, method="platt")
    bits = np.linspace(-6, 10, 9)
    told = calibration(share(bits), ["reports → cards"] * 9)
    assert np.allclose(told, share(0.35 * bits / np.log(2) - 1.0), atol=0.04)


def test_a_perfect_model_is_left_nearly_as_it_is():
    calibration, worth = fit(judged(3_000, slope=np.log(2), shift=0.0), model_digest=MODEL, seed=1, method="platt")
    assert isinstance(calibration.curve, PlattCurve)
    assert calibration.curve.slope == pytest.approx(np.log(2), rel=0.15)
    assert worth.before.ece < 0.03


def test_many_verdicts_of_any_shape_take_the_staircase():
    rng = np.random.default_rng(8)
    frame = judged(6_000)
    bits = log_odds(frame["probability"])
    frame["same"] = rng.random(len(frame)) < np.where(bits < 2, 0.3, 0.6)
    calibration, worth = fit(frame, model_digest=MODEL, seed=1)
    assert calibration.method == "isotonic"
    assert worth.compared["isotonic"] < worth.compared["platt"]
    assert calibration(share([-2.0, 6.0]), ["reports → cards"] * 2) == pytest.approx([0.3, 0.6], abs=0.06)


@pytest.mark.parametrize("method", ["platt", "isotonic"])
def test_a_higher_score_is_never_a_lower_probability(method):
    calibration, _ = fit(judged(1_200), model_digest=MODEL, seed=1, method=method)
    told = calibration.curve(np.linspace(-20, 20, 400))
    assert (np.diff(told) >= 0).all()
    assert told.min() > 0 and told.max() < 1


def test_it_holds_only_where_people_have_looked():
    calibration, _ = fit(judged(), model_digest=MODEL, seed=1)
    low, high = calibration.lowest_bits, calibration.highest_bits
    told = calibration(share([low - 0.5, low, 0.0, high, high + 0.5, 0.0]), [*["reports → cards"] * 5, "register → x"])
    assert np.isnan(told).tolist() == [True, False, False, False, True, True]


def test_sources_of_which_few_were_judged_keep_their_score():
    frame = judged(110)  # eleven pairs of posts
    calibration, _ = fit(frame, model_digest=MODEL, seed=1)
    told = calibration([0.5, 0.5], ["reports → cards", "reports → posts"])
    assert np.isnan(told).tolist() == [False, True]


def test_too_few_verdicts_are_refused_with_their_number():
    with pytest.raises(CalibrationError, match=r"there are 99 pairs .* at least 100, 20 of each kind"):
        fit(judged(99), model_digest=MODEL, seed=1)
    one_sided = judged(300).assign(same=True)
    with pytest.raises(CalibrationError, match=r"300 same, 0 different"):
        fit(one_sided, model_digest=MODEL, seed=1)


def test_a_method_that_does_not_exist_is_refused_not_replaced():
    with pytest.raises(CalibrationError, match="no method 'spline'"):
        fit(judged(), model_digest=MODEL, seed=1, method="spline")


def test_verdicts_against_the_score_are_refused():
    frame = judged()
    with pytest.raises(CalibrationError, match="no more often"):
        fit(frame.assign(same=~frame["same"]), model_digest=MODEL, seed=1)
    with pytest.raises(FrameError, match="'same' is missing"):
        fit(frame.drop(columns="same"), model_digest=MODEL, seed=1)


def test_scores_that_separate_the_verdicts_do_not_run_away():
    frame = judged(200)
    frame["same"] = log_odds(frame["probability"]) > 2
    calibration, _ = fit(frame, model_digest=MODEL, seed=1)
    told = calibration.curve(np.array([-20.0, 20.0]))
    assert 0 < told[0] < 0.02 and 0.98 < told[1] < 1


@pytest.mark.parametrize("method", ["platt", "isotonic"])
def test_the_same_verdicts_give_the_same_bytes_in_any_order(method, tmp_path):
    frame = judged(1_500)
    first, _ = fit(frame, model_digest=MODEL, seed=4, method=method)
    again, _ = fit(frame.sample(frac=1, random_state=9), model_digest=MODEL, seed=4, method=method)
    assert first.to_json() == again.to_json()
    path = tmp_path / "calibration.json"
    path.write_text(first.to_json(), encoding="utf-8")
    read = load(path, MODEL)
    assert read == first
    scores, sources = share(np.linspace(-9, 13, 50)), ["reports → cards"] * 50
    assert np.array_equal(read(scores, sources), first(scores, sources), equal_nan=True)
    assert isinstance(read.curve, PlattCurve if method == "platt" else IsotonicCurve)


def test_a_calibration_of_another_model_is_refused(tmp_path):
    calibration, _ = fit(judged(), model_digest=MODEL, seed=1)
    path = tmp_path / "calibration.json"
    path.write_text(replace(calibration, model_digest="6" * 64).to_json(), encoding="utf-8")
    with pytest.raises(CalibrationError, match=r"another model \(66666666, not 55555555\)"):
        load(path, MODEL)
    for text in ("{}", "no", '{"calibration_version": 1}', json.dumps([1])):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(CalibrationError, match="is not a calibration file"):
            load(path, MODEL)


def test_a_pair_judged_twice_counts_once():
    frame = judged()
    once, _ = fit(frame, model_digest=MODEL, seed=1)
    twice, _ = fit(pd.concat([frame, frame.head(50)]), model_digest=MODEL, seed=1)
    assert once.to_json() == twice.to_json()


def test_intervals_are_those_of_the_textbook():
    low, high = wilson([20, 0, 81], [20, 20, 263])
    assert low == pytest.approx([0.8389, 0.0, 0.2553], abs=1e-4)
    assert high == pytest.approx([1.0, 0.1611, 0.3662], abs=1e-4)  # 81 of 263: Newcombe (1998), table I


@given(st.integers(0, 300), st.integers(0, 300))
def test_an_interval_holds_its_share_and_narrows_with_more_pairs(hits, misses):
    total = hits + misses
    low, high = (float(end) for end in wilson(hits, total))
    assert 0 <= low <= high <= 1
    if total:
        scipys = binomtest(hits, total).proportion_ci(0.95, method="wilson")
        assert (low, high) == pytest.approx((scipys.low, scipys.high), abs=1e-9)
        assert low <= hits / total <= high
        wide = [float(end) for end in wilson(hits * 4, total * 4)]
        assert wide[1] - wide[0] <= high - low + 1e-12
    else:
        assert (low, high) == (0.0, 1.0)
