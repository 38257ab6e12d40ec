from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.presentation.waterfall import WIDTH, bits_of_rivals, waterfall


def test_each_step_starts_where_the_one_before_ended() -> None:
    first, second, third = waterfall([-8.0, 12.0, -1.0]).steps
    assert first.x == pytest.approx(first.reached)
    assert second.x == pytest.approx(first.reached)
    assert third.x + third.width == pytest.approx(second.reached)
    assert [step.direction for step in (first, second, third)] == ["against", "for", "against"]


def test_the_total_runs_from_zero_to_the_sum() -> None:
    drawn = waterfall([-8.0, 12.0, 3.5])
    assert drawn.total.bits == pytest.approx(7.5)
    assert drawn.total.x == pytest.approx(drawn.total.zero)
    assert drawn.total.reached == pytest.approx(drawn.steps[-1].reached)


def test_a_field_without_evidence_is_level_but_visible() -> None:
    (step,) = waterfall([5.0, 0.0]).steps[1:]
    assert (step.direction, step.width > 0) == ("level", True)


def test_the_same_bits_are_the_same_length_on_every_page() -> None:
    alone, among = waterfall([5.0]).steps[0], waterfall([-20.0, 5.0, 30.0]).steps[1]
    assert alone.width == pytest.approx(among.width, abs=0.1)
    assert alone.zero == among.zero


@pytest.mark.parametrize(("odds", "share"), [(4.0, 0.5), (2.6, 0.3), (-3.0, 0.01), (12.0, 0.9)])
def test_rivals_take_what_lies_between_the_pair_alone_and_its_score(odds: float, share: float) -> None:
    taken = bits_of_rivals(odds, share)
    assert taken is not None and taken <= 0
    assert 2 ** (odds + taken) / (1 + 2 ** (odds + taken)) == pytest.approx(share) or taken == 0


@pytest.mark.parametrize("probability", [0.0, 1.0, 0.99995])
def test_a_score_too_near_to_certain_tells_of_no_rivals(probability: float) -> None:
    assert bits_of_rivals(25.0, probability) is None


@given(st.lists(st.floats(-40, 40), max_size=30))
def test_nothing_leaves_the_drawing(bits: list[float]) -> None:
    drawn = waterfall(bits)
    for step in (*drawn.steps, drawn.total):
        assert 0 <= step.x <= WIDTH and step.x + step.width <= WIDTH and 0 <= step.zero <= WIDTH
