"""m learnt from pairs that people judged to be one child."""

from __future__ import annotations

import numpy as np
import pytest

from matching.model.latent_classes import LatentClasses
from matching.model.parameters import Model, Space
from matching.model.training import start_group
from matching.model.verdicts import learn_m, m_from_verdicts
from matching.spec import LinkageSpec

SPEC = LinkageSpec.model_validate(
    {
        "version": 1,
        "name": "three",
        "fields": {name: {"kind": "string"} for name in ("a", "b", "c")},
        "blocking": {"rules": [["a.value"]]},
        "scenarios": {
            "plain": {"prior": 0.7},
            "renamed": {"prior": 0.3, "replaced": ["a"]},
            "sibling": {"match": False, "prior": 0.5, "replaced": ["b"]},
        },
        "training": {"prior_strength": 20},
    }
)
TRUE_M = np.array([0.10, 0.10, 0.30, 0.50])
TRAINED_M = np.array([0.05, 0.05, 0.10, 0.80])
U = np.array([0.93, 0.04, 0.02, 0.01])


@pytest.fixture
def group():
    u = {name: U.copy() for name in SPEC.fields}
    started = start_group(SPEC, ("x", "y"), ("other", "other"), Space.between(100, 100, 0.3), u)
    for parameters in started.fields.values():
        parameters.m = TRAINED_M.copy()
    return started


def drawn(count, seed=2, renamed=0.3):
    rng = np.random.default_rng(seed)
    levels = np.stack([rng.choice(4, size=count, p=TRUE_M) for _ in SPEC.fields], axis=1).astype(np.int8)
    altered = rng.random(count) < renamed
    levels[altered, 0] = rng.choice(4, size=int(altered.sum()), p=U)
    return levels


def test_many_verdicts_give_the_m_that_drew_them(group):
    learnt = m_from_verdicts(LatentClasses(SPEC, group), drawn(4_000))
    for name in ("b", "c"):
        assert learnt.fields[name].m == pytest.approx(TRUE_M, abs=0.03)
    # a surname that was replaced is not a surname spelt otherwise
    assert learnt.fields["a"].m == pytest.approx(TRUE_M, abs=0.08)
    counted = np.bincount(drawn(4_000)[:, 0], minlength=4) / 4_000
    assert learnt.fields["a"].m[0] < counted[0] / 1.5


def test_few_verdicts_move_it_little_and_none_not_at_all(group):
    before = group.fields["b"].m.copy()
    none = m_from_verdicts(LatentClasses(SPEC, group), drawn(0))
    few = m_from_verdicts(LatentClasses(SPEC, group), drawn(5))
    many = m_from_verdicts(LatentClasses(SPEC, group), drawn(500))
    assert none.fields["b"].m == pytest.approx(before)
    away = [np.abs(m.fields["b"].m - before).sum() for m in (few, many)]
    assert 0 < away[0] < away[1]
    assert np.array_equal(group.fields["b"].m, before), "the trained model stays as it is"


def test_unknown_values_are_no_evidence(group):
    levels = drawn(300)
    levels[:, 2] = -1
    learnt = m_from_verdicts(LatentClasses(SPEC, group), levels)
    assert learnt.fields["c"].m == pytest.approx(TRAINED_M)
    assert not np.allclose(learnt.fields["b"].m, TRAINED_M, atol=0.01)


def test_a_better_level_still_never_weighs_less(group):
    levels = np.zeros((300, 3), dtype=np.int8)  # verdicts that hold differing values for one child's
    learnt = m_from_verdicts(LatentClasses(SPEC, group), levels)
    for parameters in learnt.fields.values():
        assert parameters.m.sum() == pytest.approx(1)
        assert (np.diff(np.log2(parameters.m / parameters.u)) >= -1e-9).all()


def test_a_model_learns_by_pair_of_sources_either_way_round(group):
    model = Model("three", SPEC.digest, {("x", "y"): group, ("x", "z"): group})
    pairs = [dict(zip(SPEC.fields, map(int, row), strict=True)) for row in drawn(200)]
    learnt, count = learn_m(SPEC, model, {("x", "y"): pairs[:150], ("y", "x"): pairs[150:], ("p", "q"): pairs})
    assert count == 200
    assert learnt.groups["x", "z"] is group
    whole = m_from_verdicts(LatentClasses(SPEC, group), drawn(200))
    assert learnt.groups["x", "y"].fields["b"].m == pytest.approx(whole.fields["b"].m)
    assert learnt.to_json() == learn_m(SPEC, model, {("y", "x"): pairs})[0].to_json()
    stale, _ = learn_m(SPEC, model, {("x", "y"): [{"a": 99, "gone": 1}] * 50})
    assert stale.groups["x", "y"].fields["a"].m == pytest.approx(group.fields["a"].m)
