"""Figures that can be checked by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from matching.errors import FrameError
from matching.evaluation import evaluate, read_truth, true_pairs

SIDES = {"reports": "seeking", "register": "both", "cards": "found"}


def truth() -> pd.DataFrame:
    rows = [
        ("reports", "r1", "p1", "plain"),
        ("reports", "r2", "p2", "plain"),
        ("register", "a1", "p1", "plain"),
        ("cards", "c1", "p1", "card"),
        ("cards", "c2", "p2", "card"),
        ("cards", "c9", "p9", "unrelated"),
    ]
    return read_truth(pd.DataFrame(rows, columns=["source", "key", "person_id", "scenario"]))


def scored(rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["left_source", "left_key", "right_source", "right_key", "probability"])


def test_true_pairs_follow_the_sides():
    pairs = true_pairs(truth(), SIDES)
    assert {(a, b) for a, b in zip(pairs["left_key"], pairs["right_key"], strict=True)} == {
        ("r1", "a1"),
        ("r1", "c1"),
        ("r2", "c2"),
        ("a1", "c1"),
    }


def test_figures_by_hand():
    figures = evaluate(
        scored(
            [
                ("reports", "r1", "cards", "c1", 0.9),
                ("reports", "r2", "cards", "c9", 0.8),
                ("reports", "r2", "cards", "c2", 0.7),
                ("reports", "r1", "register", "a1", 0.95),
            ]
        ),
        truth(),
        SIDES,
    )
    by = {score.group: score for score in figures.by_sources}
    cards = by["reports → cards"]
    assert (cards.true_pairs, cards.proposed) == (2, 3)
    assert (cards.recall_at_1, cards.recall_at_5) == (0.5, 1.0)
    assert cards.best_f1 == pytest.approx(0.8)
    assert (cards.precision, cards.recall, cards.threshold) == (pytest.approx(2 / 3), 1.0, 0.7)
    assert cards.recall_at_precision_99 == 0.5
    assert by["register → cards"].best_f1 == 0.0
    assert figures.overall.true_pairs == 4


def test_equal_probabilities_are_one_threshold():
    figures = evaluate(
        scored([("reports", "r1", "cards", "c1", 0.5), ("reports", "r2", "cards", "c9", 0.5)]), truth(), SIDES
    )
    assert {s.group: s for s in figures.by_sources}["reports → cards"].precision == 0.5


def test_the_truth_must_be_one():
    with pytest.raises(FrameError, match="two persons"):
        read_truth(pd.DataFrame([("a", "1", "x"), ("a", "1", "y")], columns=["source", "key", "person_id"]))
    with pytest.raises(FrameError, match="person_id"):
        read_truth(pd.DataFrame([("a", "1")], columns=["source", "key"]))


def test_a_scenario_is_judged_among_all_its_rivals():
    figures = evaluate(
        scored(
            [
                ("reports", "r2", "cards", "c9", 0.8),
                ("reports", "r2", "cards", "c2", 0.7),
                ("reports", "r1", "cards", "c1", 0.6),
            ]
        ),
        truth(),
        SIDES,
    )
    card = {score.group: score for score in figures.by_scenario}["card"]
    assert card.true_pairs == 3
    assert card.recall_at_1 == pytest.approx(1 / 3), "an unrelated card that ranks first is a miss"
    assert card.precision == pytest.approx(2 / 3)


def test_a_pair_given_twice_counts_once():
    figures = evaluate(
        scored([("reports", "r1", "cards", "c1", 0.9), ("reports", "r1", "cards", "c1", 0.4)]), truth(), SIDES
    )
    assert figures.overall.recall == 0.25
