"""A draft must read the file it was made from, and tell the columns that a person would tell."""

from __future__ import annotations

import json
import re
import zipfile

import docx
import openpyxl
import pytest
import yaml
from jsonschema import validate
from typer.testing import CliRunner

from pipelines.cli.main import app
from sources import json_schema, load_config
from sources.column_names import field_of
from sources.description import yaml_document
from sources.drafting import draft, slug_of
from sources.drafting.write import quoted
from sources.errors import SourceError

UK = [
    ["Реєстр. №", "Прізвище, ім'я, по батькові дитини", "Стать", "Дата нар.", "Місце проживання", "ПІБ матері", "Тел."],
    ["А-1", "Вигаданко Ганна Петрівна", "ж", "12.03.2012", "м. Херсон", "Вигаданко Олена", "+380 00 000 00 01"],
    ["А-2", "Тестенко Олег Іванович", "ч", "05.2014", "Маріуполь", "", "+380 00 000 00 02"],
    ["А-3", "Примеренко Марія Іванівна", "ж", "2015", "", "Примеренко Ольга", ""],
]
RU = [
    ["№", "Фамилия", "Имя", "Отчество", "Год рождения", "Откуда", "Куда направлен", "Примечание"],
    ["1", "Вымышленная", "Анна", "Петровна", "2012", "г. Мариуполь", "Тестовая область", "брат Иван"],
    ["2", "Тестенко", "Олег", "Иванович", "2014", "Херсон", "Тестовая область", ""],
]
EN = [
    ["id", "Name", "Age", "Town", "Last seen", "Phone"],
    ["r1", "Hanna Vyhadanko", "11", "Kherson", "Mariupol", "+380000000001"],
    ["r2", "Oleh Testenko", "9", "Mariupol", "Kherson", ""],
]
BARE = [
    ["17", "Вигаданко", "Ганна", "Петрівна", "12.03.2012", "ж", "м. Херсон"],
    ["18", "Тестенко", "Олег", "Іванович", "05.11.2014", "ч", "Маріуполь"],
    ["19", "Примеренко", "Марія", "Іванівна", "01.01.2015", "ж", "Бердянськ"],
]


def rows_csv(rows, delimiter=";"):
    return "\n".join(delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in row) for row in rows) + "\n"


@pytest.fixture
def drafted(tmp_path, read_all):
    """Draft a description of a file, load it, and read the file by it."""

    def make(path):
        text = draft(path)
        (tmp_path / "draft.yaml").write_text(text, encoding="utf-8")
        config = load_config(tmp_path / "draft.yaml")
        validate(yaml.safe_load(text), json_schema())
        records, problems, _ = read_all(config, path)
        return config, records, problems, text

    return make


def columns(config):
    return {name: spec.column for name, spec in config.fields.items()}


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "cp1251", "koi8-u", "utf-16"])
def test_a_ukrainian_csv(drafted, tmp_path, coding):
    text = rows_csv(UK).replace("№", "N") if coding == "koi8-u" else rows_csv(UK)
    (tmp_path / "list.csv").write_bytes(text.encode(coding))
    config, records, problems, text = drafted(tmp_path / "list.csv")
    assert not problems and [record.key for record in records] == ["А-1", "А-2", "А-3"]
    assert columns(config) == {
        "full_name": "Прізвище, ім'я, по батькові дитини",
        "sex": "Стать",
        "birth_date": "Дата нар.",
        "last_place": "Місце проживання",
        "mother": "ПІБ матері",
        "contact": "Тел.",
    }
    assert records[0].mapped["sex"] == "f" and config.language == "uk"
    assert config.derived.full_name_order == "surname given patronymic"
    assert "encoding found: " in text and "delimiter found: ;" in text and "legal_basis: ''  # TODO" in text
    assert "Вигаданко" not in text and "000" not in text, "a draft holds no value of a cell"


