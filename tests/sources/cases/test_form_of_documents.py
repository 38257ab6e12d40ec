"""Form is meaning in PDF, Word and HTML: watermarks, strikes, doubled letters, fonts without a map, form fields."""

# ruff: noqa: E501

from __future__ import annotations

import re

import docx
import pytest
from reportlab.lib import colors
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas
from reportlab.platypus import Table

from sources.drafting import draft
from sources.errors import SourceError
from tests.sources.cases.conftest import CHILDREN

CONFIG = "reader: %s\nlanguage: uk\nkey: №\nfields: {full_name: ПІБ, birth_date: Дата народження}"
HEAD = ["№", "ПІБ", "Дата народження"]
ROWS = [HEAD, *[[str(n), *child] for n, child in enumerate(CHILDREN, start=1)]]
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"


def page(path, *, ruled=True, compressed=True, rotate=0, drawn_at=0):
    pdfmetrics.registerFont(TTFont("DejaVu", FONT))
    drawn = canvas.Canvas(str(path), pagesize=(600, 800), pageCompression=int(compressed))
    drawn.setPageRotation(rotate)
    drawn.translate(*{0: (0, 0), 90: (600, 0), 180: (600, 800), 270: (0, 800)}[drawn_at])
    drawn.rotate(drawn_at)
    drawn.setFont("DejaVu", 10)
    if ruled:
        style = [("FONT", (0, 0), (-1, -1), "DejaVu", 10), ("GRID", (0, 0), (-1, -1), 0.5, colors.black)]
        table = Table(ROWS, colWidths=[40, 220, 120], rowHeights=20, style=style)
        table.wrapOn(drawn, 500, 700)
        table.drawOn(drawn, 60, 500)
    else:
        for at, row in enumerate(ROWS):
            for left, text in zip((60, 110, 330), row, strict=True):
                drawn.drawString(left, 640 - 20 * at, text)
    return drawn


@pytest.mark.parametrize("ruled", [True, False])
def test_slanted_text_is_no_cell_s_text(ruled, tmp_path, read):
    drawn = page(tmp_path / "list.pdf", ruled=ruled)
    drawn.setFillGray(0.8)
    drawn.setFont("DejaVu", 40)
    drawn.saveState()
    drawn.translate(60, 420)
    drawn.rotate(35)
    drawn.drawString(0, 0, "ДЛЯ СЛУЖБОВОГО")
    drawn.restoreState()
    drawn.save()
    found = read(CONFIG % "pdf", tmp_path / "list.pdf")
    assert found.names == [name for name, _ in CHILDREN] and "watermark" in found.notes


@pytest.mark.parametrize("ruled", [True, False])
@pytest.mark.parametrize(("rotate", "drawn_at"), [(90, 90), (90, 0), (270, 0), (180, 0), (0, 90), (0, 270), (0, 180)])
def test_a_page_on_its_side_is_turned(rotate, drawn_at, ruled, tmp_path, read):
    page(tmp_path / "list.pdf", ruled=ruled, rotate=rotate, drawn_at=drawn_at).save()
    found = read(CONFIG % "pdf", tmp_path / "list.pdf")
    assert found.names == [name for name, _ in CHILDREN] and not found.problems


@pytest.mark.parametrize("ruled", [True, False])
def test_a_draft_takes_no_date_of_birth_for_a_title(ruled, tmp_path):
    page(tmp_path / "list.pdf", ruled=ruled).save()
    assert "titles" not in draft(tmp_path / "list.pdf")


@pytest.mark.parametrize("ruled", [True, False])
def test_a_row_that_a_line_strikes_through_is_in_doubt_and_makes_no_row_more(ruled, tmp_path, read):
    drawn = page(tmp_path / "list.pdf", ruled=ruled)
    middle = 500 + 20 * 4 + 10 if ruled else 640 - 20 * 2 + 3.5
    drawn.line(65, middle, 430, middle)
    drawn.save()
    found = read(CONFIG % "pdf", tmp_path / "list.pdf")
    assert found.names == [name for name, _ in CHILDREN] and not found.problems
    assert ["row_struck_through" in doubts for doubts in found.doubts] == [False, True, False, False, False, False]


