"""Cells that tell of more than one person: several children, brothers and sisters, parents."""

from __future__ import annotations

import pytest

from sources import Problem, load_config, read_source
from sources.extraction.children import Child, children_of

HEADER = "№;Діти;Дата;Родина;Батьки\n"
SEVERAL = """\
language: uk
reader: csv
key: №
fields:
  full_name: {column: Діти, split: ';|\\n', pattern: '^[^,(\\d]+'}
  birth_date: {column: Діти, split: ';|\\n', pattern: '\\d\\d\\.\\d\\d\\.\\d{4}|\\d{4}'}
  sex: {column: Діти, split: ';|\\n', pattern: 'хлопчик|дівчинка', map: {хлопчик: m, дівчинка: f}}
  last_place: Родина
derived: {cell_siblings: true, full_name_order: surname given patronymic}
"""


def read(tmp_path, config, *rows):
    (tmp_path / "list.yaml").write_text(config, encoding="utf-8")
    (tmp_path / "list.csv").write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    description = load_config(tmp_path / "list.yaml")
    reading = read_source(description, tmp_path / "list.csv")
    found = []
    for item in reading:
        found += [item] if isinstance(item, Problem) else children_of(item, description)
    counts = reading.counts
    assert counts.rows_read == counts.records + counts.quarantined + counts.non_data
    return found


def test_several_children_in_one_cell(tmp_path):
    cell = '"Вигаданко Ганна Петрівна (дівчинка), 12.03.2012 р.н.; Вигаданко Іван, 2015\nВигаданко Левко, хлопчик;"'
    one, two, three = read(tmp_path, SEVERAL, f"7;{cell};;Херсон;")
    assert [child.item.key for child in (one, two, three)] == ["7/1", "7/2", "7/3"]
    assert one.item.written == {
        "full_name": "Вигаданко Ганна Петрівна",
        "birth_date": "12.03.2012",
        "sex": "дівчинка",
        "last_place": "Херсон",
        "siblings": ["Вигаданко Іван", "Вигаданко Левко"],
    }
    assert one.meant.values["siblings"] == ["Іван", "Левко"] and one.meant.values["sex"] == "f"
    assert two.meant.values["birth"] == "2015-01-01/2015-12-31" and "sex" not in two.item.written
    assert "birth" not in three.meant.values and three.meant.values["sex"] == "m"
    assert three.item.locator.part == 3 and three.item.locator.cells["full_name"] == "B2"


def test_one_child_in_such_a_cell_is_a_plain_record(tmp_path):
    (child,) = read(tmp_path, SEVERAL, "8;Вигаданко Ганна, 2012;;Херсон;")
    assert child.item.key == "8" and child.item.written["full_name"] == "Вигаданко Ганна"
    assert child.item.written["birth_date"] == "2012" and child.item.locator.part is None


def test_without_a_word_of_kinship_no_siblings_are_made(tmp_path):
    apart = SEVERAL.replace("cell_siblings: true, ", "")
    found = read(tmp_path, apart, '9;"Вигаданко Ганна; Тестенко Олег";;Херсон;')
    assert all("siblings" not in child.item.written for child in found) and len(found) == 2


def test_dates_in_a_cell_of_their_own_must_be_as_many(tmp_path):
    text = SEVERAL.replace(
        "{column: Діти, split: ';|\\n', pattern: '\\d\\d\\.", "{column: Дата, split: ',', pattern: '\\d\\d\\."
    )
    names = '"Вигаданко Ганна; Вигаданко Іван"'
    one, two = read(tmp_path, text, f'1;{names};"12.03.2012, 2015";;')
    assert (one.item.written["birth_date"], two.item.written["birth_date"]) == ("12.03.2012", "2015")
    (problem,) = read(tmp_path, text, f'1;{names};"12.03.2012, 2015, 2016";;')
    assert isinstance(problem, Problem)
    assert (problem.reason_code, problem.reason) == ("parts_differ", "2 children, but 3 parts in birth_date")


@pytest.mark.parametrize(
    ("language", "cell", "siblings"),
    [
        ("uk", "сестра Марта (2014 р.н.), брат Іван", ["Марта", "Іван"]),
        ("ru", "сестра Марфа, 9 лет; брат Иван 2012 г.р.", ["Марфа", "Иван"]),
        ("uk", "немає", None),
    ],
)
def test_siblings_from_a_cell(tmp_path, language, cell, siblings):
    config = f"""\
language: {language}
reader: csv
key: №
fields:
  full_name: Діти
  siblings: {{column: Родина, split: '[,;]', pattern: '(?:брат|сестра)\\s+(.+)'}}
"""
    (child,) = read(tmp_path, config, f'1;Вигаданко Ганна;;"{cell}";')
    assert isinstance(child, Child)
    assert child.meant.values.get("siblings") == siblings


def test_parents_from_a_cell(tmp_path):
    config = """\
language: uk
reader: csv
key: №
fields:
  full_name: Діти
  mother: {column: Батьки, pattern: '(?:мати|мама)[:\\s-]+([^,;\\d]+)'}
  father: {column: Батьки, pattern: '(?:батько|тато)[:\\s-]+([^,;\\d]+)'}
  contact: {column: Батьки, pattern: '\\+?\\d[\\d -]{8,}'}
"""
    cell = '"Мати: Вигаданко Олена Іванівна, +380 00 000 00 01; батько - Тестенко Петро"'
    (child,) = read(tmp_path, config, f"1;Вигаданко Ганна Петрівна;;;{cell}")
    assert child.meant.values["mother"] == ["Вигаданко", "Олена", "Іванівна"]
    assert child.meant.values["father"] == ["Тестенко", "Петро", ""]
    assert child.item.written["contact"] == "+380 00 000 00 01"
    assert "doubts" not in child.meant.values


@pytest.mark.parametrize(
    ("language", "text", "birth"),
    [
        ("uk", "12 березня 2012 року", "2012-03-12/2012-03-12"),
        ("ru", "12 марта 2012 г.", "2012-03-12/2012-03-12"),
        ("en", "March 12, 2012", "2012-03-12/2012-03-12"),
        ("uk", "листопад 2012", "2012-11-01/2012-11-30"),
        ("uk", "40980", "2012-03-12/2012-03-12"),
        ("uk", "40980.5", "2012-03-12/2012-03-12"),
    ],
)
def test_dates_with_a_language_and_serial_dates_of_spreadsheets(tmp_path, language, text, birth):
    config = f"language: {language}\nreader: csv\nkey: №\nfields: {{full_name: Діти, birth_date: Дата}}\n"
    (child,) = read(tmp_path, config, f'1;Вигаданко Ганна;"{text}";;')
    assert child.meant.values["birth"] == birth


def test_the_language_of_each_row(tmp_path):
    config = """\
reader: csv
key: №
language_column: {column: Родина, map: {укр: uk, рос: ru}}
fields: {full_name: Діти, birth_date: Дата}
"""
    rows = ["1;Вигаданко Ганна;12 березня 2012;укр;", "2;Вымышленная Анна;12 марта 2012;рос;"]
    one, two = read(tmp_path, config, *rows)
    assert (one.item.language, two.item.language) == ("uk", "ru")
    assert one.meant.values["birth"] == two.meant.values["birth"] == "2012-03-12/2012-03-12"
