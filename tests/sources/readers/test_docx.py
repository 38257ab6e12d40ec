from __future__ import annotations

import docx
import pytest
from docx.enum.section import WD_SECTION
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from sources import SourceError, read_source

CONFIG = """
language: ru
reader:
  kind: docx
  titles:
    - 'направленных из (?P<institution>.+) в (?P<region>.+?) (?P<transferred_on>\\d\\d\\.\\d\\d\\.\\d{4})'
  skip: ['^(Всего|Итого)', '^\\*']
key: '{table}/{№}'
observed_on: {context: transferred_on}
fields:
  full_name: ФИО
  birth_date: Ребёнок / Дата рождения
  last_place: Откуда
"""


def transfer(document, number, place, day, children):
    """Write a title paragraph and its table: two header rows with merged cells, a repeated header, a total."""
    document.add_paragraph(f"Список детей, направленных из Интерната № {number} в {place} {day}", style="Heading 1")
    document.add_paragraph("Утверждаю. Директор")
    table = document.add_table(rows=2, cols=4, style="Table Grid")
    for at, text in enumerate(["№", "Ребёнок", "", "Откуда"]):
        table.cell(0, at).text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(0, 3).merge(table.cell(1, 3))
    table.cell(1, 1).text, table.cell(1, 2).text = "ФИО", "Дата рождения"
    for child in children:
        for cell, text in zip(table.add_row().cells, child, strict=True):
            cell.text = text
    total = table.add_row().cells
    total[0].merge(total[3]).text = f"Всего: {len(children)}"
    return table


@pytest.fixture
def transfers(tmp_path):
    document = docx.Document()
    document.add_heading("Приложение", 0)
    one = [("1", "ВЫМЫСЛОВ А. Б.", "12.03.2012", "г. Мариуполь"), ("2", "Тестенко Олег", "2014", "Херсон")]
    first = transfer(document, 5, "Тестовую область", "12.03.2023", one)
    first.cell(2, 3).merge(first.cell(3, 3)).text = "г. Мариуполь"
    document.add_section(WD_SECTION.NEW_PAGE)
    transfer(document, 7, "Вымышленный край", "15.04.2023", [("1", "Примерова\nАнна", "01.01.2010", "Бердянск")])
    contacts = document.add_table(rows=2, cols=2)
    contacts.cell(0, 0).text, contacts.cell(0, 1).text = "Должность", "Телефон"
    document.save(tmp_path / "list.docx")
    return tmp_path / "list.docx"


def test_tables_with_titles_merged_headers_and_totals(read_all, transfers):
    records, problems, reading = read_all(CONFIG, transfers)
    assert not problems
    assert [record.key for record in records] == ["1/1", "1/2", "2/1"]
    assert records[0].written == {
        "full_name": "ВЫМЫСЛОВ А. Б.",
        "birth_date": "12.03.2012",
        "last_place": "г. Мариуполь",
        "institution": "Интерната № 5",
        "region": "Тестовую область",
        "transferred_on": "12.03.2023",
    }
    assert records[1].written["last_place"] == "г. Мариуполь", "merged downwards: the value holds for both rows"
    assert records[2].written["institution"] == "Интерната № 7" and records[2].observed_on == "15.04.2023"
    assert records[0].locator.to_json() == {
        "table": 1,
        "row": 3,
        "cells": {
            "full_name": "B3",
            "birth_date": "C3",
            "last_place": "D3",
            "institution": "paragraph 2",
            "region": "paragraph 2",
            "transferred_on": "paragraph 2",
        },
    }
    assert reading.counts.non_data == 2
    assert "table 3 has none of the columns and is not read" in reading.report.notes
    assert reading.report.facts["paragraphs outside tables, not read"] == "3"


def test_a_repeated_header_of_one_row_is_no_data(read_all, tmp_path):
    document = docx.Document()
    table = document.add_table(rows=0, cols=2)
    for row in [("№", "ПІБ"), ("1", "Вигаданко Ганна"), ("№", "ПІБ"), ("2", "Тестенко Олег")]:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.save(tmp_path / "list.docx")
    records, _, reading = read_all("reader: docx\nkey: №\nfields: {full_name: ПІБ}", tmp_path / "list.docx")
    assert [record.key for record in records] == ["1", "2"] and reading.counts.non_data == 1