def test_letters_drawn_twice_are_read_once(tmp_path, read):
    drawn = page(tmp_path / "list.pdf", ruled=False)
    for at, row in enumerate(ROWS):
        drawn.drawString(110.3, 640 - 20 * at, row[1])
    drawn.save()
    assert read(CONFIG % "pdf", tmp_path / "list.pdf").names == [name for name, _ in CHILDREN]


def test_a_font_without_a_map_is_refused_with_the_way_out(tmp_path, read):
    path = tmp_path / "list.pdf"
    page(path, compressed=False).save()
    data = path.read_bytes()
    path.write_bytes(re.sub(rb"/ToUnicode \d+ 0 R", lambda hit: b" " * len(hit[0]), data))
    with pytest.raises(SourceError, match="does not say which letters it draws; use the reader scan"):
        read(CONFIG % "pdf", path)


def test_cyrillic_under_western_codes_is_read_and_told(tmp_path, read):
    shown = []
    for at, row in enumerate(ROWS):
        for left, text in zip((60, 110, 330), row, strict=True):
            raw = text.encode("cp1251").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
            shown.append(b"BT /F1 10 Tf %d %d Td (%s) Tj ET" % (left, 640 - 20 * at, raw))
    stream = b"\n".join(shown)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /TrueType /BaseFont /Arial /Encoding /WinAnsiEncoding /FirstChar 0 /LastChar 255 /Widths ["
        + b"500 " * 256
        + b"] >>",
    ]
    data, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    data += (
        b"xref\n0 6\n0000000000 65535 f \n"
        + table
        + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % len(data)
    )
    (tmp_path / "list.pdf").write_bytes(data)
    found = read(CONFIG % "pdf", tmp_path / "list.pdf")
    assert found.names == [name for name, _ in CHILDREN] and "read as Cyrillic" in found.notes


def test_what_is_filled_into_the_fields_of_a_form_is_read(tmp_path, read):
    path = tmp_path / "list.pdf"
    pdfmetrics.registerFont(TTFont("DejaVu", FONT))
    drawn = canvas.Canvas(str(path))
    drawn.setFont("DejaVu", 10)
    for left, text in zip((60, 110, 330), HEAD, strict=True):
        drawn.drawString(left, 640, text)
    for at, row in enumerate((("1", "Vyhadanko Marta", "15.03.2012"), ("2", "Nebulenko Ivan", "28.11.2013")), start=1):
        for number, (left, text) in enumerate(zip((60, 110, 330), row, strict=True)):
            drawn.acroForm.textfield(
                name=f"f{at}{number}",
                value=text,
                x=left,
                y=637 - 20 * at,
                width=100 if left > 60 else 20,
                height=12,
                fontSize=10,
                borderWidth=0,
            )
    drawn.save()
    assert read(CONFIG % "pdf", path).names == ["Vyhadanko Marta", "Nebulenko Ivan"]


def test_strikes_comments_hidden_text_and_footnotes_in_word(tmp_path, read):
    document = docx.Document()
    table = document.add_table(rows=0, cols=3)
    for at, row in enumerate(ROWS):
        for column, (cell, text) in enumerate(zip(table.add_row().cells, row, strict=True)):
            run = cell.paragraphs[0].add_run(text)
            run.font.strike = at == 2
            if (at, column) == (3, 2):
                cell.paragraphs[0].runs[0].font.strike = True
                cell.paragraphs[0].add_run(" 08.05.2011")
            if (at, column) == (4, 1):
                cell.paragraphs[0].add_run("1").font.superscript = True
                cell.paragraphs[0].add_run(" прихований").font.hidden = True
            if (at, column) == (5, 1):
                document.add_comment(run, "насправді інша", "О. К.")
    document.save(tmp_path / "list.docx")
    found = read(CONFIG % "docx", tmp_path / "list.docx")
    assert found.names == [name for name, _ in CHILDREN]
    assert "row_struck_through" in found.doubts[1] and found.births[2] == "2011-05-08/2011-05-08"
    assert "row_has_comment" in found.doubts[4]
    assert "1 row of table 1 struck through" in found.notes


