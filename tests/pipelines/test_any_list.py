"""A new kind of list on Monday, flowing on Monday: drafted, checked, ingested, and followed back to the bytes."""

from __future__ import annotations

import zipfile

import docx

TITLE = "Список детей, направленных из Интерната № 5 в Тестовую область 12.03.2023"
ROWS = [("№", "ФИО", "Дата рождения", "Откуда"), ("1", "ВЫМЫСЛОВА А. П.", "12.03.2012", "г. Мариуполь")]
SEVERAL = """\
source_class: family
language: uk
legal_basis: consent
reader: csv
key: №
fields:
  full_name: {column: Діти, split: ';', pattern: '^[^,\\d]+'}
  birth_date: {column: Діти, split: ';', pattern: '\\d{4}'}
derived: {cell_siblings: true}
"""


def word_list(path, name, number):
    document = docx.Document()
    document.add_paragraph(TITLE)
    table = document.add_table(rows=0, cols=4)
    for row in [*ROWS, (number, name, "2014", "Херсон"), ("Всего: 2", "", "", "")]:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.save(path)


def test_a_folder_of_word_lists_from_draft_to_evidence(shared, tmp_path):
    folder = tmp_path / "delivery"
    folder.mkdir()
    word_list(folder / "a.docx", "Тестенко Олег Иванович", "2")
    word_list(folder / "b.docx", "Примеров Тарас", "2")
    (folder / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    drafted = shared("sources", "new", folder, "--folder", tmp_path, "--slug", "word_lists").stdout
    assert "TODO" in drafted and "Тестенко" not in drafted
    config = tmp_path / "word_lists.yaml"
    checked = shared("sources", "check", config, folder).stdout
    assert "7 rows read = 4 with records + 1 to quarantine + 2 that are no data" in checked
    assert "unread_member" in checked and "Тестенко" not in checked and "Т······· О··· И·······" in checked
    done = shared("ingest", config, folder, "--from", "a body", "--legal-basis", "law")
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["a.docx", "3", "2", "0", "0", "0", "1"] in lines and ["b.docx", "3", "2", "0", "0", "0", "1"] in lines
    assert "photo.png" in done.stderr
    shown = shared("evidence", "show", "word_lists/b.docx/2").stdout
    assert "row 3" in shown and "table 1" in shown and "B3" in shown and "differs" not in shown


def test_a_child_of_a_shared_cell_in_a_zip_is_found_in_its_evidence(shared, tmp_path):
    (tmp_path / "shared_cells.yaml").write_text(SEVERAL, encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "delivery.zip", "w") as archive:
        archive.writestr("list.csv", '№;Діти\n1;"Вигаданко Марта, 2012; Вигаданко Іван, 2015"\n2;Тестенко Олег\n')
    done = shared("ingest", tmp_path / "shared_cells.yaml", tmp_path / "delivery.zip", "--from", "a hotline")
    assert done.stdout.splitlines()[-1].split()[:3] == ["delivery.zip", "3", "3"]
    shown = shared("evidence", "show", "shared_cells/1/2").stdout
    assert "member list.csv" in shown and "part 2" in shown and "differs" not in shown
