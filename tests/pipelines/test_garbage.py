"""Python looks for cycles seldom while rows are read, and as before afterwards."""

import gc

import pytest

from configs.garbage import seldom_collected


def test_cycles_are_looked_for_less_often_and_as_before_afterwards_even_after_an_error() -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    runs = sum(each["collections"] for each in gc.get_stats())
    with pytest.raises(ValueError, match="row"), seldom_collected():
        kept = [[number] for number in range(50_000)]
        made = sum(each["collections"] for each in gc.get_stats()) - runs
        raise ValueError("row")
    assert len(kept) == 50_000
    assert made <= 1
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, frozen)
    assert sum(each["collections"] for each in gc.get_stats()) >= runs
    more = [[number] for number in range(50_000)]
    assert sum(each["collections"] for each in gc.get_stats()) - runs - made > 10
    assert len(more) == 50_000
