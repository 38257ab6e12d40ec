from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.presentation.waterfall import WIDTH, waterfall


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


@given(st.lists(st.floats(-40, 40), max_size=30))
def test_nothing_leaves_the_drawing(bits: list[float]) -> None:
    drawn = waterfall(bits)
    for step in (*drawn.steps, drawn.total):
        assert 0 <= step.x <= WIDTH and step.x + step.width <= WIDTH and 0 <= step.zero <= WIDTH
