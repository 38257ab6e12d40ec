from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from sources import SourceError, read_source
from sources.readers.pdf import ocr

CONFIG = """
language: ru
reader:
  kind: pdf
  titles: 'направленных из (?P<institution>.+) в (?P<region>.+?) (?P<transferred_on>\\d\\d\\.\\d\\d\\.\\d{4})'
  skip: ['^Всего']
key: №
fields: {full_name: ФИО, birth_date: Дата рождения, last_place: Откуда}
"""
TITLE = "Список детей, направленных из Интерната № 5 в Тестовую область 12.03.2023"
NAMES = ["Вымышленная Анна Петровна", "Тестенко Олег Иванович", "Примеров Тарас Олегович", "Образцова Мария"]


@pytest.fixture(scope="module", autouse=True)
def font():
    """A font with Cyrillic letters: matplotlib brings one."""
    import matplotlib

    path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    pdfmetrics.registerFont(TTFont("Cyrillic", str(path)))


def style(size=10):
    return ParagraphStyle("list", fontName="Cyrillic", fontSize=size, leading=size * 1.3)


def write(path, story, *, head="", foot=""):
    def page(canvas, document):
        canvas.setFont("Cyrillic", 8)
        canvas.drawString(60, A4[1] - 30, head)
        canvas.drawCentredString(A4[0] / 2, 20, foot.format(document.page))

    SimpleDocTemplate(str(path), pagesize=A4).build(story, onFirstPage=page, onLaterPages=page)
    return path


def ruled(rows, *more):
    lines = [("FONTNAME", (0, 0), (-1, -1), "Cyrillic"), ("GRID", (0, 0), (-1, -1), 0.5, colors.black), *more]
    return Table(rows, repeatRows=1, style=TableStyle(lines))


def children(count):
    return [
        [str(at + 1), Paragraph(NAMES[at % 4], style(9)), f"{at % 28 + 1:02}.03.2012", "г. Мариуполь"]
        for at in range(count)
    ]


HEADER = ["№", "ФИО", "Дата рождения", "Откуда"]


def test_a_table_over_five_pages(read_all, tmp_path):
    rows = [HEADER, *children(100), ["Всего: 100", "", "", ""]]
    story = [Paragraph(TITLE, style()), ruled(rows), Spacer(1, 20), Paragraph("* сверено с журналом", style(7))]
    path = write(tmp_path / "list.pdf", story, head="Для служебного пользования", foot="стр. {}")
    records, problems, reading = read_all(CONFIG, path)
    assert not problems
    assert [record.key for record in records] == [str(number) for number in range(1, 101)]
    assert {record.written["institution"] for record in records} == {"Интерната № 5"}
    assert records[0].written["full_name"] == "Вымышленная Анна Петровна"
    assert records[0].locator.to_json() == {
        "row": 2,
        "page": 1,
        "cells": {
            "full_name": "B2",
            "birth_date": "C2",
            "last_place": "D2",
            "institution": "page 1",
            "region": "page 1",
            "transferred_on": "page 1",
        },
    }
    assert reading.report.facts["pages"] == "5" and records[-1].locator.page == 5
    assert reading.counts.non_data == 5, "four repeated headers and the total"


def test_merged_header_cells_and_names_that_the_column_broke(read_all, tmp_path):
    rows = [
        ["№", "Дитина", "", "Заклад"],
        ["", "ПІБ", "Дата народження", ""],
        ["1", Paragraph("Нечуй-<br/>Вигаданко Ганна Олек-<br/>сандрівна", style()), "12.03.2012", "Школа № 5"],
        ["2", Paragraph("Тестенко<br/>Олег", style()), "2014", ""],
    ]
    spans = [((0, 0), (0, 1)), ((1, 0), (2, 0)), ((3, 0), (3, 1)), ((3, 2), (3, 3))]
    path = write(tmp_path / "list.pdf", [ruled(rows, *(("SPAN", *span) for span in spans))])
    text = "reader: pdf\nkey: №\nfields: {full_name: Дитина / ПІБ, birth_date: Дата народження, institution: Заклад}"
    records, problems, _ = read_all(text, path)
    assert not problems
    assert [(r.written["full_name"], r.written["institution"]) for r in records] == [
        ("Нечуй-Вигаданко Ганна Олександрівна", "Школа № 5"),
        ("Тестенко Олег", "Школа № 5"),
    ]


def test_tables_that_only_white_space_draws(read_all, tmp_path):
    canvas = Canvas(str(tmp_path / "list.pdf"), pagesize=A4)
    number = 0
    for page in range(2):
        canvas.setFont("Cyrillic", 10)
        canvas.drawString(60, 800, TITLE)
        for x, text in zip((60, 90, 300, 420), HEADER, strict=True):
            canvas.drawString(x, 770, text)
        for line in range(20):
            number += 1
            cells = [str(number), NAMES[line % 4], f"{line + 1:02}.03.2012", "г. Мариуполь"]
            for x, text in zip((60, 90, 300, 420), cells, strict=True):
                canvas.drawString(x, 750 - 30 * line, text)
            if line == 3:
                canvas.drawString(90, 750 - 30 * line - 11, "Петровна")
        canvas.drawString(60, 60, "* сверено")
        canvas.drawCentredString(300, 30, f"- {page + 1} -")
        canvas.showPage()
    canvas.save()
    records, problems, _ = read_all(CONFIG, tmp_path / "list.pdf")
    assert not problems
    assert [record.key for record in records] == [str(n) for n in range(1, 41)]
    assert records[3].written["full_name"] == "Образцова Мария Петровна"
    assert records[20].locator.page == 2 and records[20].written["birth_date"] == "01.03.2012"
    assert records[0].written["region"] == "Тестовую область"


