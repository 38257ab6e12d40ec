"""The form in which records keep an interval of days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transliteration.dates.interval import DateError, DateInterval

DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@given(DAYS, st.integers(0, 1200))
def test_an_interval_reads_what_it_wrote(start, days):
    interval = DateInterval.between(start, start + timedelta(days=days))
    assert DateInterval.from_text(interval.text) == interval


@pytest.mark.parametrize(
    ("text", "precision", "edtf"),
    [
        ("2012-02-01", "day", "2012-02-01"),
        ("2012-02-01/2012-02-01", "day", "2012-02-01"),
        ("2012-02-01/2012-02-29", "month", "2012-02"),
        ("2013-02-01/2013-02-27", "range", "2013-02-01/2013-02-27"),
        ("2012-01-01/2012-12-31", "year", "2012"),
        ("2012-07-01/2013-06-30", "range", "2012-07-01/2013-06-30"),
    ],
)
def test_a_whole_month_or_year_is_known_as_one(text, precision, edtf):
    interval = DateInterval.from_text(text)
    assert (interval.precision, interval.edtf) == (precision, edtf)


@pytest.mark.parametrize("text", ["", "Вигаданенко", "2012-13-01", "2012-02-02/2012-02-01", "2012/2013"])
def test_what_is_no_interval_is_refused_without_being_quoted(text):
    with pytest.raises(DateError) as refused:
        DateInterval.from_text(text)
    assert not text or text not in str(refused.value)