def test_a_russian_workbook_with_titles_totals_and_a_hidden_sheet(drafted, tmp_path):
    book = openpyxl.Workbook()
    for number in (1, 2):
        sheet = book.active if number == 1 else book.create_sheet(f"Этап {number}")
        sheet.append([f"Список детей, направленных из Интерната № {number} в Тестовую область 12.03.2023"])
        sheet.merge_cells("A1:H1")
        for row in [*RU, ["Всего: 2"], ["* сверено"]]:
            sheet.append(row)
    book.create_sheet("Скрытый").sheet_state = "hidden"
    book.save(tmp_path / "list.xlsx")
    config, records, problems, text = drafted(tmp_path / "list.xlsx")
    assert not problems
    assert [record.key for record in records] == ["Sheet/1", "Sheet/2", "Этап 2/1", "Этап 2/2"]
    assert records[2].written["institution"] == "Интерната № 2"
    assert records[0].written["transferred_on"] == "12.03.2023" and records[0].observed_on == "12.03.2023"
    assert records[0].written["region"] == "Тестовая область"
    assert config.language == "ru" and "'Скрытый' is hidden" in text


def test_an_english_csv(drafted, tmp_path):
    (tmp_path / "list.csv").write_text(rows_csv(EN, ","))
    config, records, _, _ = drafted(tmp_path / "list.csv")
    assert columns(config) == {"full_name": "Name", "age": "Age", "last_place": "Town", "contact": "Phone"}
    assert config.language == "en" and config.derived.full_name_order == "given surname" and len(records) == 2


def test_a_list_without_header_by_its_values(drafted, tmp_path):
    (tmp_path / "list.csv").write_text(rows_csv(BARE, "\t"), encoding="utf-8")
    config, records, problems, text = drafted(tmp_path / "list.csv")
    assert not problems and [record.key for record in records] == ["17", "18", "19"]
    assert columns(config) == {
        "surname": "B",
        "given": "C",
        "patronymic": "D",
        "birth_date": "E",
        "sex": "F",
        "last_place": "G",
    }
    assert text.count("# TODO: guessed from the values") >= 6


def test_several_header_rows_and_several_children_in_one_cell(drafted, tmp_path):
    book = openpyxl.Workbook()
    for row in [
        ["Станом на 01.09.2023"],
        ["№", "Діти", "", "Заклад"],
        ["", "ПІБ", "Дата народження", ""],
        [1, "Вигаданко Ганна; Вигаданко Іван", "12.03.2012", "Школа № 5"],
        [2, "Тестенко Олег", "05.11.2014", "Школа № 6"],
    ]:
        book.active.append(row)
    book.active.merge_cells("B2:C2")
    book.save(tmp_path / "list.xlsx")
    config, records, _, text = drafted(tmp_path / "list.xlsx")
    assert config.fields["full_name"].column == "Діти / ПІБ" and config.fields["full_name"].split
    assert records[0].written["full_name"] == ["Вигаданко Ганна", "Вигаданко Іван"]
    assert records[0].observed_on == "01.09.2023" and "header found in row 2, 3" in text


def test_word_tables_and_word_lists(drafted, tmp_path):
    document = docx.Document()
    document.add_paragraph("Список детей, направленных из Интерната № 5 в Тестовую область 12.03.2023")
    table = document.add_table(rows=0, cols=8)
    for row in RU:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.save(tmp_path / "list.docx")
    config, records, _, _ = drafted(tmp_path / "list.docx")
    assert config.fields["surname"].column == "Фамилия" and records[0].written["institution"] == "Интерната № 5"
    document = docx.Document()
    for line in [
        "Список детей 12.03.2023",
        "1. Вымышленная Анна Петровна, 12.03.2012 г.р., Херсон",
        "2) Тестенко О. И., 2014",
    ]:
        document.add_paragraph(line)
    document.save(tmp_path / "lines.docx")
    config, records, problems, _ = drafted(tmp_path / "lines.docx")
    assert [record.written["birth_date"] for record in records] == ["12.03.2012", "2014"] and not problems


