"""No value under another column: second headers, lists side by side, cards, in all kinds of files."""

from __future__ import annotations

import docx
import pytest
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import SimpleDocTemplate, Table

from sources.drafting import draft
from sources.errors import SourceError
from tests.sources.cases.conftest import CHILDREN

FIELDS = "fields: {full_name: ПІБ, birth_date: Дата народження}"
WITH_MOTHER = "reader: %s\nlanguage: uk\nfields: {full_name: ПІБ, mother: Мати, birth_date: Дата народження}"
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
STACKED = [
    ["№", "ПІБ", "Мати", "Дата народження"],
    *[[str(n), name, "Вигаданко Олена", day] for n, (name, day) in enumerate(CHILDREN[:3], start=1)],
    ["", "", "", ""],
    ["Група 2", "", "", ""],
    ["№", "Мати", "ПІБ", "Дата народження"],
    *[[str(n), "Уявна Ірина", name, day] for n, (name, day) in enumerate(CHILDREN[3:], start=4)],
]
BESIDE = [
    ["№", "ПІБ", "Дата народження", "", "№", "ПІБ", "Дата народження"],
    *[
        [str(n), *CHILDREN[n - 1], "", str(n + 3), *CHILDREN[n + 2]]
        if n < 3
        else [str(n), *CHILDREN[2], "", "", "", ""]
        for n in (1, 2, 3)
    ],
]
CARDS = [
    [["ПІБ", name], ["Дата народження", day], ["Стать", "ж"], ["Мати", "Вигаданко Олена"], ["Заклад", "Інтернат № 5"]]
    for name, day in CHILDREN[:4]
]


def write(kind, rows, tmp_path, sheet):
    path = tmp_path / f"list.{kind}"
    if kind == "xlsx":
        return sheet([[value or None for value in row] for row in rows])
    if kind == "csv":
        path.write_text("\n".join(";".join(row) for row in rows), encoding="utf-8")
    elif kind == "docx":
        document = docx.Document()
        table = document.add_table(rows=0, cols=len(rows[0]))
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
        document.save(path)
    elif kind == "html":
        cells = "".join("<tr>" + "".join(f"<td>{text}</td>" for text in row) + "</tr>" for row in rows)
        path.write_text(f"<html><body><table>{cells}</table></body></html>", encoding="utf-8")
    else:
        pdfmetrics.registerFont(TTFont("DejaVu", FONT))
        style = [("FONT", (0, 0), (-1, -1), "DejaVu", 8), ("GRID", (0, 0), (-1, -1), 0.5, colors.black)]
        SimpleDocTemplate(str(path), pagesize=landscape(A4)).build([Table(rows, style=style)])
    return path


def reader(kind):
    return "{kind: html, table: table}" if kind == "html" else kind


@pytest.mark.parametrize("kind", ["xlsx", "csv", "docx", "html", "pdf"])
def test_a_table_below_in_another_order_is_read_by_its_own_header(kind, tmp_path, sheet, read):
    found = read(WITH_MOTHER % reader(kind), write(kind, STACKED, tmp_path, sheet))
    assert found.names == [name for name, _ in CHILDREN]
    assert {each["mother"] for each in found.written[3:]} == {"Уявна Ірина"}
    assert "further table" in found.notes


def test_a_table_below_that_lacks_a_column_is_refused_with_its_row(tmp_path, sheet, read):
    rows = [*STACKED[:4], ["№", "Мати", "Телефон", "Прізвище дитини"], ["4", "Уявна Ірина", "050", "Уявна"]]
    with pytest.raises(SourceError, match=r"row 5: a further table begins, and its header lacks 'ПІБ'"):
        read(WITH_MOTHER % "xlsx", write("xlsx", rows, tmp_path, sheet))


def test_a_table_above_the_header_that_fits_is_not_taken_for_titles(tmp_path, sheet, read):
    rows = [["Прізвище, ім'я", "Стать"], ["Уявна Ніна", "ж"], *BESIDE[:2]]
    with pytest.raises(SourceError, match="a table with other columns stands above the header in row 3"):
        read(
            f"reader: xlsx\nlanguage: uk\n{FIELDS}",
            write("xlsx", [[*row, "", "", "", "", ""][:7] for row in rows], tmp_path, sheet),
        )


@pytest.mark.parametrize("kind", ["xlsx", "csv", "docx", "html", "pdf"])
def test_lists_side_by_side_are_both_read(kind, tmp_path, sheet, read):
    found = read(f"reader: {reader(kind)}\nlanguage: uk\nkey: №\n{FIELDS}", write(kind, BESIDE, tmp_path, sheet))
    assert sorted(found.names) == sorted(name for name, _ in CHILDREN[:5])
    assert {child.item.key for child in found.children} == {"1", "2", "3", "4", "5"}
    assert "2 lists stand side by side" in found.notes
    assert not found.problems


