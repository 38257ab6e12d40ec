"""Dates judged as a column, and as a day of a child's birth: right, or in doubt."""

from __future__ import annotations

import pytest

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