def test_two_lists_in_one_file_keep_their_titles(read_all, tmp_path):
    story = [
        Paragraph(TITLE, style()),
        ruled([HEADER, *children(3)]),
        Spacer(1, 30),
        Paragraph(TITLE.replace("№ 5", "№ 6"), style()),
        ruled([HEADER, *children(2)]),
    ]
    config = CONFIG.replace("key: №", "key: '{institution}/{№}'")
    records, _, _ = read_all(config, write(tmp_path / "list.pdf", story))
    assert [record.key for record in records] == [
        f"Интерната № {house}/{n}" for house, n in [(5, 1), (5, 2), (5, 3), (6, 1), (6, 2)]
    ]


def test_lines_and_articles(read_all, tmp_path):
    text = (
        "У Херсоні шукають рідних дев'ятирічної Марти Вигаданко, вихованки Школи-інтернату № 3, яку вивезли до міста."
    )
    story = [Paragraph("Пошук", style(16)), Spacer(1, 20), Paragraph(text, style(14)), Spacer(1, 30)]
    story += [Paragraph(f"{n}. {name}, 2012", style()) for n, name in enumerate(NAMES, 1)]
    path = write(tmp_path / "list.pdf", story, foot="{}")
    records, _, _ = read_all(
        "language: uk\nreader: {kind: pdf, read: article}\nfields: {text: text, note: title}", path
    )
    assert len(records) == 1 and records[0].written["note"] == "Пошук"
    assert text in records[0].written["text"], "the line ends of the page are no line ends of the text"
    lines = """
reader:
  kind: pdf
  read: lines
  line: '^(?P<n>\\d+)\\. (?P<name>.+), (?P<born>\\d{4})'
  skip: '^(?!\\d)'
key: n
fields: {full_name: name, birth_date: born}
"""
    records, problems, reading = read_all(lines, path)
    assert [record.written["full_name"] for record in records] == NAMES and not problems
    assert reading.report.facts["running headers, page numbers and footnotes"] == "1"


def test_pages_may_be_chosen(read_all, describe, tmp_path):
    path = write(tmp_path / "list.pdf", [Paragraph(TITLE, style()), ruled([HEADER, *children(100)])])
    chosen = CONFIG.replace("kind: pdf", "kind: pdf\n  pages: 2-")
    records, _, _ = read_all(chosen, path)
    assert {record.locator.page for record in records} == {2, 3, 4, 5}
    with pytest.raises(SourceError, match="there is no page 9; the file has 5"):
        list(read_source(describe(CONFIG.replace("kind: pdf", "kind: pdf\n  pages: 9")), path))


@pytest.fixture
def scan(tmp_path):
    """A page as a scanner makes it: a picture of a table, and a PDF of that picture."""
    path = write(tmp_path / "list.pdf", [Paragraph(TITLE, style()), Spacer(1, 10), ruled([HEADER, *children(6)])])
    image = pypdfium2.PdfDocument(path)[0].render(scale=200 / 72).to_pil().convert("L")
    for name in ("scan.png", "scan.jpg", "scan.tif", "scan.pdf"):
        image.save(tmp_path / name, resolution=200)
    image.save(tmp_path / "two.tif", save_all=True, append_images=[image])
    return tmp_path


@pytest.mark.skipif(bool(ocr.missing("ukr+rus")), reason="tesseract with ukr and rus is not installed")
@pytest.mark.parametrize("name", ["scan.png", "scan.pdf"])
def test_scans_are_read_where_tesseract_is_installed(read_all, scan, name):
    records, problems, reading = read_all(CONFIG.replace("kind: pdf", "kind: scan"), scan / name)
    assert len(records) + len(problems) == 6
    read = [record.written for record in records]
    assert sum(row.get("full_name") in NAMES for row in read) >= 5
    assert sum(row.get("birth_date", "").endswith(".03.2012") for row in read) >= 5
    assert reading.report.facts["scanned pages"] == "1"
    assert any("hold names and dates against the picture" in note for note in reading.report.notes)
    assert records[0].locator.page == 1


@pytest.mark.parametrize("name", ["scan.png", "scan.jpg", "scan.tif", "scan.pdf"])
def test_without_tesseract_a_scan_says_what_to_install(describe, scan, monkeypatch, name):
    monkeypatch.setenv("PATH", "/nowhere")
    ocr.missing.cache_clear()
    with pytest.raises(SourceError) as caught:
        list(read_source(describe(CONFIG), scan / name))
    ocr.missing.cache_clear()
    message = str(caught.value)
    assert message.startswith(f"{name} page 1: the page is a picture")
    assert "apt-get install tesseract-ocr tesseract-ocr-ukr tesseract-ocr-rus" in message


def test_a_picture_of_too_many_pixels(describe, tmp_path, monkeypatch):
    monkeypatch.setattr(ocr, "require", lambda *_: None)
    Image.new("1", (40_000, 40_000)).save(tmp_path / "scan.png")
    with pytest.raises(SourceError, match="60 million pixels"):
        list(read_source(describe(CONFIG), tmp_path / "scan.png"))