def test_cards_of_a_page(drafted, tmp_path):
    card = '<article class="card" data-number="{0}"><h2 class="name">{1}</h2><dl><dt>Пол</dt><dd>{2}</dd>'
    card += "<dt>Дата рождения</dt><dd>{3}</dd><dt>Регион</dt><dd>Тестовая область</dd></dl></article>"
    page = card.format("23-1", "Анна", "девочка", "март 2012") + card.format("23-2", "Олег", "мальчик", "2014")
    (tmp_path / "cards.html").write_text(f"<html><body>{page}</body></html>", encoding="utf-8")
    config, records, _, _ = drafted(tmp_path / "cards.html")
    assert [record.key for record in records] == ["23-1", "23-2"]
    assert records[0].written["given"] == "Анна" and records[0].mapped["sex"] == "f"
    assert columns(config)["birth_date"] == "Дата рождения"


@pytest.mark.parametrize("name", ["list.json", "list.jsonl"])
def test_json(drafted, tmp_path, name):
    people = [
        {"id": 7, "person": {"full_name": "Вигаданко Ганна", "dob": "2012-03-12"}, "extra": None},
        {"id": 8, "person": {"full_name": "Тестенко Олег", "dob": "2014"}, "siblings": [{"name": "Тестенко Марта"}]},
    ]
    lines = "\n".join(json.dumps(each, ensure_ascii=False) for each in people)
    text = lines if name.endswith("l") else json.dumps({"made": "2023", "people": people}, ensure_ascii=False, indent=1)
    (tmp_path / name).write_text(text, encoding="utf-8")
    config, records, _, _ = drafted(tmp_path / name)
    assert columns(config) == {
        "full_name": "person.full_name",
        "birth_date": "person.dob",
        "siblings": "siblings[].name",
    }
    assert [record.key for record in records] == ["7", "8"]


def test_telegram_and_articles(drafted, tmp_path):
    chat = {
        "name": "Пошук",
        "messages": [{"id": 1, "type": "message", "date": "2023-05-10T10:00:00", "text": "Марта, 9"}],
    }
    (tmp_path / "result.json").write_text(json.dumps(chat, ensure_ascii=False), encoding="utf-8")
    assert drafted(tmp_path / "result.json")[0].reader.kind == "telegram"
    (tmp_path / "news.txt").write_text(
        "Шукають рідних\n\nУ Херсоні, кажуть, шукають Марту.\nЇй 9 років.\n", encoding="utf-8"
    )
    config, records, _, _ = drafted(tmp_path / "news.txt")
    assert (config.reader.kind, config.finds_mentions, len(records)) == ("text", True, 1)


def test_a_zip_of_one_kind_and_of_several(drafted, tmp_path):
    with zipfile.ZipFile(tmp_path / "one.zip", "w") as archive:
        archive.writestr("a.csv", rows_csv(UK))
        archive.writestr("b.csv", rows_csv(UK))
    config, records, problems, _ = drafted(tmp_path / "one.zip")
    assert config.reader.kind == "csv" and len(records) == 6 and not problems
    assert len({record.key for record in records}) == 6, "both files begin with one number"
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a.csv", rows_csv(UK))
        archive.writestr(
            "b.json", json.dumps([{"id": "7", "full_name": "Тестенко Олег"}, {"id": "8", "full_name": "Х"}])
        )
    config, records, problems, _ = drafted(tmp_path / "two.zip")
    assert config.reader.kind == "zip" and len(records) + len(problems) == 5


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("По батькові", "patronymic"),
        ("Батько", "father"),
        ("ПІБ батька", "father"),
        ("Свідоцтво про народження", "birth_certificate"),
        ("Місце народження", "birthplace"),
        ("Ф.И.О.", "full_name"),
        ("Фамилия, имя, отчество", "full_name"),
        ("Дата рождения", "birth_date"),
        ("Date of birth", "birth_date"),
        ("Дата нар.", "birth_date"),
        ("Кількість братів і сестер", "sibling_count"),
        ("№ п/п", "key"),
        ("Останнє відоме місце", "last_place"),
        ("Дитина / Прізвище", "surname"),
        ("Школа", "institution"),
        ("Колір очей", "eyes"),
        ("Дата вибуття", "transferred_on"),
        ("Щось інше", ""),
    ],
)
def test_headers_in_three_languages(name, field):
    assert field_of(name) == field