def test_strikes_hidden_rows_and_footnotes_on_a_page(tmp_path, read):
    rows = [*ROWS]
    cells = ["<tr>" + "".join(f"<td>{text}</td>" for text in row) + "</tr>" for row in rows]
    cells[2] = cells[2].replace("<td>", "<td><s>").replace("</td>", "</s></td>")
    cells[3] = cells[3].replace("<tr>", '<tr style="display: none">')
    cells[4] = cells[4].replace("<td>19.07.2010", "<td><del>18.07.2010</del> 19.07.2010<sup>1</sup>")
    (tmp_path / "list.html").write_text(f"<html><meta charset=utf-8><table>{''.join(cells)}</table>", encoding="utf-8")
    found = read(CONFIG % "{kind: html, table: table}", tmp_path / "list.html")
    assert found.names == [name for name, _ in CHILDREN] and found.births[3] == "2010-07-19/2010-07-19"
    assert "row_struck_through" in found.doubts[1] and "1 row of table 1 hidden" in found.notes


def test_hidden_text_of_a_word_table_is_told_and_no_row_is_lost(tmp_path, read):
    document = docx.Document()
    table = document.add_table(rows=0, cols=3)
    for at, row in enumerate(
        [["№", "ПІБ", "Дата народження"], *[[str(n), *child] for n, child in enumerate(CHILDREN)]]
    ):
        for place, (cell, text) in enumerate(zip(table.add_row().cells, row, strict=True)):
            run = cell.paragraphs[0].add_run(text)
            run.font.hidden = at == 2 or (at == 3 and place == 2)
            run.font.strike = at == 4 and place == 2
    document.save(tmp_path / "list.docx")
    config = "reader: %s\nlanguage: uk\nkey: №\nfields: {full_name: ПІБ, birth_date: Дата народження}"
    found = read(config % "docx", tmp_path / "list.docx")
    assert found.names == [name for name, _ in CHILDREN] and "1 row of table 1 hidden" in found.notes
    assert "birth_date" not in found.written[2] and "cell_hidden" in found.doubts[2]
    assert "birth_date" not in found.written[3] and "cell_struck_through" in found.doubts[3]
    shown = read(config % "{kind: docx, hidden_rows: skip}", tmp_path / "list.docx")
    assert shown.names == [CHILDREN[n][0] for n in (0, 2, 3, 4, 5)]


@pytest.mark.parametrize(
    ("form", "said"), [("\\strike", "struck through"), ("\\v", "hidden"), ("\\b", ""), ("\\strike0", "")]
)
def test_what_is_struck_or_hidden_in_rtf_is_told(form, said, tmp_path, read):
    def row(*cells):
        return r"\trowd\cellx2000\cellx6000" + "".join(rf"\intbl {cell}\cell" for cell in cells) + "\\row\n"

    text = "".join(f"\\u{ord(letter)}?" if ord(letter) > 127 else letter for letter in "Вигаданко Марта")
    head = "".join(f"\\u{ord(letter)}?" for letter in "ПІБ")
    rows = row("N", head) + row("1", rf"{{{form} {text}}}") + row("2", rf"{text}{{\super 1}}")
    (tmp_path / "list.rtf").write_text(rf"{{\rtf1\ansi\ansicpg1251 {rows}\pard\par}}")
    found = read("reader: docx\nlanguage: uk\nkey: N\nfields: {full_name: ПІБ}", tmp_path / "list.rtf")
    assert found.names == ["Вигаданко Марта", "Вигаданко Марта"]
    assert (f"text that is {said}" in found.notes) if said else ("in doubt" not in found.notes)
