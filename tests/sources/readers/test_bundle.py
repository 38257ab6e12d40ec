from __future__ import annotations

import zipfile

import docx
import openpyxl
import pytest

from sources import SourceError, read_source

CSV = "key: '{file}/{id}'\nreader: csv\nfields: {full_name: name, region: {context: region}}"
CSV = CSV.replace("reader: csv", "reader: {kind: csv, file_name: '(?P<region>[^/]+)/[^/]*$'}")
MIXED = """
reader:
  kind: zip
  members: '^lists/'
  each:
    - csv
    - {kind: xlsx, titles: 'із (?P<institution>.+)'}
    - {kind: docx}
key: '{file}/{№}'
fields: {full_name: {any_of: [ПІБ, ФИО]}}
"""


def pack(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


@pytest.fixture
def folder(tmp_path):
    """A delivery as a folder: lists of three kinds, and what a system leaves in folders."""
    lists = tmp_path / "pack" / "lists"
    lists.mkdir(parents=True)
    (lists / "b.csv").write_bytes("№;ПІБ\n1;Вигаданко Ганна\n2;Тестенко Олег\n".encode("cp1251"))
    book = openpyxl.Workbook()
    for row in [["Діти із Школи № 5"], ["№", "ПІБ"], [1, "Примеренко Тарас"]]:
        book.active.append(row)
    book.save(lists / "а список.xlsx")
    document = docx.Document()
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip((*table.rows[0].cells, *table.rows[1].cells), ("№", "ФИО", "1", "Вымыслов А."), strict=True):
        cell.text = text
    document.save(lists / "c.docx")
    (lists / ".DS_Store").write_bytes(b"\0\1")
    (tmp_path / "pack" / "readme.txt").write_text("про відправника")
    (lists / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    return tmp_path / "pack"


def zipped(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return pack(folder.with_suffix(".zip"), {path.relative_to(folder).as_posix(): path.read_bytes() for path in files})


@pytest.mark.parametrize("packed", [False, True])
def test_files_of_several_kinds(read_all, folder, packed):
    records, problems, reading = read_all(MIXED, zipped(folder) if packed else folder)
    assert [(record.key, record.written["full_name"]) for record in records] == [
        ("lists/b.csv/1", "Вигаданко Ганна"),
        ("lists/b.csv/2", "Тестенко Олег"),
        ("lists/c.docx/1", "Вымыслов А."),
        ("lists/а список.xlsx/1", "Примеренко Тарас"),
    ]
    assert records[3].locator.to_json() == {
        "member": "lists/а список.xlsx",
        "sheet": "Sheet",
        "row": 3,
        "cells": {"full_name": "B3", "institution": "A1"},
    }
    assert [(problem.reason_code, problem.locator.to_json()) for problem in problems] == [
        ("unread_member", {"member": "lists/photo.png"})
    ]
    assert reading.counts.non_data == 2, "the system's file and the one that `members` leaves out"
    assert reading.report.facts["encoding of lists/b.csv"] == "cp1251" and reading.report.facts["members"] == "6"


def test_any_reader_reads_a_zip_of_its_kind(read_all, tmp_path):
    path = pack(
        tmp_path / "pack.zip",
        {"Херсон/2.csv": "id,name\n1,Тестенко Олег\n", "Донецьк/1.csv": "id,name\n1,Вигаданко Ганна\n"},
    )
    records, _, _ = read_all(CSV, path)
    assert [(record.key, record.written["region"]) for record in records] == [
        ("Донецьк/1.csv/1", "Донецьк"),
        ("Херсон/2.csv/1", "Херсон"),
    ]


def test_names_of_members_as_windows_of_the_region_packs_them(read_all, tmp_path):
    path = pack(tmp_path / "pack.zip", {"XXXXXX.csv": "id,name\n1,Тестенко Олег\n"})
    path.write_bytes(path.read_bytes().replace(b"XXXXXX", "Список".encode("cp866")))
    records, _, _ = read_all("reader: csv\nfields: {full_name: name}", path)
    assert records[0].locator.member == "Список.csv"


def test_a_mistake_in_a_member_names_it(describe, tmp_path):
    path = pack(tmp_path / "pack.zip", {"a.csv": "id,name\n1,A\n", "b.csv": "id,nome\n1,B\n"})
    with pytest.raises(SourceError, match=r"pack\.zip/b\.csv: no column 'name'"):
        list(read_source(describe(CSV), path))


def test_a_file_alone_by_a_description_of_several_kinds(read_all, folder, tmp_path):
    records, _, _ = read_all(MIXED, folder / "lists" / "c.docx")
    assert [record.key for record in records] == ["c.docx/1"]
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.4")
    with pytest.raises(SourceError, match="the file is a PDF, and the readers are csv, xlsx, docx"):
        read_all(MIXED, tmp_path / "x.pdf")


def test_keys_by_place_are_those_of_the_bytes(read_all, tmp_path):
    text = "reader: csv\nfields: {full_name: name}"
    path = pack(tmp_path / "pack.zip", {"a.csv": "id,name\n1,A\n", "b.csv": "id,name\n1,B\n"})
    first, _, _ = read_all(text, path)
    assert len({record.key for record in first}) == 2
    again, _, _ = read_all(text, path)
    assert [record.key for record in again] == [record.key for record in first]
