"""No suppressed figure can be worked out: every table that would give the same figures is looked at."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.outcomes import suppression

ROWS, COLUMNS, MOST = 2, 3, 8
CELLS = [(row, column) for row in range(ROWS) for column in range(COLUMNS)]
EVERY = np.array(list(itertools.product(range(MOST), repeat=len(CELLS))), dtype=np.int16)


def figures(inner):
    """Return all figures of a table of two rows and three columns, its margins and its total, by key."""
    found = {("cell", *cell): inner[..., at] for at, cell in enumerate(CELLS)}
    for row in range(ROWS):
        found["row", row] = sum(found["cell", row, column] for column in range(COLUMNS))
    for column in range(COLUMNS):
        found["column", column] = sum(found["cell", row, column] for row in range(ROWS))
    found["all",] = sum(found["row", row] for row in range(ROWS))
    return found


SUMS = [
    (("all",), [("row", row) for row in range(ROWS)]),
    (("all",), [("column", column) for column in range(COLUMNS)]),
    *((("row", row), [("cell", row, column) for column in range(COLUMNS)]) for row in range(ROWS)),
    *((("column", column), [("cell", row, column) for row in range(ROWS)]) for column in range(COLUMNS)),
]
EVERY_TABLE = figures(EVERY)


def possible(values, hidden, threshold, *, knows_small):
    """Return the values that each hidden figure may have, looking at every table with up to seven in a cell."""
    fits = np.ones(len(EVERY), dtype=bool)
    for key, value in values.items():
        if key not in hidden:
            fits &= EVERY_TABLE[key] == value
        elif knows_small and 0 < value < threshold:
            fits &= (EVERY_TABLE[key] > 0) & (EVERY_TABLE[key] < threshold)
    return {key: np.unique(EVERY_TABLE[key][fits]) for key in hidden}


@settings(max_examples=60)
@given(st.lists(st.integers(0, 4), min_size=6, max_size=6), st.integers(2, 4))
def test_no_table_gives_a_suppressed_figure_away(inner, threshold):
    values = {key: int(value) for key, value in figures(np.array(inner)).items()}
    hidden = suppression.suppressed(values, SUMS, threshold)
    assert {key for key, value in values.items() if 0 < value < threshold} <= hidden
    for key, left in possible(values, hidden, threshold, knows_small=False).items():
        small = 0 < values[key] < threshold
        assert left[-1] - left[0] >= (threshold - 1 if small else 1), (key, values, hidden)
    if len(hidden) == len(values):
        return  # nothing is shown: nobody is told which ones are small
    for key, left in possible(values, hidden, threshold, knows_small=True).items():
        if 0 < values[key] < threshold and threshold > 2:
            assert len(left) > 1, (key, values, hidden)


def test_hiding_the_small_ones_alone_would_give_them_away():
    values = {("all",): 30, "a": 3, "b": 12, "c": 15}
    sums = [(("all",), ["a", "b", "c"])]
    assert len(suppression.suppressed(values, sums, 10)) == 2
    two = {("all",): 48, "a": 9, "b": 9, "c": 30}  # whoever knows that both are below ten knows both
    assert suppression.suppressed(two, sums, 10) == {"a", "b", "c"}


def test_what_is_large_is_shown_and_nothing_is_hidden_without_need():
    values = {("all",): 60, "a": 20, "b": 40, "c": 0}
    assert suppression.suppressed(values, [(("all",), ["a", "b", "c"])], 10) == frozenset()


def test_a_total_that_is_small_hides_its_parts():
    values = {("all",): 4, "a": 4, "b": 0}
    assert suppression.suppressed(values, [(("all",), ["a", "b"])], 10) >= {("all",), "a"}


def test_one_small_figure_among_many_hides_few():
    rows, columns = range(6), range(4)
    values = {(row, column): 20 + row + column for row in rows for column in columns}
    values[0, 0] = 3
    values |= {("row", row): sum(values[row, column] for column in columns) for row in rows}
    values |= {("column", column): sum(values[row, column] for row in rows) for column in columns}
    values["all"] = sum(values["row", row] for row in rows)
    sums = [("all", [("row", row) for row in rows]), ("all", [("column", column) for column in columns])]
    sums += [(("row", row), [(row, column) for column in columns]) for row in rows]
    sums += [(("column", column), [(row, column) for row in rows]) for column in columns]
    hidden = suppression.suppressed(values, sums, 10)
    assert (0, 0) in hidden and len(hidden) == 4 and "all" not in hidden


def test_what_everybody_knows_of_order_is_counted_in():
    # 11 returned and 12 verified of one list: hiding the 12 alone would leave 11 to 12.
    values = {"v": 42, "va": 12, "vb": 30, "r": 14, "ra": 11, "rb": 3}
    sums = [("v", ["va", "vb"]), ("r", ["ra", "rb"])]
    hidden = suppression.suppressed(values, sums, 10, [("ra", "va"), ("rb", "vb"), ("r", "v")])
    assert {"ra", "rb"} <= hidden


@settings(max_examples=25)
@given(st.lists(st.integers(0, 3), min_size=6, max_size=6), st.sets(st.integers(0, 5), min_size=1, max_size=4))
def test_intervals_are_exact(inner, places):
    values = {key: int(value) for key, value in figures(np.array(inner)).items()}
    keys = list(values)
    place = {key: at for at, key in enumerate(keys)}
    hidden = {place["cell", *CELLS[at]] for at in places}
    sums = [(place[total], tuple(place[part] for part in parts)) for total, parts in SUMS]
    for number in hidden:
        ends = suppression.Table(tuple(values.values()), tuple(sums)).intervals(number, frozenset(hidden), {})
        left = possible(values, {keys[one] for one in hidden}, 2, knows_small=False)[keys[number]]
        if left[-1] < MOST - 1:
            assert ends == (left[0], left[-1])


@pytest.mark.parametrize("threshold", [2, 5, 10])
def test_a_table_of_zeros_is_shown(threshold):
    values = dict.fromkeys(figures(np.zeros(6, dtype=int)), 0)
    assert suppression.suppressed(values, SUMS, threshold) == frozenset()