@pytest.mark.parametrize("text", ["Ім'я", "a: b", "no", "{x}", "- a", "№", "#1", "a, b", "x  y", "'", "123", "[1]"])
def test_names_of_columns_survive_yaml(text):
    document = yaml_document.parse(f"a: {quoted(text)}\nb: {{column: {quoted(text)}}}\n".encode(), "x")
    assert document.data == {"a": text, "b": {"column": text}}


def test_the_command_writes_a_description_once(tmp_path, monkeypatch):
    monkeypatch.setenv("RIDNI_HOME", str(tmp_path / "home"))
    (tmp_path / "Мій список.csv").write_text(rows_csv(UK), encoding="utf-8")
    runner = CliRunner()
    out = tmp_path / "sources"
    arguments = ["sources", "new", str(tmp_path / "Мій список.csv"), "--folder", str(out)]
    done = runner.invoke(app, arguments)
    assert done.exit_code == 0, done.output
    path = out / "mii_spysok.yaml"
    assert load_config(path).key == "Реєстр. №" and "TODO" in done.output and "mii_spysok.yaml" in done.output
    before = path.read_bytes()
    again = runner.invoke(app, arguments)
    assert again.exit_code != 0 and "exists already" in str(again.exception) and path.read_bytes() == before
    (schema,) = re.findall(r"\$schema=(.+)", path.read_text(encoding="utf-8"))
    assert json.loads((out / schema).read_text(encoding="utf-8")) == json_schema()
    other = runner.invoke(app, [*arguments, "--slug", "other"])
    assert other.exit_code == 0 and (out / "other.yaml").is_file()
    wrong = runner.invoke(app, [*arguments, "--slug", "../x"])
    assert wrong.exit_code != 0 and not (tmp_path / "x.yaml").exists()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("list.xlsx", "name;dob\nx;1\n", "not what its name ending .xlsx says"),
        (
            "list.xml",
            '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "x">]><pfif>&a;</pfif>',
            "document type declaration",
        ),
        ("list.json", "[" * 20_000, "no JSON object can be read in it"),
    ],
)
def test_nothing_is_drafted_that_the_readers_would_refuse(tmp_path, name, content, told):
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(SourceError, match=told):
        draft(tmp_path / name)


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("Вигаданко Ганна;м. Херсон;сирота\nТестенко Олег;Маріуполь;\n", "none"),
        ("Примеренко;Бердянськ\nТестенко;Маріуполь\n", "none"),
        ("Вигаданко;Ганна;сирота\nТестенко;Олег;\n", "none"),
        ("№;Діти;Батьки\n1;Коваль Марта, 2012 р.н.;мати: Коваль Олена\n2;Ткач Олег, 2011;\n", "auto"),
        ("Діти;День;Місяць\nКоваль Петро;12;3\nТкач Олег;1;5\n", "auto"),
    ],
)
def test_no_child_is_taken_for_a_header(drafted, tmp_path, text, header):
    (tmp_path / "list.csv").write_text(text, encoding="utf-8")
    config, records, _, yaml_text = drafted(tmp_path / "list.csv")
    assert not re.search("Вигаданко|Ганна|Примеренко|Марта|Олена|Херсон|Бердянськ", yaml_text)
    assert config.reader.header == header and len(records) == 2


def test_slugs():
    assert slug_of("Список дітей — 2023 (нова версія)") == "spysok_ditei_2023_nova_versiia"
    assert slug_of("***") == ""


@pytest.mark.parametrize("name", ["/", " / ", "-", "a/" * 5_000, "a." * 5_000, "1-/", "/" * 5_000])
def test_a_header_of_signs_alone_names_no_field(name):
    assert field_of(name) == ""