def test_a_second_column_of_names_without_the_rest_is_said(tmp_path, sheet, read):
    rows = [["№", "ПІБ", "Дата народження", "ПІБ"], ["1", *CHILDREN[0], "Вигаданко Олена"]]
    found = read(f"reader: xlsx\nlanguage: uk\n{FIELDS}", write("xlsx", rows, tmp_path, sheet))
    assert found.names == [CHILDREN[0][0]]
    assert "a second column 'ПІБ (2)'" in found.notes


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_a_card_a_sheet_or_table_is_a_child_each(kind, tmp_path, sheet, read):
    if kind == "xlsx":
        path = sheet(None, sheets={f"Картка {n}": card for n, card in enumerate(CARDS, start=1)})
    else:
        document = docx.Document()
        for card in CARDS:
            table = document.add_table(rows=0, cols=2)
            for row in card:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
            document.add_paragraph("")
        path = tmp_path / "cards.docx"
        document.save(path)
    fields = "{full_name: ПІБ, birth_date: Дата народження, sex: Стать, mother: Мати, institution: Заклад}"
    found = read(f"reader: {kind}\nlanguage: uk\nfields: {fields}", path)
    assert found.names == [name for name, _ in CHILDREN[:4]]
    assert found.written[0]["institution"] == "Інтернат № 5" and found.written[0]["mother"] == "Вигаданко Олена"
    assert found.children[1].item.locator.cells["birth_date"] == "B2"


@pytest.mark.parametrize("kind", ["xlsx", "csv", "html"])
def test_cards_below_each_other_and_side_by_side(kind, tmp_path, sheet, read):
    below = [[*row, ""] for card in CARDS[:2] for row in [*card, ["", ""]]]
    beside = [[row[0], row[1], other[1]] for row, other in zip(CARDS[2], CARDS[3], strict=True)]
    found = read(
        f"reader: {reader(kind)}\nlanguage: uk\nfields: {{full_name: ПІБ, birth_date: Дата народження, mother: Мати}}",
        write(kind, [*below, *beside], tmp_path, sheet),
    )
    assert found.names == [name for name, _ in CHILDREN[:4]]
    assert [each["birth_date"] for each in found.written] == [day for _, day in CHILDREN[:4]]
    assert len({child.item.key for child in found.children}) == 4


def test_a_list_is_no_card_and_a_heading_says_what_it_is(tmp_path, sheet, read):
    rows = [["ПІБ", "Дата народження"], ["Інтернат № 5", ""], *map(list, CHILDREN)]
    found = read(f"reader: xlsx\nlanguage: uk\n{FIELDS}", write("xlsx", rows, tmp_path, sheet))
    assert len(found.children) >= 6
    rows = [["№", "ПІБ", "Дата народження"], ["Інтернат № 5", "", ""], ["1", *CHILDREN[0]]]
    found = read(f"reader: xlsx\nkey: №\nlanguage: uk\n{FIELDS}", write("xlsx", rows, tmp_path, sheet))
    assert found.codes == ["no_name"] and "a heading?" in found.problems[0].reason


OTHER_NAMES = [
    ["ПІБ дитини", "Дата народження", "", "ПІБ", "Дата нар."],
    *[[*CHILDREN[n], "", *CHILDREN[n + 3]] for n in range(3)],
]


@pytest.mark.parametrize("kind", ["xlsx", "csv", "docx", "html", "pdf"])
def test_a_list_beside_under_other_headings_is_read_with_a_doubt(kind, tmp_path, sheet, read):
    path = write(kind, OTHER_NAMES, tmp_path, sheet)
    fields = "fields: {full_name: ПІБ дитини, birth_date: Дата народження}"
    found = read(f"reader: {reader(kind)}\nlanguage: uk\n{fields}", path)
    assert sorted(found.names) == sorted(name for name, _ in CHILDREN)
    told = {name: "list_beside" in doubts for name, doubts in zip(found.names, found.doubts, strict=True)}
    assert told == {name: n > 2 for n, (name, _) in enumerate(CHILDREN)}


def test_a_doubt_of_one_list_beside_is_not_that_of_the_next(tmp_path, sheet, read):
    head = ["ПІБ дитини", "Дата народження", "ПІБ", "Дата нар.", "Дитина 3", "Дата народження 3"]
    rows = [head, [*CHILDREN[0], *CHILDREN[1], *CHILDREN[2]]]
    fields = "fields: {full_name: ПІБ дитини, birth_date: Дата народження}"
    found = read(f"reader: xlsx\nlanguage: uk\n{fields}", write("xlsx", rows, tmp_path, sheet))
    assert found.names == [name for name, _ in CHILDREN[:3]]
    assert ["list_beside" in each for each in found.doubts] == [False, True, False]


