"""Form is meaning: strikes, hiding, comments, footnotes and typed years, in workbooks of all kinds."""

# ruff: noqa: E501

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlwt
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from sources.drafting import draft
from sources.errors import SourceError
from tests.sources.cases.conftest import CHILDREN

XLSB = Path(__file__).with_name("xlsb")
CONFIG = "reader: %s\nlanguage: uk\nkey: №\nfields: {full_name: ПІБ, birth_date: Дата народження, age: {column: Вік, optional: true}}"
HEAD = ["№", "ПІБ", "Дата народження"]
ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document{root} xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" office:version="1.2">
<office:automatic-styles>
<style:style style:name="ce2" style:family="table-cell"><style:text-properties style:text-line-through-style="solid"/></style:style>
<style:style style:name="T1" style:family="text"><style:text-properties style:text-position="super 58%"/></style:style>
</office:automatic-styles>
<office:body><office:spreadsheet><table:table table:name="Список"><table:table-column table:number-columns-repeated="3"/>{rows}
</table:table></office:spreadsheet></office:body></office:document{root_end}>"""
XML2003 = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Styles><Style ss:ID="s1"><Font ss:StrikeThrough="1"/></Style></Styles>
<Worksheet ss:Name="Список"><Table>{rows}</Table></Worksheet></Workbook>"""


def rows():
    return [HEAD, *[[n, *child] for n, child in enumerate(CHILDREN, start=1)]]


def ods(struck, hidden, commented, raised):
    lines = []
    for at, row in enumerate(rows()):
        style = ' table:style-name="ce2"' if at == struck else ""
        cells = []
        for column, value in enumerate(row):
            note = "<office:annotation><text:p>x</text:p></office:annotation>" if (at, column) == commented else ""
            text = f'{value}<text:span text:style-name="T1">1</text:span>' if (at, column) == raised else value
            cells.append(
                f'<table:table-cell office:value-type="string"{style}>{note}<text:p>{text}</text:p></table:table-cell>'
            )
        shown = ' table:visibility="filter"' if at in hidden else ""
        lines.append(f"<table:table-row{shown}>{''.join(cells)}</table:table-row>")
    return "".join(lines)


