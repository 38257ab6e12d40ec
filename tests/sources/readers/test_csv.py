from __future__ import annotations

import csv
import io

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sources import (
    Extracted,
    Problem,
    SourceError,
    read_source,
)
from sources.description.reader_options import CsvOptions
from sources.read_items import (
    Column,
    NonData,
    ReadReport,
    Row,
)
from sources.readers.files import SourceFile
from sources.readers.text import csv as reader

CONFIG = "reader: csv\nkey: id\nfields: {full_name: name, note: {column: note, optional: true}}"
NAMES = [
    "Щербаківська Ганна Їжаківна",
    "Вигаданко Юрій Ґудзевич",
    "Подъячев Эдуард Ильич",
    "Тестенко-Мала Віра",
    "Приходько Лев",
]


def write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def names(records):
    return [record.written["full_name"] for record in records]


@pytest.mark.parametrize(
    ("encoding", "reported"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8 with BOM"),
        ("cp1251", "cp1251"),
        ("koi8-u", "koi8-u"),
        ("cp866", "cp866"),
        ("utf-16", "utf-16 with BOM"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
@pytest.mark.parametrize("capitals", [False, True])
def test_encodings_are_found_and_reported(read_all, tmp_path, encoding, reported, capitals):
    there = [
        name.replace("ї", "і").replace("ґ", "г").replace("Ґ", "Г").replace("і", "и") if encoding == "cp866" else name
        for name in NAMES
    ]
    there = [name.replace("Ї", "И") if encoding == "cp866" else name for name in there]
    there = [name.upper() for name in there] if capitals else there
    there = (
        [name.replace("Ъ", "Ь").replace("Э", "Е").replace("ъ", "ь") for name in there]
        if encoding == "koi8-u"
        else there
    )
    text = "id;name\r\n" + "".join(f"{number};{name}\r\n" for number, name in enumerate(there, 1))
    records, problems, reading = read_all(CONFIG, write(tmp_path / "list.csv", text, encoding))
    assert names(records) == there and not problems
    assert reading.report.facts["encoding"] == reported


@pytest.mark.parametrize("encoding", ["koi8-u", "cp1251", "cp866"])
def test_the_columns_tell_the_encoding_of_a_list_too_short_to_guess(read_all, tmp_path, encoding):
    path = write(tmp_path / "list.csv", "ІМЯ\nАНЯ\n".replace("І", "I" if encoding == "cp866" else "І"), encoding)
    records, _, _ = read_all(f"reader: csv\nfields: {{given: {'Iмя' if encoding == 'cp866' else 'імя'}}}", path)
    assert [record.written["given"] for record in records] == ["АНЯ"]


@pytest.mark.parametrize(("encoding", "name"), [("cp1250", "Wymyślony Łukasz Żółw"), ("cp1252", "Müßig Jürgen Çelik")])
def test_latin_lists_are_not_taken_for_cyrillic(read_all, tmp_path, encoding, name):
    path = write(tmp_path / "list.csv", f"id,name\n1,{name}\n2,{name}\n", encoding)
    records, _, reading = read_all(CONFIG, path)
    assert names(records) == [name, name] and reading.report.facts["encoding"] == encoding


@pytest.mark.parametrize(
    ("declared", "actual"), [("utf-8", "cp1251"), ("cp1251", "utf-8"), ("cp1251", "koi8-u"), ("utf-8", "utf-16")]
)
def test_a_wrong_declared_encoding_is_one_clear_error(describe, tmp_path, declared, actual):
    path = write(tmp_path / "list.csv", "id;name\n" + "".join(f"1;{name}\n" for name in NAMES[:2] + NAMES[3:]), actual)
    text = CONFIG.replace("reader: csv", f"reader: {{kind: csv, encoding: {declared}}}")
    with pytest.raises(SourceError) as caught:
        list(read_source(describe(text), path))
    assert f"not {declared}" in str(caught.value) and f"encoding: {actual}" in str(caught.value)


def test_single_damaged_rows_go_to_quarantine(read_all, tmp_path):
    good = "".join(f"{number};{name}\n" for number, name in enumerate(NAMES * 20)).encode()
    (tmp_path / "list.csv").write_bytes(b"id;name\n" + good + b"900;\xc2\xe8\xe3\n" + b"901;A\x00B\n902;C\n")
    records, problems, reading = read_all(CONFIG, tmp_path / "list.csv")
    assert len(records) == 101
    assert [(problem.reason_code, problem.locator.row) for problem in problems] == [
        ("encoding_damage", 102),
        ("nul_byte", 103),
    ]
    assert "quarantine" in reading.report.notes[0]


@pytest.mark.parametrize(("delimiter", "reported"), [(";", ";"), (",", ","), ("\t", "tab"), ("|", "|")])
def test_delimiters(read_all, tmp_path, delimiter, reported):
    text = (
        delimiter.join(["id", "name", "note"]) + "\n" + delimiter.join(["1", "Вигаданко Ганна", '"a, b; c | d"']) + "\n"
    )
    records, _, reading = read_all(CONFIG, write(tmp_path / "list.csv", text))
    assert records[0].written == {"full_name": "Вигаданко Ганна", "note": "a, b; c | d"}
    assert reading.report.facts["delimiter"] == reported


def test_excel_s_hint_of_a_delimiter(read_all, tmp_path):
    records, _, reading = read_all(CONFIG, write(tmp_path / "list.csv", "sep=;\nid;name\n1;Вигаданко, Ганна\n"))
    assert names(records) == ["Вигаданко, Ганна"] and reading.counts.rows_read == 1


def test_rows_are_numbered_by_physical_line(read_all, tmp_path):
    text = 'id,name,note\n1,Один,"two\nlines"\n\n2,Два,\n'
    records, _, _ = read_all(CONFIG, write(tmp_path / "list.csv", text))
    assert [(record.locator.row, record.written.get("note")) for record in records] == [(2, "two\nlines"), (5, None)]


def test_rows_of_another_width(read_all, tmp_path):
    text = "id,name,note\n1,Один\n2,Два,,\n3,Три,x,y\n4,Чотири,\n"
    records, problems, _ = read_all(CONFIG, write(tmp_path / "list.csv", text))
    assert names(records) == ["Два", "Чотири"]
    assert [(problem.reason_code, problem.locator.row) for problem in problems] == [
        ("wrong_cell_count", 2),
        ("wrong_cell_count", 4),
    ]
    assert problems[1].reason == "the row has 4 cells where the header has 3" and problems[1].written == {
        "other": ["3", "Три", "x", "y"]
    }


@pytest.mark.parametrize("text", ["id;name;\n1;Один\n2;Два;\n", "id;name\n1;Один;\n2;Два;;\n"])
def test_empty_cells_at_the_end_of_lines_do_no_harm(read_all, tmp_path, text):
    records, problems, _ = read_all(CONFIG, write(tmp_path / "list.csv", text))
    assert names(records) == ["Один", "Два"] and not problems


@pytest.mark.parametrize("after", [3, 1000])
def test_an_unclosed_quote_costs_its_row_only(read_all, tmp_path, after):
    rows = [f"{number},Особа {number}" for number in range(2, after + 2)]
    text = "id,name\n" + '1,"Особа\n' + "\n".join(rows) + "\n"
    records, problems, _ = read_all(CONFIG, write(tmp_path / "list.csv", text))
    assert [(problem.reason_code, problem.locator.row) for problem in problems] == [("unclosed_quote", 2)]
    assert [record.key for record in records] == [str(number) for number in range(2, after + 2)]
    assert records[-1].locator.row == after + 2


@pytest.mark.parametrize("size", [110_000, 140_000, 10_000_000])
def test_giant_cells_are_problems_and_the_rest_is_read(read_all, tmp_path, size):
    text = f"id,name\n1,Один\n2,{'А' * size}\n3,Три\n"
    records, problems, _ = read_all(CONFIG, write(tmp_path / "list.csv", text))
    assert names(records) == ["Один", "Три"]
    (problem,) = problems
    assert problem.locator.row == 3 and "too_long" in problem.reason_code
    assert len(str(problem.written)) < 1000


def test_a_quote_that_swallows_the_whole_sample(read_all, tmp_path):
    lines = "".join(f"{number},Особа {'x' * 9_000}\n" for number in range(2, 90))
    records, problems, _ = read_all(CONFIG, write(tmp_path / "list.csv", f'id,name\n1,"Особа\n{lines}'))
    assert len(records) == 88 and [problem.locator.row for problem in problems] == [2]


def test_a_giant_line_within_an_open_quote(read_all, tmp_path):
    text = f'id,name\n1,"Особа\n2,Два\n3,{"А" * 5_000_000}\n4,Чотири\n'
    records, problems, _ = read_all(CONFIG, write(tmp_path / "list.csv", text))
    assert names(records) == ["Два", "Чотири"]
    assert [(problem.reason_code, problem.locator.row) for problem in problems] == [
        ("unclosed_quote", 2),
        ("line_too_long", 4),
    ]


def test_titles_repeated_headers_and_footnotes(read_all, tmp_path):
    config = """
reader: {kind: csv, titles: 'до (?P<region>\\w+) (?P<transferred_on>[\\d.]+)', skip: ['^Усього', '^\\*']}
key: id
fields: {full_name: ПІБ}
"""
    text = (
        "Список до Вигаданії 01.02.2023,,\n,,\nId,П І Б,x\n1,Один,\nid,п і б,X\n2,Два,\n"
        "Список до Казкового 05.06.2023,,\n3,Три,\nУсього: 3,,\n* примітка,,\n"
    )
    records, problems, reading = read_all(config.replace("ПІБ", "П  і б"), write(tmp_path / "list.csv", text))
    assert [(record.written["region"], record.written["transferred_on"]) for record in records] == [
        ("Вигаданії", "01.02.2023"),
        ("Вигаданії", "01.02.2023"),
        ("Казкового", "05.06.2023"),
    ]
    assert records[2].locator.cells["region"] == "A7"
    assert not problems and (reading.counts.rows_read, reading.counts.non_data) == (7, 4)


def test_reading_is_a_stream(describe, tmp_path):
    path = tmp_path / "list.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("id,name\n")
        file.writelines(f"{number},Особа\n" for number in range(300_000))
    reading = read_source(describe(CONFIG), path)
    first = next(iter(reading))
    assert first.key == "0" and reading.counts.rows_read == 1


cells = st.text(st.characters(codec="utf-8"), max_size=12)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.one_of(st.binary(max_size=400), st.text(alphabet='a1;,"\n\r\t\x00Їя', max_size=200).map(str.encode)))
@example(b'id,name\n"\n"\n"')
@example(b"\xff\xfeid,name")
def test_no_bytes_crash_the_reader_and_counts_add_up(read_all, tmp_path, data):
    path = tmp_path / "list.csv"
    path.write_bytes(b"id,name\n" + data)
    try:
        read_all(CONFIG, path)
    except SourceError as error:
        assert "\n" not in str(error)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(cells, cells), min_size=1, max_size=8),
    delimiter=st.sampled_from([";", ",", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_a_writer_writes_is_read_back(tmp_path, rows, delimiter, encoding):
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([("name", "note"), *rows])
    path = tmp_path / "list.csv"
    path.write_bytes(buffer.getvalue().encode(encoding))
    columns = [Column("name", "fields.full_name"), Column("note", "fields.note")]
    items = list(reader.read(SourceFile(path, "list.csv"), CsvOptions(), columns, ReadReport()))
    expected = [(name.strip(), note.strip()) for name, note in rows if name.strip() or note.strip()]
    assert len(items) == len(expected)
    for item, (name, note) in zip(items, expected, strict=True):
        if isinstance(item, Row):
            assert dict(item.cells) == {"name": name, "note": note}
        else:
            assert isinstance(item, NonData) or item.code in ("nul_byte", "unclosed_quote")


def test_results_are_records_or_problems_only(describe, tmp_path):
    path = write(tmp_path / "list.csv", "id,name\n1,Один\n2\n")
    assert [type(item) for item in read_source(describe(CONFIG), path)] == [Extracted, Problem]