def test_numbered_columns_are_children_of_one_row(tmp_path, sheet, read):
    rows = [
        ["№", "Дитина 1", "Дата народження 1", "Дитина 2", "Дата народження 2", "Телефон"],
        ["1", *CHILDREN[0], *CHILDREN[1], "+380501112233"],
        ["2", *CHILDREN[2], "", "", "+380501112244"],
    ]
    fields = "fields: {full_name: Дитина 1, birth_date: Дата народження 1, contact: Телефон}"
    found = read(f"reader: xlsx\nlanguage: uk\nkey: №\n{fields}", write("xlsx", rows, tmp_path, sheet))
    assert [(child.item.key, child.item.written["full_name"]) for child in found.children] == [
        ("1", CHILDREN[0][0]),
        ("1/2", CHILDREN[1][0]),
        ("2", CHILDREN[2][0]),
    ]
    assert found.written[1]["contact"] == "+380501112233" and not any("list_beside" in each for each in found.doubts)


def test_names_of_parents_beside_are_no_second_list(tmp_path, sheet, read):
    rows = [["ПІБ", "Дата народження", "ПІБ матері", "ПІБ заявника"], [*CHILDREN[0], "Уявна Ольга", "Уявна Ольга"]]
    found = read(f"reader: xlsx\nlanguage: uk\n{FIELDS}", write("xlsx", rows, tmp_path, sheet))
    assert found.names == [CHILDREN[0][0]] and "side by side" not in found.notes


@pytest.mark.parametrize("kind", ["xlsx", "csv", "docx"])
def test_a_table_of_the_staff_below_is_refused_and_no_child(kind, tmp_path, sheet, read):
    rows = [*STACKED[:4], ["№", "ПІБ", "Посада", "Телефон"], ["1", "Керівненко Павло", "директор", "050"]]
    with pytest.raises(SourceError, match="a further table begins"):
        read(WITH_MOTHER % reader(kind), write(kind, rows, tmp_path, sheet))


PAIRED = [["ПІБ", CHILDREN[n][0], "Дата народження", CHILDREN[n][1]] for n in range(3)]
TURNED = [
    ["ПІБ", *[name for name, _ in CHILDREN]],
    ["Дата народження", *[day for _, day in CHILDREN]],
    ["Мати", "Уявна Ольга", "Уявна Ольга", "", "Марна Ніна", "Марна Ніна", "Марна Ніна"],
]


@pytest.mark.parametrize("kind", ["xlsx", "csv", "docx", "html", "pdf"])
@pytest.mark.parametrize("drafted", [True, False])
def test_cards_of_labels_and_values_in_a_row_or_a_column(drafted, kind, tmp_path, sheet, read):
    paired = [row for each in PAIRED for row in (each, ["Мати", "Уявна Ольга", "Стать", "ж"], [""] * 4)]
    for rows, count in ((paired, 3), (TURNED, 6)):
        path = write(kind, rows, tmp_path, sheet)
        text = (
            draft(path, title="Список")
            if drafted
            else f"reader: {reader(kind)}\nlanguage: uk\nfields: {{full_name: ПІБ, birth_date: Дата народження, "
            "mother: {column: Мати, optional: true}}"
        )
        found = read(text, path)
        assert [(each["full_name"], each["birth_date"]) for each in found.written] == CHILDREN[:count]
        if count == 6:
            mothers = [each.get("mother", "") for each in found.written]
            assert mothers == ["Уявна Ольга", "Уявна Ольга", "", *["Марна Ніна"] * 3]


@pytest.mark.parametrize("kind", ["txt", "docx", "one_column"])
def test_lines_of_labels_and_values_are_cards(kind, tmp_path, read):
    cards = [[("ПІБ", name), ("Дата народження", day), ("Мати", "Уявна Ольга")] for name, day in CHILDREN]
    lines = [line for card in cards for line in [*(f"{label}: {text}" for label, text in card), ""]]
    if kind == "docx":
        document = docx.Document()
        for line in lines:
            document.add_paragraph(line)
        path = tmp_path / "cards.docx"
        document.save(path)
    else:
        path = tmp_path / ("cards.txt" if kind == "txt" else "cards.csv")
        path.write_text("\n".join(lines), encoding="utf-8")
    found = read(draft(path, title="Список"), path)
    assert [(each["full_name"], each["birth_date"]) for each in found.written] == CHILDREN
    assert {each["mother"] for each in found.written} == {"Уявна Ольга"}
    assert len({child.item.key for child in found.children}) == 6