def write(kind, tmp_path, struck=3, hidden=(4, 5), commented=(2, 2), raised=(6, 1)):
    """Write the six children; row numbers count from 0, the header is 0."""
    path = tmp_path / f"list.{kind}"
    if kind == "xlsx":
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = "Список"
        for row in rows():
            sheet.append(row)
        for cell in sheet[struck + 1]:
            cell.font = Font(strike=True)
        for at in hidden:
            sheet.row_dimensions[at + 1].hidden = True
        sheet.cell(commented[0] + 1, commented[1] + 1).comment = Comment("насправді 28.11.2012", "О. К.")
        mark = TextBlock(InlineFont(vertAlign="superscript"), "1")
        sheet.cell(raised[0] + 1, raised[1] + 1).value = CellRichText(rows()[raised[0]][raised[1]], mark)
        book.save(path)
    elif kind == "xls":
        book = xlwt.Workbook()
        sheet = book.add_sheet("Список")
        line, plain = xlwt.easyxf("font: struck_out on"), xlwt.easyxf("")
        raised_font = xlwt.easyfont("escapement superscript")
        for at, row in enumerate(rows()):
            for column, value in enumerate(row):
                if (at, column) == raised:
                    sheet.write_rich_text(at, column, [str(value), ("1", raised_font)])
                else:
                    sheet.write(at, column, value, line if at == struck else plain)
            sheet.row(at).hidden = at in hidden
        book.save(str(path))
    elif kind in ("ods", "fods"):
        root = ' office:mimetype="application/vnd.oasis.opendocument.spreadsheet"' if kind == "fods" else "-content"
        text = ODS.format(
            root=root, root_end="" if kind == "fods" else "-content", rows=ods(struck, hidden, commented, raised)
        )
        if kind == "fods":
            path.write_text(text, encoding="utf-8")
        else:
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
                archive.writestr(
                    "META-INF/manifest.xml", '<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
                )
                archive.writestr("content.xml", text)
    else:
        path = tmp_path / "list.xml"
        lines = []
        for at, row in enumerate(rows()):
            style = ' ss:StyleID="s1"' if at == struck else ""
            cells = []
            for column, value in enumerate(row):
                note = "<Comment><Data>x</Data></Comment>" if (at, column) == commented else ""
                text = f"<B>{value}</B><Sup>1</Sup>" if (at, column) == raised else value
                cells.append(f'<Cell{style}><Data ss:Type="String">{text}</Data>{note}</Cell>')
            shown = ' ss:Hidden="1"' if at in hidden else ""
            lines.append(f"<Row{shown}>{''.join(cells)}</Row>")
        path.write_text(XML2003.format(rows="".join(lines)), encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods", "fods", "xml2003"])
def test_strikes_hidden_rows_comments_and_footnotes_are_told(kind, tmp_path, read):
    path = write(kind, tmp_path)
    reader = "xlsx" if kind == "xml2003" else "ods" if kind == "fods" else kind
    found = read(CONFIG % reader, path)
    assert found.names == [name for name, _ in CHILDREN]
    assert ["row_struck_through" in doubts for doubts in found.doubts] == [False, False, True, False, False, False]
    assert "1 row of sheet 'Список' struck through" in found.notes
    assert "2 rows of sheet 'Список' hidden" in found.notes
    if kind != "xls":  # the writer has no comments
        assert ["row_has_comment" in doubts for doubts in found.doubts] == [False, True, False, False, False, False]
    left_out = read((CONFIG % f"{{kind: {reader}, struck: skip, hidden_rows: skip}}"), path)
    assert left_out.names == [CHILDREN[at][0] for at in (0, 1, 5)]


def test_a_hidden_column_is_told_and_a_struck_cell_is_empty(sheet, read):
    def change(page):
        page.column_dimensions["C"].hidden = True
        page["C3"].font = Font(strike=True)

    found = read(CONFIG % "xlsx", sheet(rows(), change=change))
    assert "hides columns (C)" in found.notes
    assert "birth_date" not in found.written[1] and "cell_struck_through" in found.doubts[1]


def test_a_struck_part_of_a_cell_is_left_out(sheet, read):
    def change(page):
        page["C2"] = CellRichText(TextBlock(InlineFont(strike=True), "15.03.2011"), " 15.03.2012")

    found = read(CONFIG % "xlsx", sheet(rows(), change=change))
    assert found.births[0] == "2012-03-15/2012-03-15"


def test_errors_and_formulas_without_value_are_counted(sheet, read):
    def change(page):
        page["D1"] = "Мати"
        page["D2"] = "#N/A"
        page["D2"].data_type = "e"
        page["D3"] = '=B2&" "&C2'

    found = read(
        "reader: xlsx\nlanguage: uk\nkey: №\nfields: {full_name: ПІБ, mother: Мати}", sheet(rows(), change=change)
    )
    assert "1 cells with an error" in found.notes and "1 formulas without a stored value" in found.notes
    assert not any("mother" in each for each in found.written)


@pytest.mark.parametrize("form", ["DD.MM.YYYY", "MM/DD/YY"])
def test_a_year_or_age_typed_into_a_cell_formatted_as_a_day_is_that_number(form, sheet, read):
    def change(page):
        page["D1"] = "Вік"
        for place, value in (("C3", 2013), ("D3", 10), ("D4", 8), ("C5", 2010)):
            page[place] = value
            page[place].number_format = form

    found = read("observed_on: 2023-05-01\n" + CONFIG % "xlsx", sheet(rows(), change=change))
    assert found.births[1] == "2013-01-01/2013-12-31" and found.births[3] == "2010-01-01/2010-12-31"
    assert found.written[1]["age"] == "10" and found.written[2]["age"] == "8"


@pytest.mark.parametrize("formatted", [True, False])
@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_a_workbook_that_counts_from_1904(kind, formatted, tmp_path, read):
    days = [dt.date(2012, 3, 15), dt.date(2013, 11, 28)]
    path = tmp_path / f"list.{kind}"
    if kind == "xlsx":
        book = openpyxl.Workbook()
        book.epoch = CALENDAR_MAC_1904
        book.active.append(HEAD)
        for n, day in enumerate(days, start=1):
            book.active.append([n, CHILDREN[n][0], day if formatted else (day - dt.date(1904, 1, 1)).days])
        book.save(path)
    else:
        book = xlwt.Workbook()
        book.dates_1904 = True
        page = book.add_sheet("Список")
        for column, text in enumerate(HEAD):
            page.write(0, column, text)
        style = xlwt.easyxf(num_format_str="DD.MM.YYYY" if formatted else "General")
        for n, day in enumerate(days, start=1):
            for column, value in enumerate([n, CHILDREN[n][0], (day - dt.date(1904, 1, 1)).days]):
                page.write(n, column, value, style if column == 2 else xlwt.easyxf(""))
        book.save(str(path))
    found = read(CONFIG % kind, path)
    assert found.births == [f"{day}/{day}" for day in days]


XML_BOOK = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<ExcelWorkbook xmlns="urn:schemas-microsoft-com:office:excel">{calendar}</ExcelWorkbook>
<Styles><Style ss:ID="s1"><Font ss:StrikeThrough="1"/></Style><Style ss:ID="s2" ss:Parent="s1"/></Styles>
<Worksheet ss:Name="Список"><Table><Column ss:Index="3" ss:Span="1"/><Column ss:Hidden="1"/>{rows}</Table>
<WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel"><Visible>SheetVisible</Visible></WorksheetOptions></Worksheet>
<Worksheet ss:Name="Архів"><Table><Row><Cell><Data ss:Type="String">№</Data></Cell><Cell><Data ss:Type="String">ПІБ</Data></Cell>
<Cell><Data ss:Type="String">Дата народження</Data></Cell></Row><Row><Cell><Data ss:Type="Number">9</Data></Cell>
<Cell><Data ss:Type="String">Прихованко Яна</Data></Cell></Row></Table>
<WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel"><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet></Workbook>"""


def xml_rows(*cells, attributes=""):
    written = "".join(f'<Cell{style}><Data ss:Type="{kind}">{text}</Data></Cell>' for kind, text, style in cells)
    return f"<Row{attributes}>{written}</Row>"


def xml_book(path, calendar="", days=("2012-03-15T00:00:00.000", "1905-07-05T00:00:00.000")):
    head = xml_rows(*[("String", text, "") for text in [*HEAD, "Вік", "Стара дата"]])
    first = xml_rows(
        ("Number", "1", ""), ("String", CHILDREN[0][0], ""), ("DateTime", days[0], ""), ("Number", "11", ' ss:StyleID="s2"'),
        ("String", "01.01.2001", ""), attributes=' ss:Span="1"',
    )  # fmt: skip
    second = xml_rows(("Number", "2", ""), ("String", CHILDREN[1][0], ""), ("DateTime", days[1], ""))
    path.write_text(XML_BOOK.format(calendar=calendar, rows=head + first + second), encoding="utf-8")
    return path


def test_hidden_sheets_and_columns_of_an_xml_spreadsheet_are_those_of_any_workbook(tmp_path, read):
    path = xml_book(tmp_path / "list.xml")
    found = read(CONFIG % "xlsx", path)
    assert found.names == [CHILDREN[0][0], CHILDREN[1][0]] and found.births == [
        "2012-03-15/2012-03-15",
        "2013-01-01/2013-12-31",
    ]
    assert "hides columns (E)" in found.notes and "the hidden sheet 'Архів' is not read" in found.notes
    assert "age" not in found.written[0] and "cell_struck_through" in found.doubts[0]
    assert [child.item.locator.row for child in found.children] == [2, 4]
    assert "Прихованко Яна" in read(CONFIG % "{kind: xlsx, hidden_sheets: read}", path).names
    text = draft(path, title="Список")
    assert "hides columns, which are left out here: Стара дата" in text and text.count("Стара дата") == 1


def test_an_xml_spreadsheet_that_counts_from_1904(tmp_path, read):
    path = xml_book(tmp_path / "list.xml", "<Date1904/>", ("2012-03-15T00:00:00.000", "1909-07-06T00:00:00.000"))
    found = read(CONFIG % "xlsx", path)
    assert found.births == ["2012-03-15/2012-03-15", "2013-01-01/2013-12-31"]


def test_a_binary_workbook_of_a_real_writer_is_read(read):
    """The file was written by pyxlsbwriter 0.1.0 (MIT): six children, every second birth a day, and a hidden sheet."""
    found = read(CONFIG % "xlsx", XLSB / "pyxlsbwriter.xlsb")
    assert found.names == [name for name, _ in CHILDREN]
    assert found.births == [f"{day[6:]}-{day[3:5]}-{day[:2]}/{day[6:]}-{day[3:5]}-{day[:2]}" for _, day in CHILDREN]
    assert (
        "the hidden sheet 'Архів' is not read" in found.notes and "of a binary workbook nobody can say" in found.notes
    )


def test_a_binary_workbook_whose_cells_no_reader_knows_is_refused(read):
    """The file was written by SheetJS 0.18.5 (Apache-2.0), in short cells of which readers show the first column alone."""
    with pytest.raises(SourceError, match=r"short form .* save it as \.xlsx"):
        read(CONFIG % "xlsx", XLSB / "sheetjs.xlsb")


@pytest.mark.parametrize("head", ["№;П?Б;Дата народже?ня", "№;????;?????????????"])
def test_a_header_whose_letters_are_lost_is_named(head, tmp_path, read):
    path = tmp_path / "list.csv"
    path.write_text(f"{head}\n1;Вигаданко Марта;2012\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"letters of the header were lost .* ask for the list as XLSX or UTF-8"):
        read(CONFIG % "csv", path)


@pytest.mark.parametrize(
    ("before", "after"), [('<row r="3"', '<row r="3" ht="0" customHeight="1"'), ('width="40"', 'width="0"')]
)
def test_a_row_or_column_drawn_to_nothing_is_hidden(before, after, sheet, tmp_path, read):
    path = sheet(rows(), change=lambda page: setattr(page.column_dimensions["C"], "width", 40))
    patched = tmp_path / "patched.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(patched, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data.replace(before.encode(), after.encode()) if "sheet1" in name else data)
    found = read(CONFIG % "xlsx", patched)
    assert ("1 row of sheet 'Список' hidden" if "row" in before else "hides columns (C)") in found.notes
    assert "hid" not in read(CONFIG % "xlsx", path).notes