def test_numbers_that_word_counts_by_itself(read_all, tmp_path):
    document = docx.Document()
    table = document.add_table(rows=0, cols=2)
    for row in [("№", "ПІБ"), ("", "Вигаданко Ганна"), ("", "Тестенко Олег")]:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = row
        if not row[0]:
            cells[0].paragraphs[0].style = "List Number"
            properties = cells[0].paragraphs[0]._p.get_or_add_pPr()
            properties.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="3"/></w:numPr>'))
    document.save(tmp_path / "list.docx")
    records, problems, _ = read_all("reader: docx\nkey: №\nfields: {full_name: ПІБ}", tmp_path / "list.docx")
    assert [record.key for record in records] == ["1", "2"] and not problems


def test_what_tracked_changes_took_away_is_not_there(read_all, tmp_path):
    document = docx.Document()
    paragraph = document.add_paragraph("1. Вигаданко Ганна, ")
    gone = OxmlElement("w:moveFrom")
    gone.append(parse_xml(f"<w:r {nsdecls('w')}><w:t>Старенко </w:t></w:r>"))
    paragraph._p.append(gone)
    deleted = OxmlElement("w:del")
    deleted.append(parse_xml(f"<w:r {nsdecls('w')}><w:delText>2011</w:delText></w:r>"))
    paragraph._p.append(deleted)
    added = OxmlElement("w:ins")
    added.append(parse_xml(f"<w:r {nsdecls('w')}><w:t>2012</w:t></w:r>"))
    paragraph._p.append(added)
    assert paragraph._p.find(qn("w:ins")) is not None
    document.save(tmp_path / "list.docx")
    text = "reader: {kind: docx, read: paragraphs}\nfields: {text: text}"
    records, _, _ = read_all(text, tmp_path / "list.docx")
    assert records[0].written["text"] == "1. Вигаданко Ганна, 2012"


def test_a_list_of_paragraphs(read_all, tmp_path):
    document = docx.Document()
    document.add_heading("Діти Школи-інтернату № 4, вивезені 03.10.2022", 1)
    for line in ["1. Вигаданко Ганна Петрівна, 12.03.2012", "2. Тестенко Олег, 2014 р.н.", "Підпис: директор"]:
        document.add_paragraph(line)
    document.add_paragraph("")
    document.save(tmp_path / "list.docx")
    text = """
reader:
  kind: docx
  read: paragraphs
  titles: 'Діти (?P<institution>.+), вивезені (?P<transferred_on>[\\d.]+)'
  line: '^(?P<number>\\d+)\\.\\s+(?P<full_name>[^,]+),\\s+(?P<born>[\\d.]+)'
key: number
fields: {full_name: full_name, birth_date: born}
"""
    records, problems, reading = read_all(text, tmp_path / "list.docx")
    assert [(r.key, r.written["full_name"], r.written["birth_date"]) for r in records] == [
        ("1", "Вигаданко Ганна Петрівна", "12.03.2012"),
        ("2", "Тестенко Олег", "2014"),
    ]
    assert records[1].written["institution"] == "Школи-інтернату № 4"
    assert records[1].locator.to_json() == {
        "paragraph": 3,
        "cells": {
            "full_name": "paragraph 3",
            "birth_date": "paragraph 3",
            "institution": "paragraph 1",
            "transferred_on": "paragraph 1",
        },
    }
    assert [(problem.reason_code, problem.locator.to_json()) for problem in problems] == [
        ("line_unlike", {"paragraph": 4})
    ]
    assert reading.counts.non_data == 1


def test_a_document_without_tables_says_what_to_write(describe, tmp_path):
    document = docx.Document()
    document.add_paragraph("Вигаданко Ганна")
    document.save(tmp_path / "list.docx")
    with pytest.raises(SourceError, match=r"the document has no table; write `read: paragraphs`"):
        list(read_source(describe("reader: docx\nfields: {full_name: ПІБ}"), tmp_path / "list.docx"))


def test_a_column_that_one_table_lacks(describe, transfers):
    with pytest.raises(SourceError, match=r"list\.docx table 1: no column 'Пол' for fields.sex"):
        list(read_source(describe(CONFIG + "  sex: Пол\n"), transfers))
