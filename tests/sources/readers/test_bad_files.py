"""Files that are not what their name or description says: one clear line each, and nothing read."""

from __future__ import annotations

import gzip
import zipfile

import openpyxl
import pytest

from sources import SourceError, read_source

CSV = "reader: csv\nfields: {full_name: name}"
XLSX = "reader: xlsx\nfields: {full_name: name}"
HTML = "reader: {kind: html, card: .card}\nfields: {full_name: h2}"
JSON = "reader: json\nfields: {full_name: name}"


def workbook(path):
    book = openpyxl.Workbook()
    book.active.append(["name"])
    book.active.append(["Вигаданко Ганна"])
    book.save(path)
    return path.read_bytes()


@pytest.fixture
def xlsx(tmp_path):
    return workbook(tmp_path / "made.xlsx")


def failure(describe, text, tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(SourceError) as caught:
        list(read_source(describe(text), path))
    message = str(caught.value)
    assert message.startswith(name) and "\n" not in message and "Вигаданко" not in message
    return message


@pytest.mark.parametrize("text", [CSV, XLSX, HTML, JSON, "reader: telegram\nfields: {text: text}"])
@pytest.mark.parametrize("data", [b"", b"\n\n  \n", b"\xef\xbb\xbf"])
def test_empty_files(describe, tmp_path, text, data):
    assert "the file is empty" in failure(describe, text, tmp_path, "list.bin", data)


def test_a_header_alone_is_no_list(describe, tmp_path):
    assert "no row below the header" in failure(describe, CSV, tmp_path, "list.csv", b"id,name\n")


def test_text_named_xlsx(describe, tmp_path):
    message = failure(describe, XLSX, tmp_path, "list.xlsx", b"name\nA\n")
    assert "plain text, not what its name ending .xlsx says" in message and "reader csv" in message


def test_xlsx_named_csv(describe, tmp_path, xlsx):
    for text in (CSV, XLSX):
        message = failure(describe, text, tmp_path, "list.csv", xlsx)
        assert (
            "an Excel workbook (XLSX), not what its name ending .csv says" in message
            and "rename it to .xlsx" in message
        )


def test_a_workbook_under_the_csv_reader(describe, tmp_path, xlsx):
    message = failure(describe, CSV, tmp_path, "list.xlsx", xlsx)
    assert "which the reader csv does not read; use the reader xlsx" in message


def test_html_named_xls(describe, tmp_path):
    assert "an HTML page" in failure(
        describe, XLSX, tmp_path, "list.xls", b"<html><table><tr><td>1</td></tr></table></html>"
    )


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_truncated_workbooks(describe, tmp_path, xlsx, share):
    assert "damaged or cut short" in failure(describe, XLSX, tmp_path, "list.xlsx", xlsx[: int(len(xlsx) * share)])


def test_a_flipped_byte_in_a_workbook(describe, tmp_path, xlsx):
    with zipfile.ZipFile(tmp_path / "made.xlsx") as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
        at = info.header_offset + 30 + len(info.filename) + info.compress_size // 2
    broken = bytearray(xlsx)
    broken[at] ^= 0xFF
    assert "damaged or cut short" in failure(describe, XLSX, tmp_path, "list.xlsx", bytes(broken))


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"%PDF-1.7 and so on", "a PDF"),
        (gzip.compress(b"id,name\n1,a\n" * 50, mtime=0), "a gzip archive"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "an image"),
        (bytes(range(256)) * 20, "binary data"),
        (b"{\\rtf1\\ansi name}", "a text in RTF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "neither a workbook nor a Word document"),
    ],
)
def test_other_kinds_of_file_under_a_list_s_name(describe, tmp_path, data, word):
    assert word in failure(describe, CSV, tmp_path, "list.csv", data)


@pytest.mark.parametrize(
    ("member", "data"), [("mimetype", "application/vnd.oasis.opendocument.text"), ("ppt/a.xml", "")]
)
def test_other_office_documents_say_what_to_save(describe, tmp_path, member, data):
    with zipfile.ZipFile(tmp_path / "made.zip", "w") as archive:
        archive.writestr(member, data)
    packed = (tmp_path / "made.zip").read_bytes()
    for text in (CSV, "reader: docx\nfields: {full_name: name}"):
        assert "save it as .docx" in failure(describe, text, tmp_path, "list.odt", packed)


def test_a_broken_old_workbook(describe, tmp_path):
    text = XLSX.replace("xlsx", "xls")
    assert "damaged" in failure(describe, text, tmp_path, "list.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))


def test_a_file_that_is_not_there(describe, tmp_path):
    with pytest.raises(SourceError, match="cannot be read"):
        list(read_source(describe(CSV), tmp_path / "none.csv"))
