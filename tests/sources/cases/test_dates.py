"""Dates judged as a column, and as a day of a child's birth: right, or in doubt."""

from __future__ import annotations

import datetime as dt

import pytest

from sources.drafting import draft
from tests.sources.cases.conftest import CHILDREN

CONFIG = """\
reader: %s
language: uk
key: №
fields: {full_name: ПІБ, birth_date: Дата народження, age: {column: Вік, optional: true}}
"""


def table(tmp_path, births, ages=None):
    path = tmp_path / "list.csv"
    head = "№;ПІБ;Дата народження" + (";Вік" if ages else "")
    lines = [f"{n};{CHILDREN[n % 6][0]};{day}" + (f";{ages[n]}" if ages else "") for n, day in enumerate(births)]
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "birth"),
    [
        ("2012-03-14T22:00:00.000Z", "2012-03-14/2012-03-15"),
        ("2012-06-14T21:00:00Z", "2012-06-14/2012-06-15"),
        ("2012-03-14 23:59:58", "2012-03-14/2012-03-15"),
        ("14.03.2012 22:00", "2012-03-14/2012-03-15"),
        ("2012-03-14T20:00:00+00:00", "2012-03-14/2012-03-15"),
    ],
)
def test_a_time_before_midnight_gives_both_days_and_a_doubt(text, birth, tmp_path, read):
    found = read(CONFIG % "csv", table(tmp_path, [text]))
    assert found.births == [birth] and "birth_time_of_day" in found.doubts[0]


@pytest.mark.parametrize("text", ["2012-03-14T00:00:00", "2012-03-14 00:00", "2012-03-14T00:00:00+02:00"])
def test_midnight_is_the_day_itself(text, tmp_path, read):
    found = read(CONFIG % "csv", table(tmp_path, [text]))
    assert found.births == ["2012-03-14/2012-03-14"] and "birth_time_of_day" not in found.doubts[0]


DAYS = [(2012, 3, 15), (2013, 11, 28), (2011, 7, 5), (2010, 7, 19), (2014, 9, 2), (2015, 4, 8)]


@pytest.mark.parametrize("style", ["{y}-{d:02}-{m:02}", "{m:02}.{d:02}.{y}"])
def test_the_days_that_another_program_swapped_are_told(style, tmp_path, read):
    births = [
        style.format(y=y, m=m, d=d)
        if style[0] == "{" and d <= 12 and "-" in style
        else f"{m:02}.{d:02}.{y}"
        if d <= 12
        else f"{d:02}/{m:02}/{y}"
        for y, m, d in DAYS
    ]
    found = read(CONFIG % "csv", table(tmp_path, births))
    assert "probably swapped" in found.notes
    told = ["birth_probably_swapped" in doubts for doubts in found.doubts]
    assert told == [day <= 12 for _, _, day in DAYS]


@pytest.mark.parametrize("form", ["{d:02}.{m:02}.{y}", "{d:02}/{m:02}/{y}", "{d:02}-{m:02}-{y}"])
def test_a_column_of_one_order_doubts_no_day(form, tmp_path, read):
    found = read(CONFIG % "csv", table(tmp_path, [form.format(y=y, m=m, d=d) for y, m, d in DAYS]))
    assert found.births == [f"{y}-{m:02}-{d:02}/{y}-{m:02}-{d:02}" for y, m, d in DAYS]
    assert not any("birth_day_month_swappable" in doubts for doubts in found.doubts)


def test_a_column_that_writes_the_month_first_is_read_so(tmp_path, read):
    found = read(CONFIG % "csv", table(tmp_path, [f"{m:02}/{d:02}/{y}" for y, m, d in DAYS]))
    assert found.births == [f"{y}-{m:02}-{d:02}/{y}-{m:02}-{d:02}" for y, m, d in DAYS]
    assert "month first" in found.notes


def test_strokes_without_evidence_stay_in_doubt(tmp_path, read):
    found = read(CONFIG % "csv", table(tmp_path, ["05/07/2011", "02/09/2014"]))
    assert all("birth_day_month_swappable" in doubts for doubts in found.doubts)


def test_a_birth_that_makes_no_child_or_contradicts_its_age_is_in_doubt(tmp_path, read):
    found = read(
        CONFIG % "csv", table(tmp_path, ["05.07.1905", "15.03.2012", "15.03.2012", "1985"], ["10", "11", "3", ""])
    )
    adult = ["birth_of_adult" in doubts for doubts in found.doubts]
    assert adult == [True, False, False, True]
    config = "observed_on: 2023-05-01\n" + CONFIG % "csv"
    found = read(config, table(tmp_path, ["15.03.2012", "15.03.2012"], ["11", "3"]))
    assert ["birth_age_differ" in doubts for doubts in found.doubts] == [False, True]


def test_swapped_days_are_told_when_they_are_numbers_of_days(tmp_path, read):
    serial = [str((dt.date(y, d, m) - dt.date(1899, 12, 30)).days) if d <= 12 else f"{d}.{m}.{y}" for y, m, d in DAYS]
    found = read(CONFIG % "csv", table(tmp_path, serial))
    assert ["birth_probably_swapped" in doubts for doubts in found.doubts] == [day <= 12 for _, _, day in DAYS]


@pytest.mark.parametrize("text", ["3/14/2012 12:00:00 AM", "03/14/2012 0:00", "3/14/2012 12:00 am"])
def test_midnight_as_americans_write_it(text, tmp_path, read):
    found = read(CONFIG % "csv", table(tmp_path, [text, "3/15/2012 12:00:00 AM"]))
    assert found.births[0] == "2012-03-14/2012-03-14" and "month first" in found.notes


@pytest.mark.parametrize("mark", ["*", "**", " ³", "¹⁾", " [1]", "[12]"])
def test_marks_of_footnotes_are_no_part_of_a_date(mark, tmp_path, read):
    found = read(CONFIG % "csv", table(tmp_path, [f"15.03.2012{mark}", f"2012{mark}"]))
    assert found.births == ["2012-03-15/2012-03-15", "2012-01-01/2012-12-31"] and "footnote" in found.notes


def test_an_age_in_the_column_of_births_is_that_age_in_doubt(tmp_path, read):
    found = read("observed_on: 2023-05-01\n" + CONFIG % "csv", table(tmp_path, ["8", "12 років", "30.02.2012"]))
    assert found.births[:2] == ["2014-05-02/2015-05-01", "2010-05-02/2011-05-01"] and found.births[2] == ""
    assert all(doubts & {"birth_date_unreadable", "birth_age"} for doubts in found.doubts)


@pytest.mark.parametrize(
    ("age", "birth"),
    [
        ("5-6", "2016-05-02/2018-05-01"),
        ("одинадцять", "2011-05-02/2012-05-01"),
        ("близько 13", "2008-05-02/2011-05-01"),
    ],
)
def test_ages_without_a_unit_in_a_column_of_ages(age, birth, tmp_path, read):
    found = read("observed_on: 2023-05-01\n" + CONFIG % "csv", table(tmp_path, [""], [age]))
    assert found.births == [birth] and "age_unreadable" not in found.doubts[0]


def test_a_column_of_births_that_are_damaged_is_drafted_and_told(tmp_path, read):
    path = table(tmp_path, ["05.07.1905", "31.02.2012", "30.06.", "1) 11.12.2012"])
    found = read(draft(path, title="Список"), path)
    assert len(found.children) == 4
    assert all(doubts & {"birth_date_unreadable", "birth_of_adult"} for doubts in found.doubts)
