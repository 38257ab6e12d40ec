from __future__ import annotations

import pytest
from django.utils.translation import override

from review.presentation import provenance, score_text, value_labels
from sources.locator import Locator


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("2014-05-12/2014-05-12", "12.05.2014"),
        ("2014-05-12", "12.05.2014"),
        ("2014-05-01/2014-05-31", "05.2014"),
        ("2016-02-01/2016-02-29", "02.2016"),
        ("2014-01-01/2014-12-31", "2014"),
        ("2013-12-01/2014-11-30", "01.12.2013 – 30.11.2014"),
        ("2013-06-03/2014-06-02", "03.06.2013 – 02.06.2014"),
        ("9999-12-31", "31.12.9999"),
        ("spring 2014", "spring 2014"),
        ("", ""),
    ],
)
def test_intervals_are_written_as_a_person_would(stored, shown):
    assert value_labels.interval(stored) == shown


def test_doubts_belong_to_their_field_and_are_said_once():
    values = {"doubts": ["birth_ambiguous", "birth_no_day", "birth_certificate_form", "new_code", 7]}
    with override("en"):
        assert value_labels.doubts(values, "birth_date") == ("day and month may be swapped",)
        assert value_labels.doubts(values, "birth_certificate") == ("not of the form of a birth certificate",)
        assert value_labels.doubts(values, "surname") == ()


@pytest.mark.parametrize(
    ("locator", "shown"),
    [
        ({"row": 14, "sheet": "II", "cell": "B14"}, "sheet II, row 14"),
        ({"chat": 5, "message": 12}, "chat 5, message 12"),
        ({"css": "div.card", "card": 3}, "card 3"),
        ({"message": 0}, "message 0"),
        ({"css": "article p"}, "article p"),
        ({"line": 7, "article": 2}, "line 7, article: 2"),
    ],
)
def test_locators_are_written_as_a_person_would_look_them_up(locator, shown):
    with override("en"):
        assert provenance.place(Locator(**locator)) == shown


@pytest.mark.parametrize(("locator", "cell"), [({"cell": "AB12"}, "AB12"), ({"cell": "div > p"}, ""), ({}, "")])
def test_only_spreadsheet_cells_are_shown_beside_a_value(locator, cell):
    assert provenance.cell(Locator(**locator)) == cell


@pytest.mark.parametrize(
    ("bits", "en", "uk"),
    [
        (5.2, "+5.2 bits", "+5,2 біта"),
        (-2.25, "−2.2 bits", "−2,2 біта"),
        (0.04, "0", "0"),
        (7.96, "+8.0 bits", "+8,0 біта"),
    ],
)
def test_bits_are_rounded_and_signed(bits, en, uk):
    with override("en"):
        assert score_text.bits(bits) == en
    with override("uk"):
        assert score_text.bits(bits) == uk
