from __future__ import annotations

import datetime as dt
import struct
import time
import zipfile

import openpyxl
import pytest

from sources import SourceError, read_source

CONFIG = """
reader:
  kind: xlsx
  titles: 'направлених із (?P<institution>.+) до (?P<region>.+?) (?P<transferred_on>\\d\\d\\.\\d\\d\\.\\d{4})'
  skip: ['^\\*', '^Усього']
key: '{sheet}/{№}'
fields: {full_name: ПІБ, birth_date: Дата народження, contact: {column: Телефон, optional: true}}
"""


def save(book, path):
    book.save(path)
    return path


@pytest.fixture
def transfers(tmp_path):
    """Two sheets as clerks make them: merged title, two header rows, repeated header, total and footnote."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, name in enumerate(["Етап 1", "Етап 2"], 1):
        sheet = book.create_sheet(name)
        sheet["A1"] = f"Список дітей, направлених із Школи № {number} до Вигаданої області 0{number}.03.2023"
        sheet.merge_cells("A1:D1")
        sheet["A3"], sheet["B3"], sheet["D3"] = "№", "Дитина", "Телефон"
        sheet.merge_cells("A3:A4")
        sheet.merge_cells("B3:C3")
        sheet.merge_cells("D3:D4")
        sheet["B4"], sheet["C4"] = "ПІБ", "Дата  народження"
        sheet.append([1, 2, 3, 4])
        sheet.append([1, "Вигаданко Г.Ї.", dt.date(2011, 2, 3), 380000000001])
        sheet.append([2, "Тестова О.", dt.datetime(2012, 5, 6, 10, 30), None])
        sheet.append(["№", "ПІБ", "дата народження", "ТЕЛЕФОН"])
        sheet.append([3, "Ще Хтось", 40000.5, "x"])
        sheet.append(["Усього: 3"])
        sheet.append(["* звірено"])
        sheet.merge_cells(f"A{sheet.max_row}:D{sheet.max_row}")
    return save(book, tmp_path / "list.xlsx")


def test_sheets_titles_headers_and_footnotes(read_all, transfers):
    records, problems, reading = read_all(CONFIG, transfers)
    assert not problems
    assert [record.key for record in records] == [f"Етап {sheet}/{number}" for sheet in (1, 2) for number in (1, 2, 3)]
    assert records[0].written == {
        "full_name": "Вигаданко Г.Ї.",
        "birth_date": "2011-02-03",
        "contact": "380000000001",
        "institution": "Школи № 1",
        "region": "Вигаданої області",
        "transferred_on": "01.03.2023",
    }
    assert records[3].written["institution"] == "Школи № 2"
    assert records[0].locator.to_json() == {
        "sheet": "Етап 1",
        "row": 6,
        "cells": {
            "full_name": "B6",
            "birth_date": "C6",
            "contact": "D6",
            "institution": "A1",
            "region": "A1",
            "transferred_on": "A1",
        },
    }
    assert [record.written["birth_date"] for record in records[:3]] == ["2011-02-03", "2012-05-06 10:30:00", "40000.5"]
    assert (reading.counts.rows_read, reading.counts.records, reading.counts.non_data) == (14, 6, 8)
    assert reading.report.facts["header rows of sheet 'Етап 1'"] == "4"


@pytest.mark.parametrize("name", ["Дитина / ПІБ", "дитина/піб", "ПІБ"])
def test_two_header_rows_are_joined(read_all, transfers, name):
    records, _, _ = read_all(CONFIG.replace("full_name: ПІБ", f"full_name: {name}"), transfers)
    assert len(records) == 6


def test_header_rows_may_be_declared(read_all, describe, transfers):
    records, _, _ = read_all(CONFIG.replace("kind: xlsx", "kind: xlsx\n  header: [3, 4]"), transfers)
    assert len(records) == 6
    with pytest.raises(SourceError, match=r"sheet 'Етап 1': row 2 is no header"):
        list(read_source(describe(CONFIG.replace("kind: xlsx", "kind: xlsx\n  header: 2")), transfers))


def test_sheets_may_be_chosen(read_all, describe, transfers):
    records, _, _ = read_all(CONFIG.replace("kind: xlsx", "kind: xlsx\n  sheets: ['* 2']"), transfers)
    assert {record.locator.sheet for record in records} == {"Етап 2"}
    with pytest.raises(SourceError, match="the sheets there are: 'Етап 1', 'Етап 2'"):
        list(read_source(describe(CONFIG.replace("kind: xlsx", "kind: xlsx\n  sheets: Етап 3")), transfers))


def test_hidden_empty_and_foreign_sheets_are_told(read_all, transfers):
    book = openpyxl.load_workbook(transfers)
    hidden = book.copy_worksheet(book["Етап 1"])
    hidden.title, hidden.sheet_state = "Таємний", "hidden"
    book.create_sheet("Порожній")
    book.create_sheet("Довідка")["B2"] = "щось інше"
    save(book, transfers)
    records, _, reading = read_all(CONFIG, transfers)
    notes = " ".join(reading.report.notes)
    assert len(records) == 6
    assert (
        "hidden sheet 'Таємний'" in notes
        and "'Порожній' is empty" in notes
        and "'Довідка' has none of the columns" in notes
    )
    records, _, _ = read_all(CONFIG.replace("kind: xlsx", "kind: xlsx\n  hidden_sheets: read"), transfers)
    assert len(records) == 9


def test_a_column_absent_from_one_sheet_names_the_sheet(describe, transfers):
    book = openpyxl.load_workbook(transfers)
    book["Етап 2"]["C4"] = book["Етап 2"]["C8"] = "Рік"
    save(book, transfers)
    with pytest.raises(
        SourceError, match=r"list\.xlsx sheet 'Етап 2': no column 'Дата народження' for fields.birth_date"
    ):
        list(read_source(describe(CONFIG), transfers))


def test_sheets_that_begin_away_from_the_corner(read_all, tmp_path):
    book = openpyxl.Workbook()
    for column, (title, value) in enumerate([("№", 1), ("ПІБ", "Вигаданко Г."), ("Дата народження", 2012)], 3):
        book.active.cell(6, column, title)
        book.active.cell(7, column, value)
    records, _, _ = read_all(CONFIG, save(book, tmp_path / "list.xlsx"))
    assert records[0].locator.row == 7 and records[0].locator.cells == {"full_name": "D7", "birth_date": "E7"}


def test_downward_merged_cells_fill_every_row(read_all, tmp_path):
    book = openpyxl.Workbook()
    for row in [["Заклад", "№", "ПІБ"], ["Школа 5", 1, "Один"], [None, 2, "Два"], ["Школа 6", 3, "Три"]]:
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    text = "reader: xlsx\nkey: №\nfields: {full_name: ПІБ, institution: Заклад}"
    records, _, _ = read_all(text, save(book, tmp_path / "list.xlsx"))
    assert [record.written["institution"] for record in records] == ["Школа 5", "Школа 5", "Школа 6"]


def test_giant_cells_are_problems(read_all, tmp_path):
    book = openpyxl.Workbook()
    for row in [["№", "ПІБ"], [1, "Один"], [2, "Two"]]:
        book.active.append(row)
    path = save(book, tmp_path / "list.xlsx")
    rewrite(path, lambda name, data: data.replace(b"Two", b"A" * 10_000_000))
    records, problems, _ = read_all("reader: xlsx\nkey: №\nfields: {full_name: ПІБ}", path)
    assert [record.written["full_name"] for record in records] == ["Один"]
    assert [(problem.reason_code, problem.locator.row) for problem in problems] == [("cell_too_long", 3)]
    assert len(str(problems[0].written)) < 1000


def rewrite(path, change, extra=()):
    with zipfile.ZipFile(path) as archive:
        parts = {name: change(name, archive.read(name)) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in [*parts.items(), *extra]:
            archive.writestr(name, data)


def refused(describe, path, what):
    start = time.monotonic()
    with pytest.raises(SourceError, match=what):
        list(read_source(describe("reader: xlsx\nfields: {full_name: ПІБ}"), path))
    assert time.monotonic() - start < 20


@pytest.fixture
def small(tmp_path):
    book = openpyxl.Workbook()
    for row in [["№", "ПІБ"], [1, "Один"], [2, "Два"]]:
        book.active.append(row)
    return save(book, tmp_path / "list.xlsx")


def test_a_bomb_of_zeros(describe, small):
    rewrite(small, lambda name, data: data, [("xl/media/zeros.bin", bytes(60 << 20))])
    refused(describe, small, "times its size")


@pytest.mark.parametrize(
    "cell",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="3"><c r="xfd1048576"><v>1</v></c></row>',
        "<c s='0' r = 'XFD1048576'><v>1</v></c>",
        '<row r="1048576"><c t="n>" r="XFD1048576"><v>1</v></c></row>',
    ],
)
def test_a_sheet_of_a_million_million_cells(describe, small, cell):
    far = cell.encode() + b"</sheetData>"
    rewrite(small, lambda name, data: data.replace(b"</sheetData>", far) if "sheet1" in name else data)
    refused(describe, small, r"spans 1,048,57\d rows by 16,384 columns")


def test_markup_made_to_slow_a_scanner_down(describe, small):
    slow = b"<c " * 2_000_000 + b'r="' * 1_000_000
    rewrite(
        small, lambda name, data: data.replace(b"</sheetData>", slow + b"</sheetData>") if "sheet1" in name else data
    )
    refused(describe, small, "list.xlsx")


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHARED = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"


def share_strings(path, strings, rows):
    """Give a workbook a table of shared strings, as Excel writes it, and rows of one cell that use them."""
    cells = "".join(f'<row r="{row}"><c r="B{row}" t="s"><v>{index}</v></c></row>' for row, index in rows)
    table = f'<sst xmlns="{MAIN}">' + "".join(f"<si><t>{text}</t></si>" for text in strings) + "</sst>"

    def change(name, data):
        text = data.decode()
        if name == "xl/worksheets/sheet1.xml":
            text = text.replace("</sheetData>", f"{cells}</sheetData>")
        if name == "[Content_Types].xml":
            text = text.replace(
                "</Types>", f'<Override PartName="/xl/sharedStrings.xml" ContentType="{SHARED}"/></Types>'
            )
        if name == "xl/_rels/workbook.xml.rels":
            text = text.replace(
                "</Relationships>",
                f'<Relationship Id="s1" Type="{RELATION}" Target="sharedStrings.xml"/></Relationships>',
            )
        return text.encode()

    rewrite(path, change, [("xl/sharedStrings.xml", table)])


def test_shared_strings(read_all, small):
    share_strings(small, ["Три", "Чотири"], [(4, 1), (5, 0)])
    records, _, _ = read_all("reader: xlsx\nfields: {full_name: ПІБ}", small)
    assert [record.written["full_name"] for record in records] == ["Один", "Два", "Чотири", "Три"]


def test_one_long_text_in_very_many_cells(describe, small):
    share_strings(small, ["A" * 90_000], [(row, 0) for row in range(4, 20_000)])
    refused(describe, small, "MB of text")


def test_formatted_but_empty_far_cells_do_no_harm(read_all, small):
    far = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    rewrite(small, lambda name, data: data.replace(b"</sheetData>", far) if "sheet1" in name else data)
    records, _, _ = read_all("reader: xlsx\nfields: {full_name: ПІБ}", small)
    assert len(records) == 2


def test_a_forged_size_in_the_directory(describe, small):
    rewrite(
        small,
        lambda name, data: (
            data.replace(b"</sheetData>", b" " * 5_000_000 + b"</sheetData>") if "sheet1" in name else data
        ),
    )
    data = bytearray(small.read_bytes())
    at = data.index(b"PK\x01\x02")
    while at >= 0:
        struct.pack_into("<I", data, at + 24, min(1000, struct.unpack_from("<I", data, at + 24)[0]))
        at = data.find(b"PK\x01\x02", at + 4)
    small.write_bytes(data)
    refused(describe, small, "damaged or cut short")


def test_entities_in_a_sheet_are_not_expanded(describe, small):
    entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "AAAA"><!ENTITY b "&a;&a;&a;">]>'

    def change(name, data):
        if "sheet1" not in name:
            return data
        return entity + data.split(b"?>", 1)[-1].replace(
            b"</sheetData>", b'<row r="4"><c r="B4" t="str"><v>&b;</v></c></row></sheetData>'
        )

    rewrite(small, change)
    try:
        texts = [str(item) for item in read_source(describe("reader: xlsx\nfields: {full_name: ПІБ}"), small)]
    except SourceError:
        return
    assert not any("AAAA" in text for text in texts)


ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">
<office:body><office:spreadsheet><table:table table:name="Аркуш">
<table:table-row><table:table-cell office:value-type="string"
><text:p>ПІБ</text:p></table:table-cell></table:table-row>
<table:table-row{repeat}><table:table-cell
 office:value-type="string"{cells}><text:p>Вигаданко Ганна</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="1048000"><table:table-cell
 table:number-columns-repeated="16384"/></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""


def opendocument(path, repeat="", cells=""):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", ODS.format(repeat=repeat, cells=cells))
        namespace = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
        manifest = f'<manifest:manifest xmlns:manifest="{namespace}" manifest:version="1.2"/>'
        archive.writestr("META-INF/manifest.xml", manifest)
    return path


def test_opendocument(read_all, describe, tmp_path):
    text = "reader: ods\nfields: {full_name: ПІБ}"
    records, _, _ = read_all(text, opendocument(tmp_path / "list.ods"))
    assert [record.written["full_name"] for record in records] == ["Вигаданко Ганна"]
    rows, cells = ' table:number-rows-repeated="1000000"', ' table:number-columns-repeated="1000"'
    bomb = opendocument(tmp_path / "bomb.ods", rows, cells)
    refused(describe, bomb, "twenty million cells")


def old_workbook(path, rows):
    """Write a BIFF8 workbook of one sheet in a compound file, as Excel 97 to 2003 saved it (MS-XLS, MS-CFB)."""

    def record(kind, data):
        return struct.pack("<HH", kind, len(data)) + data

    def cell(row, column, value):
        at = struct.pack("<HHH", row, column, 0)
        if isinstance(value, str):
            return record(0x0204, at + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
        return record(0x0203, at + struct.pack("<d", value))

    name = "Аркуш"
    sheet = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    sheet += record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, 10, 0))
    sheet += b"".join(cell(r, c, value) for r, row in enumerate(rows) for c, value in enumerate(row))
    sheet += record(0x000A, b"")
    start = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)) + record(0x0042, struct.pack("<H", 1200))
    end = record(0x000A, b"")
    bound = struct.pack("<BBBB", 0, 0, len(name), 1) + name.encode("utf-16-le")
    offset = len(start) + 4 + 4 + len(bound) + len(end)
    stream = start + record(0x0085, struct.pack("<I", offset) + bound) + end + sheet
    stream = stream.ljust(4096, b"\0")
    sectors = -(-len(stream) // 512)
    fat = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + sectors), 0xFFFFFFFE]
    fat += [0xFFFFFFFF] * (128 - len(fat))

    def entry(title, kind, child, first, size):
        text = (title + "\0").encode("utf-16-le")
        links = struct.pack("<BBIII", kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        return (
            text.ljust(64, b"\0") + struct.pack("<H", len(text)) + links + bytes(36) + struct.pack("<IQ", first, size)
        )

    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry("Workbook", 2, 0xFFFFFFFF, 2, len(stream)) + bytes(256)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack(
        "<109I", 0, *[0xFFFFFFFF] * 108
    )
    path.write_bytes(header + struct.pack("<128I", *fat) + directory + stream.ljust(sectors * 512, b"\0"))
    return path


def test_workbooks_of_old_excel(read_all, tmp_path):
    path = old_workbook(
        tmp_path / "list.xls", [["Список"], ["№", "ПІБ"], [1.0, "Вигаданко Ґанна"], [2.0, "Тестенко О."]]
    )
    records, problems, _ = read_all("reader: xls\nkey: '{sheet}/{№}'\nfields: {full_name: ПІБ}", path)
    assert [(record.key, record.written["full_name"]) for record in records] == [
        ("Аркуш/1", "Вигаданко Ґанна"),
        ("Аркуш/2", "Тестенко О."),
    ]
    assert records[0].locator.cells == {"full_name": "B3"} and not problems
