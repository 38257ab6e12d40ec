"""The model recovers what drew the data, and its weights keep their order."""

from __future__ import annotations

import numpy as np
import pytest

from matching.model.latent_classes import LatentClasses
from matching.model.parameters import FieldParameters, GroupModel, Space
from matching.model.scoring import PatternScores, Scores, compete
from matching.model.training import (
    Patterns,
    expectation_maximisation,
    prior_scenarios,
    start_group,
)
from matching.spec import LinkageSpec
from matching.vectors.comparison_vectors import patterns

SPEC = LinkageSpec.model_validate(
    {
        "version": 1,
        "name": "two",
        "fields": {name: {"kind": "string"} for name in ("a", "b", "c", "d")},
        "blocking": {"rules": [["a.value"]]},
        "scenarios": {
            "plain": {"prior": 0.8},
            "renamed": {"prior": 0.2, "replaced": ["a"]},
            "sibling": {"match": False, "prior": 0.5, "replaced": ["b", "c"]},
        },
        "training": {"prior_strength": 5},
    }
)
M = np.array([0.05, 0.05, 0.10, 0.80])
U = np.array([0.93, 0.04, 0.01, 0.02])


def scored(spec, group, matrix, rarity) -> Scores:
    return PatternScores(LatentClasses(spec, group), matrix).scores(np.arange(len(matrix)), rarity)


def drawn(rng, count, shares):
    return np.stack([rng.choice(4, size=count, p=p) for p in shares], axis=1).astype(np.int8)


def world(seed=5, matches=500, others=302_500):
    rng = np.random.default_rng(seed)
    plain, renamed = int(matches * 0.8), matches - int(matches * 0.8)
    return np.concatenate([drawn(rng, plain, [M] * 4), drawn(rng, renamed, [U, M, M, M]), drawn(rng, others, [U] * 4)])


def test_em_recovers_m_and_the_shares():
    matrix = world()
    u = {name: U.copy() for name in SPEC.fields}
    sizes = Space.between(550, 551, 0.3)
    group = start_group(SPEC, ("x", "y"), ("other", "other"), sizes, u)
    distinct, counts, _ = patterns(matrix)
    fitted = expectation_maximisation(SPEC, group, Patterns(distinct, counts), sizes)
    assert np.allclose(fitted.fields["b"].m, M, atol=0.03)
    assert np.allclose(fitted.fields["a"].m, M, atol=0.04)


@pytest.mark.parametrize("field", ["a", "b", "c", "d"])
def test_a_better_level_never_weighs_less(field):
    group = GroupModel(
        "x",
        "y",
        ("other", "other"),
        1e-4,
        prior_scenarios(SPEC, ("other", "other")),
        {n: FieldParameters(M, U) for n in SPEC.fields},
    )
    i = list(SPEC.fields).index(field)
    matrix = np.full((5, 4), 3, dtype=np.int8)
    matrix[:, i] = [0, 1, 2, 3, -1]
    scores = scored(SPEC, group, matrix, np.zeros((5, 4)))
    assert (np.diff(scores.weight[:4]) > 0).all()
    assert scores.weight[0] < scores.weight[4] < scores.weight[3], "unknown is neither agreement nor contradiction"


def test_a_look_alike_takes_belief_away():
    group = GroupModel(
        "x",
        "y",
        ("other", "other"),
        1e-4,
        prior_scenarios(SPEC, ("other", "other")),
        {n: FieldParameters(M, U) for n in SPEC.fields},
    )
    alone = SPEC.model_copy(update={"scenarios": {k: v for k, v in SPEC.scenarios.items() if v.match}})
    sibling_like = np.array([[3, 0, 0, 3]], dtype=np.int8)
    nothing = np.zeros((1, 4))
    assert scored(SPEC, group, sibling_like, nothing).weight[0] <= scored(alone, group, sibling_like, nothing).weight[0]


def test_candidates_of_one_record_compete():
    zero = np.zeros(3, dtype=np.int64)
    left, right = np.array([0, 0, 1]), np.array([0, 1, 2])
    probability = compete(np.array([10.0, 2.0, 2.0]), left, right, zero, zero, 0.02)
    assert probability[0] > 0.95
    assert probability[1] < 0.2 < 0.7 < probability[2]
    both = compete(np.array([10.0, 10.0]), left[:2], right[:2], zero[:2], zero[:2], 0.02)
    assert both.min() > 0.9, "a child may truly be in one list twice"


def test_the_share_of_look_alikes_is_fitted():
    """Ten times as many brothers and sisters as the spec says must not become children with another given name."""
    rng = np.random.default_rng(6)
    matches, siblings, others = 400, 2_000, 300_000
    matrix = np.concatenate(
        [
            drawn(rng, matches, [M] * 4),
            drawn(rng, siblings, [M, U, U, M]),
            drawn(rng, others, [U] * 4),
        ]
    )
    sizes = Space.between(550, 551, 0.3)
    group = start_group(SPEC, ("x", "y"), ("other", "other"), sizes, {name: U.copy() for name in SPEC.fields})
    fitted = expectation_maximisation(SPEC, group, Patterns.of(matrix), sizes)
    assert 0.5 * siblings / matches < fitted.scenarios["sibling"] < 1.2 * siblings / matches
    assert fitted.fields["b"].m[0] < 0.12, "M holds 0.05 for a name that differs"
    # Of pairs that rules find but half of, twice as many are there.
    again = start_group(SPEC, ("x", "y"), ("other", "other"), sizes, {name: U.copy() for name in SPEC.fields})
    half = expectation_maximisation(SPEC, again, Patterns.of(matrix), sizes, {"sibling": 0.5})
    assert half.scenarios["sibling"] > 1.5 * fitted.scenarios["sibling"]
