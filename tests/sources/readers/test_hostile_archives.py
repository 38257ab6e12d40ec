"""ZIPs, folders and the ZIP-based formats, made to do harm: each ends in one clear line or a quarantined row."""

from __future__ import annotations

import io
import stat
import struct
import zipfile

import docx
import openpyxl
import pytest

from sources import SourceError, read_source

CSV = "reader: csv\nfields: {full_name: name}"
DOCX = "reader: docx\nfields: {full_name: name}"
XLSX = "reader: xlsx\nfields: {full_name: name}"
LIST = "id,name\n1,Вигаданко Ганна\n"


def pack(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def refused(describe, text, path):
    with pytest.raises(SourceError) as caught:
        list(read_source(describe(text), path))
    message = str(caught.value)
    assert message.startswith(path.name) and "\n" not in message and "Вигаданко" not in message
    return message


def test_a_zip_bomb(outcome, tmp_path):
    path = pack(tmp_path / "pack.zip", [("a.csv", LIST), ("b.csv", bytes(300 << 20))])
    assert path.stat().st_size < 1 << 20
    done = outcome(CSV, path, seconds=10, megabytes=300)
    assert "unpacks to" in done.error and "times its size" in done.error and not done.records


def test_a_bomb_of_many_members(describe, tmp_path):
    path = pack(tmp_path / "pack.zip", [(f"{number}.csv", "") for number in range(10_001)])
    assert "10,001 parts" in refused(describe, CSV, path)


def test_a_forged_size(describe, tmp_path):
    path = pack(tmp_path / "pack.zip", [("a.csv", LIST * 100_000)])
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, data.index(b"PK\x01\x02") + 24, 100)
    path.write_bytes(data)
    assert "damaged" in refused(describe, CSV, path)


def test_archives_in_archives_are_told_and_not_opened(read_all, tmp_path):
    inner = io.BytesIO()
    for _ in range(5):
        outer = io.BytesIO()
        with zipfile.ZipFile(outer, "w") as archive:
            archive.writestr("more.zip", inner.getvalue() or b"PK\x05\x06" + bytes(18))
        inner = outer
    path = pack(tmp_path / "pack.zip", [("a.csv", LIST), ("z.zip", inner.getvalue())])
    records, problems, _ = read_all(CSV, path)
    assert len(records) == 1
    assert [(problem.reason_code, problem.locator.to_json()) for problem in problems] == [
        ("nested_archive", {"member": "z.zip"})
    ]


@pytest.mark.parametrize(
    "name", ["../out.csv", "a/../../out.csv", "/etc/out.csv", "..\\out.csv", "C:\\out.csv", "a\x01.csv"]
)
def test_names_that_lead_elsewhere(describe, tmp_path, name):
    folder = tmp_path / "in"
    folder.mkdir()
    path = pack(folder / "pack.zip", [("a.csv", LIST), (name, LIST)])
    assert "no honest program" in refused(describe, CSV, path)
    assert sorted(each.name for each in tmp_path.rglob("out.csv")) == []


def test_links_in_an_archive(describe, tmp_path):
    path = tmp_path / "pack.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("a.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert "is a link" in refused(describe, CSV, path)


def test_links_in_a_folder(describe, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text(LIST)
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "a.csv").symlink_to(secret)
    assert "a link leads out of the folder" in refused(describe, CSV, folder)
    (folder / "a.csv").unlink()
    (folder / "sub").symlink_to(tmp_path)
    assert "a link leads out of the folder" in refused(describe, CSV, folder)


def test_two_members_of_one_name(describe, tmp_path):
    with pytest.warns(UserWarning):
        path = pack(tmp_path / "pack.zip", [("a.csv", LIST), ("a.csv", LIST)])
    assert "two members of the archive have one name" in refused(describe, CSV, path)


def test_an_archive_with_a_password(describe, tmp_path):
    path = pack(tmp_path / "pack.zip", [("a.csv", LIST)])
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    path.write_bytes(data)
    assert "protected by a password" in refused(describe, CSV, path)


@pytest.fixture
def document(tmp_path):
    made = docx.Document()
    table = made.add_table(rows=2, cols=2)
    for cell, text in zip((*table.rows[0].cells, *table.rows[1].cells), ("id", "name", "1", "Вигаданко"), strict=True):
        cell.text = text
    made.save(tmp_path / "list.docx")
    return tmp_path / "list.docx"


def rewrite(path, change, extra=()):
    with zipfile.ZipFile(path) as archive:
        parts = {name: change(name, archive.read(name)) for name in archive.namelist()}
    return pack(path, [*parts.items(), *extra])


def body(old, new):
    return lambda name, data: data.replace(old, new) if name == "word/document.xml" else data


