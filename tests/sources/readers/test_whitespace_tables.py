"""Tables that only white space draws: no word is lost, and two children never become one."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from sources.readers.pdf import whitespace_tables
from sources.readers.pdf.layout import Line, Word

PLACES = (60, 90, 300, 420)


def line(top, *cells, size=10.0):
    """A line whose cells begin at the places of the columns; None leaves a column empty."""
    words = []
    for left, text in zip(PLACES, cells, strict=False):
        for word in (text or "").split():
            words.append(Word(left, left + 6 * len(word), word))
            left += 6 * len(word) + 3
    return Line(top, top + size, size, tuple(words))


def read(lines):
    layout = whitespace_tables.layout(lines)
    assert layout is not None
    return [part if isinstance(part, list) else part.text for part in whitespace_tables.rows(lines, layout)]


HEADER = line(0, "№", "ФИО", "Дата рождения", "Откуда")
ROWS = [line(20 * n, str(n), "Тестенко Олег", "01.03.2012", "Херсон") for n in range(1, 6)]


def test_the_rest_of_a_cell_goes_to_its_row_from_above_and_below():
    above = line(92, None, "Вымышленная")
    below = line(48, None, "Иванович")
    found = read(sorted([HEADER, *ROWS, above, below], key=lambda each: each.top))
    assert found[2] == ["2", "Тестенко Олег\nИванович", "01.03.2012", "Херсон"]
    assert found[5] == ["5", "Вымышленная\nТестенко Олег", "01.03.2012", "Херсон"]


def test_a_row_whose_number_is_missing_stays_a_row():
    found = read([HEADER, *ROWS[:2], line(52, None, "Примеров Тарас", "02.03.2013", "Бердянск"), *ROWS[2:]])
    assert ["", "Примеров Тарас", "02.03.2013", "Бердянск"] in found and len(found) == 7


def test_titles_and_footnotes_are_lines():
    title = Line(-30, -20, 10.0, (Word(60, 500, "Список детей, направленных в Тестовую область"),))
    found = read([title, HEADER, *ROWS, line(150, "* сверено")])
    assert found[0] == title.text and found[-1] == "* сверено"


cells = st.lists(
    st.sampled_from([None, "7", "Тестенко", "Олег Иванович", "01.03.2012", "Херсон"]), min_size=1, max_size=4
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(cells, st.integers(3, 30)), max_size=25))
def test_no_word_is_lost_and_none_comes_twice(drawn):
    lines, top = [HEADER, *ROWS], 120.0
    for row, step in drawn:
        top += step
        if any(row):
            lines.append(line(top, *row))
    words = Counter(word.text for each in lines for word in each.words)
    found = read(lines)
    assert Counter(" ".join(" ".join(part) if isinstance(part, list) else part for part in found).split()) == words
    pieces = [cell.split("\n") for part in found if isinstance(part, list) for cell in part]
    assert all(sum(any(map(str.isdigit, piece)) for piece in each) <= 1 for each in pieces)
