from __future__ import annotations

import pytest

from sources import SourceError, read_source

HEADER = "id,surname,given,born,year,seen,sibs,lang,city,region"
LINE = "7,Вигаданко,Марія,—,2012,2023-04-01,Оля; Петро\n,укр,Тестове,Край"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(f'{HEADER}\n7,Вигаданко,Марія,—,2012,2023-04-01,"Оля; Петро",укр,Тестове,Край\n', encoding="utf-8")
    return path


def only(read_all, text, path, **names):
    records, problems, _ = read_all(text, path, **names)
    assert not problems
    (record,) = records
    return record


def test_one_column_may_feed_several_fields_and_several_one(read_all, table):
    record = only(
        read_all,
        """
reader: csv
key: id
language: ru
language_column: {column: lang, map: {укр: uk}}
observed_on: seen
empty: ['—']
fields:
  full_name: [surname, given]
  surname: surname
  birth_date: {any_of: [born, year]}
  siblings: sibs
  last_place: {columns: [city, region], join: ', '}
  other: {column: seen, pattern: '^(\\d{4})', map: {'2023': this year}}
  note: {constant: from the list}
defaults: {region: unknown, surname: never used}
""",
        table,
    )
    assert record.key == "7"
    assert record.language == "uk"
    assert record.observed_on == "2023-04-01"
    assert record.written == {
        "full_name": "Вигаданко Марія",
        "surname": "Вигаданко",
        "birth_date": "2012",
        "siblings": ["Оля", "Петро"],
        "last_place": "Тестове, Край",
        "other": "2023",
        "note": "from the list",
        "region": "unknown",
    }
    assert record.mapped == {"other": "this year"}, "what is written stays as written"
    assert record.meant["other"] == "this year"
    assert record.locator.to_json() == {
        "row": 2,
        "cells": {
            "full_name": "B2, C2",
            "surname": "B2",
            "birth_date": "E2",
            "siblings": "G2",
            "last_place": "I2, J2",
            "other": "F2",
        },
    }


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("id", "7"),
        ("[id, surname]", "7/Вигаданко"),
        ("'{region}-{id}'", "Край-7"),
        ("'{file}#{row}'", "list.csv#2"),
    ],
)
def test_keys(read_all, table, key, expected):
    assert only(read_all, f"reader: csv\nkey: {key}\nfields: {{given: given}}", table).key == expected


def test_without_a_key_rows_of_two_files_differ_and_those_of_one_do_not(read_all, table, tmp_path):
    text = "reader: csv\nfields: {given: given}"
    first = only(read_all, text, table).key
    copy = tmp_path / "copy.csv"
    copy.write_bytes(table.read_bytes())
    assert only(read_all, text, copy).key == first
    copy.write_bytes(table.read_bytes() + b"\n\n")
    assert only(read_all, text, copy).key != first
    assert only(read_all, text, table, file_id="f" * 64).key == "ffffffffffff/2"


def test_context_of_the_file_name_feeds_fields_and_the_date(read_all, table):
    text = """
reader:
  kind: csv
  file_name: '(?P<region>[a-z]+)_(?P<observed_on>\\d{4}-\\d\\d)'
fields: {given: given}
"""
    record = only(read_all, text, table, name="kherson_2023-05.csv")
    assert (record.written["region"], record.observed_on) == ("kherson", "2023-05")
    assert record.locator.cells["region"] == "file name"


def test_rows_that_tell_of_nobody_or_have_no_key_are_problems_without_names(read_all, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("id,name,dob\n1,,2011\n,Таємничук Ганна,2012\n3,н/д,2013\n4,Відомий,2014\n", encoding="utf-8")
    text = "reader: csv\nkey: id\nempty: [Н/Д]\nfields: {full_name: name, birth_date: dob}"
    records, problems, reading = read_all(text, path)
    assert [record.key for record in records] == ["4"]
    assert [(problem.reason_code, problem.locator.row) for problem in problems] == [
        ("no_name", 2),
        ("no_key", 3),
        ("no_name", 4),
    ]
    assert problems[1].written == {"full_name": "Таємничук Ганна", "birth_date": "2012"}
    assert not any("Таємничук" in problem.reason for problem in problems)
    assert reading.non_data == 0


def test_absent_columns_are_one_clear_error(describe, table):
    reading = read_source(describe("reader: csv\nkey: id\nfields: {surname: Surnmae, given: given, eyes: очі}"), table)
    with pytest.raises(SourceError) as caught:
        list(reading)
    message = str(caught.value)
    assert (
        "list.csv: no column 'Surnmae' for fields.surname (nearest is 'surname'); no column 'очі' for fields.eyes"
        in message
    )
    assert "'id', 'surname', 'given'" in message and "\n" not in message
    assert "list.csv" not in caught.value.private


def test_an_optional_column_may_be_absent(read_all, table):
    text = "reader: csv\nfields: {given: given, eyes: {column: очі, optional: true}, hair: {any_of: [волосся, city]}}"
    assert only(read_all, text, table).written == {"given": "Марія", "hair": "Тестове"}


def test_a_list_without_header_never_shows_its_rows(describe, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("1,Таємничук Ганна,2012\n2,Інша Особа,2013\n", encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        list(read_source(describe("reader: csv\nfields: {full_name: name}"), path))
    assert "Таємничук" not in str(caught.value) and "header: none" in str(caught.value)


def test_a_list_without_header_is_read_by_letters(read_all, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("1,Вигаданко Ганна,2012\n2,Інша Особа,2013\n", encoding="utf-8")
    records, _, _ = read_all("reader: {kind: csv, header: none}\nkey: A\nfields: {full_name: B, birth_date: C}", path)
    assert [(record.key, record.written["full_name"]) for record in records] == [
        ("1", "Вигаданко Ганна"),
        ("2", "Інша Особа"),
    ]


def test_mentions_are_looked_for_where_there_is_only_text(describe):
    assert describe("reader: telegram\nfields: {text: text}").finds_mentions
    assert not describe("reader: csv\nfields: {text: a, full_name: b}").finds_mentions
    assert describe("reader: csv\nfields: {text: a, full_name: b}\nderived: {mentions: true}").finds_mentions


def test_under_consent_a_dash_or_none_is_a_doubt_and_no_empty_cell(read_all, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("id,name,consent,eyes\n1,Вигаданко Марія,Немає,немає\n2,Вигаданко Оля,?,?\n3,Вигаданко Надя,н/д,\n")
    text = "reader: csv\nkey: id\nfields: {full_name: name, consent: consent, eyes: eyes}\n"
    records, _, _ = read_all(text, path)
    assert [record.written.get("consent", "") for record in records] == ["Немає", "?", ""]
    assert not any("eyes" in record.written for record in records)
    records, _, _ = read_all(text + "empty: ['?']\n", path)
    assert [record.written.get("consent", "") for record in records] == ["Немає", "", ""]