def test_entities_in_a_document(describe, document):
    bomb = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "AAAAAAAAAA"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'

    def change(name, data):
        if name != "word/document.xml":
            return data
        return bomb + data.split(b"?>", 1)[1].replace("Вигаданко".encode(), b"&b;")

    assert "document type declaration" in refused(describe, DOCX, rewrite(document, change))


@pytest.mark.parametrize("system", ["file:///etc/passwd", "http://127.0.0.1:9/x"])
def test_outside_entities_are_not_fetched(describe, document, system):
    bomb = f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a SYSTEM "{system}">]>'.encode()

    def change(name, data):
        return bomb + data.split(b"?>", 1)[1] if name == "word/document.xml" else data

    assert "document type declaration" in refused(describe, DOCX, rewrite(document, change))


def test_a_document_of_a_million_columns(describe, document):
    old, new = b"<w:tcPr>", b'<w:tcPr><w:gridSpan w:val="1000000"/>'
    assert "more than 16,384 columns" in refused(describe, DOCX, rewrite(document, body(old, new)))


def test_a_document_that_nests_without_end(describe, document):
    deep = b"<w:sdt><w:sdtContent>" * 5_000 + b"</w:sdtContent></w:sdt>" * 5_000 + b"<w:sectPr"
    assert "nests more than" in refused(describe, DOCX, rewrite(document, body(b"<w:sectPr", deep)))


def test_a_cell_of_100_mb_in_a_document(outcome, document, tmp_path):
    noise = zipfile.ZipFile(document).read("word/document.xml").replace("Вигаданко".encode(), b"%CELL%")
    with zipfile.ZipFile(document) as archive, zipfile.ZipFile(tmp_path / "big.docx", "w", zipfile.ZIP_STORED) as big:
        for name in archive.namelist():
            data = archive.read(name)
            big.writestr(name, noise.replace(b"%CELL%", b"A" * (100 << 20)) if name == "word/document.xml" else data)
    done = outcome(DOCX, tmp_path / "big.docx", megabytes=900)
    assert done.error == "" and [code for code, _ in done.problems] == ["cell_too_long"]
    assert done.problems[0][1] < 2_000


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("kind", ["docx", "zip"])
def test_cut_short(describe, document, tmp_path, kind, share):
    data = document.read_bytes() if kind == "docx" else pack(tmp_path / "p.zip", [("a.csv", LIST * 1000)]).read_bytes()
    path = tmp_path / f"cut.{kind}"
    path.write_bytes(data[: int(len(data) * share)])
    assert "damaged or cut short" in refused(describe, DOCX if kind == "docx" else CSV, path)


def test_a_flipped_byte_in_a_document(describe, document):
    data = bytearray(document.read_bytes())
    with zipfile.ZipFile(document) as archive:
        info = archive.getinfo("word/document.xml")
    data[info.header_offset + 30 + len(info.filename) + info.compress_size // 2] ^= 0xFF
    document.write_bytes(data)
    assert "damaged" in refused(describe, DOCX, document)


def test_macros_are_told_and_never_opened(read_all, document, tmp_path):
    macro = ("word/vbaProject.bin", b"\xd0\xcf\x11\xe0 Sub AutoOpen()")
    docm = rewrite(document, lambda name, data: data, [macro]).rename(tmp_path / "list.docm")
    records, _, reading = read_all(DOCX, docm)
    assert len(records) == 1 and "brings macros; they are never run" in reading.report.notes[0]
    book = openpyxl.Workbook()
    for row in (["id", "name"], [1, "Вигаданко"]):
        book.active.append(row)
    book.save(tmp_path / "list.xlsm")
    rewrite(tmp_path / "list.xlsm", lambda name, data: data, [("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")])
    records, _, reading = read_all(XLSX, tmp_path / "list.xlsm")
    assert len(records) == 1 and "brings macros; they are never run" in reading.report.notes[0]


def test_formulas_are_not_worked_out(read_all, tmp_path):
    book = openpyxl.Workbook()
    for row in (["id", "name"], [1, '=HYPERLINK("http://127.0.0.1:9","x")'], [2, "Тестенко Олег"]):
        book.active.append(row)
    book.active["B4"], book.active["A4"] = "@SUM(1+1)*cmd|' /C calc'!A0", 3
    book.active["B4"].data_type = "s"
    book.save(tmp_path / "list.xlsx")
    records, problems, _ = read_all(XLSX, tmp_path / "list.xlsx")
    assert [record.written["full_name"] for record in records] == ["Тестенко Олег", "@SUM(1+1)*cmd|' /C calc'!A0"]
    assert [problem.reason_code for problem in problems] == ["no_name"], "a formula without a value is no name"
    (tmp_path / "list.csv").write_text("id,name\n1,=cmd|' /C calc'!A0\n")
    records, _, _ = read_all(CSV, tmp_path / "list.csv")
    assert records[0].written["full_name"] == "=cmd|' /C calc'!A0", "kept as written; exports escape it"
