"""Comparisons: levels keep their order, unknown is no level, swapping the sides changes nothing."""

from __future__ import annotations

import numpy as np
import pytest

from matching.comparisons import ABSENT, KINDS


def objects(values):
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def grade(kind, *pairs):
    comparison = KINDS[kind]()
    left, right = objects([a for a, _ in pairs]), objects([b for _, b in pairs])
    levels = comparison(left, right)
    assert (levels == comparison(right, left)).all(), "the sides may be swapped"
    return [ABSENT if level < 0 else comparison.levels[level].code for level in levels]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_an_unknown_value_is_no_evidence(kind):
    comparison = KINDS[kind]()
    for missing in (None, "", (), float("nan")):
        assert comparison(objects([missing]), objects([missing]))[0] == ABSENT


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_prior_shares_sum_to_one_within_a_stratum(kind):
    strata = {}
    for level in KINDS[kind]().levels:
        strata[level.stratum] = strata.get(level.stratum, 0) + level.m
    assert all(0.9 < total < 1.1 for total in strata.values()), strata


def test_given_names():
    assert grade(
        "given",
        ("Олександр", "Олександр"),
        ("Олександр", "Александр"),
        ("Олександр", "Oleksandr"),
        ("Олександр", "Сашко"),
        ("Олександр", "О."),
        ("Олександр", "М."),
        ("Олександр", "Тарас"),
    ) == ["identical", "other_language", "romanisation", "diminutive", "initial", "initial_differs", "different"]


def test_numbers_of_brothers_and_sisters():
    assert grade("count", (2, 2), (2, 3), (2, 0), (-1, 0), (-1, 2)) == [
        "count_same",
        "count_near",
        "count_differs",
        "count_none",
        "count_none_named",
    ]


def test_first_letters():
    assert grade("initial", ("Дар’я", "Диана"), ("Дар’я", "Марія")) == ["first_letter_same", "first_letter_differs"]


def test_dates():
    day = "2012-03-04/2012-03-04"
    assert grade(
        "date",
        (day, day),
        (day, "2012-04-03/2012-04-03"),
        (day, "2012-03-14/2012-03-14"),
        (day, "2012-02-28/2012-02-28"),
        (day, "2012-04-09/2012-04-09"),
        (day, "2012-07-20/2012-07-20"),
        (day, "2015-07-20/2015-07-20"),
        (day, "2012-03-01/2012-03-31"),
        (day, "2012-04-01/2012-04-30"),
        (day, "2012-06-01/2012-06-30"),
        (day, "2013-06-01/2013-06-30"),
        (day, "2012-01-01/2012-12-31"),
        (day, "2011-01-01/2011-12-31"),
        (day, "2005-01-01/2005-12-31"),
    ) == [
        "date_same",
        "date_swapped",
        "date_one_part",
        "date_days",
        "date_weeks",
        "date_half_year",
        "date_differs",
        "month_same",
        "month_near",
        "month_half_year",
        "month_differs",
        "year_same",
        "year_near",
        "year_differs",
    ]


def test_siblings_of_many_pairs_at_once():
    assert grade(
        "siblings",
        (("Марія", "Іван"), ("Мария",)),
        (("Марія", "Іван"), ("Тарас", "Ваня")),
        (("Марія",), ("Тарас",)),
        (("Софія", "Марко"), ("Соня", "Марк", "Лев")),
    ) == ["siblings_all", "siblings_some", "siblings_differ", "siblings_all"]


def test_parents():
    assert grade(
        "parent",
        (("Коваль", "Олена", "Ігорівна"), ("Коваль", "Елена", "Игоревна")),
        (("Коваль", "Олена", "Ігорівна"), ("Швець", "Елена", "")),
        (("Коваль", "Олена", "Ігорівна"), ("Коваль", "Олена", "Тарасівна")),
        (("Коваль", "Олена", "Ігорівна"), ("Коваль", "Марта", "Ігорівна")),
    ) == ["parent_same", "parent_given", "parent_patronymic_differs", "parent_differs"]


def test_identifiers_and_strings():
    assert grade(
        "identifier", ("I-НО123456", "I-НО123456"), ("I-НО123456", "I-НО123465"), ("I-НО123456", "I-АА999999")
    ) == [
        "number_same",
        "number_slip",
        "number_differs",
    ]
    assert grade("string", ("mclaren", "McLaren"), ("johannes", "johannas"), ("mclaren", "obrien")) == [
        "string_same",
        "string_close",
        "string_differs",
    ]


def test_strings_that_sound_alike_share_a_key():
    from matching.comparisons.blocking_keys import KEYS

    sound = KEYS["string"]["sound"].seeking
    assert sound("Philips") == sound("Filips")
    assert set(sound("Knight Smyth")) & set(sound("Smith"))
    assert sound("Шевченко") == sound("Shevchenko")
    assert sound("Шевченко") != sound("Шевчук")
    assert sound("") == ()


def test_a_name_that_no_table_knows_is_its_own_blocking_key():
    from matching.comparisons.blocking_keys import KEYS

    keys = KEYS["given"]["class"].found
    assert set(keys("Jessica")) & set(keys("jessica"))
    assert not set(keys("Jessica")) & set(keys("Lachlan"))
    assert set(keys("Сашко")) & set(keys("Олександр"))
    assert keys("О.") == ()


def test_parts_of_dates():
    days = [("1987-03-04", "1978-03-04"), ("1987-03-04", "1987-12-31"), ("1987-03-04", "1991-03-04"), (1987, "1988")]
    assert grade("date_year", *days) == ["part_slip", "part_same", "part_differs", "part_slip"]
    assert grade("date_day", ("1987-03-04", "1987-05-04"), ("1987-03-04", "1987-03-14"), (4, 31)) == [
        "part_same",
        "part_slip",
        "part_differs",
    ]
    month = "1987-03-01/1987-03-31"
    assert grade("date_day", (month, "1987-03-04")) == [ABSENT], "a month says nothing of the day"
    assert grade("date_month", (month, "1987-03-04")) == ["part_same"]
    assert KINDS["date_year"]().term("1987-03-04") == KINDS["date_year"]().term(1987) == "1987"


def test_long_codes_have_a_second_slip_and_short_ones_have_not():
    assert grade(
        "code", ("123456789", "123456789"), ("123456789", "123456798"), ("123456789", "223456798"), ("1234", "2143")
    ) == ["code_same", "code_slip", "code_two_slips", "code_differs"]


def test_numbers():
    assert grade("number", ("170", 170.0), (170, 171), ("1,70", "1.70"), (50_000, 50_900), (40, 43), (40, 60)) == [
        "quantity_same",
        "quantity_close",
        "quantity_same",
        "quantity_close",
        "quantity_near",
        "quantity_differs",
    ]


def test_texts_agree_in_either_order():
    both = ("Anna", "Peter")
    assert grade(
        "texts", (both, ("peter", "anna")), (both, ("Anna",)), (both, ("Anna", "Paul")), (both, ("Annna", "Jo")),
        (both, ("Jo", "Kim")),
    ) == ["texts_all", "texts_all", "texts_some", "texts_close", "texts_differ"]  # fmt: skip
