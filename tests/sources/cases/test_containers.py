"""What a container holds is read, or named with the way out: letters, mailboxes, MHTML, ASiC, other chats."""

from __future__ import annotations

import json
import mailbox
import zipfile
from email.message import EmailMessage

import openpyxl
import pytest

from sources.drafting import draft
from sources.errors import SourceError
from tests.sources.cases.conftest import CHILDREN

CONFIG = "reader: %s\nlanguage: uk\nkey: '{file}/{№}'\nfields: {full_name: ПІБ, birth_date: Дата}"
LIST = "№;ПІБ;Дата\n" + "".join(f"{n};{name};{day}\n" for n, (name, day) in enumerate(CHILDREN, 1))
NAMES = [name for name, _ in CHILDREN]


def letter(*attached, text="Список у вкладенні.", signed=False):
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@example.org", "b@example.org", "Список"
    made.set_content(text)
    for name, data in attached:
        made.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    if signed:
        made.add_attachment(
            b"\x30\x82\x10\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
            maintype="application",
            subtype="pkcs7-signature",
            filename="smime.p7s",
        )
    return made


def workbook(path):
    book = openpyxl.Workbook()
    for row in [line.split(";") for line in LIST.splitlines()]:
        book.active.append(row)
    book.save(path)
    return path.read_bytes()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_list_attached_to_a_letter_is_read(kind, tmp_path, read):
    data = LIST.encode() if kind == "csv" else workbook(tmp_path / "list.xlsx")
    (tmp_path / "letter.eml").write_bytes(bytes(letter((f"список.{kind}", data), signed=True)))
    found = read(CONFIG % kind, tmp_path / "letter.eml")
    assert found.names == NAMES and not found.problems
    assert found.children[0].item.locator.member == f"список.{kind}"
    assert found.children[0].item.key == f"список.{kind}/1"


def test_an_attachment_that_no_reader_reads_is_in_quarantine(tmp_path, read):
    (tmp_path / "letter.eml").write_bytes(
        bytes(letter(("список.csv", LIST.encode()), ("фото.rar", b"Rar!\x1a\x07" + bytes(90))))
    )
    found = read(CONFIG % "csv", tmp_path / "letter.eml")
    assert found.names == NAMES and found.codes == ["unread_member"]


def test_a_letter_without_attachments_is_its_text(tmp_path, read):
    text = "Шукаємо: Вигаданко Марта, 10 років, Маріуполь."
    (tmp_path / "letter.eml").write_bytes(bytes(letter(text=text)))
    found = read("reader: text\nlanguage: uk\nfields: {text: text}", tmp_path / "letter.eml")
    assert found.values[0]["surname"] == "Вигаданко"


def test_the_letters_of_a_mailbox(tmp_path, read):
    box = mailbox.mbox(tmp_path / "lists.mbox")
    half = len(LIST.splitlines()) // 2
    lines = LIST.splitlines()
    box.add(letter(("a.csv", "\n".join(lines[: half + 1]).encode())))
    box.add(letter(("a.csv", "\n".join([lines[0], *lines[half + 1 :]]).encode())))
    box.close()
    found = read(CONFIG % "csv", tmp_path / "lists.mbox")
    assert found.names == NAMES and {child.item.locator.member for child in found.children} == {
        "letter 1/a.csv",
        "letter 2/a.csv",
    }


@pytest.mark.parametrize("ending", ["mht", "xls"])
def test_a_page_saved_as_one_file(ending, tmp_path, read):
    cells = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in line.split(";")) + "</tr>" for line in LIST.splitlines()
    )
    page = EmailMessage()
    page["From"], page["Subject"] = "<Saved by Browser>", "list"
    page.set_content(
        f"<html><head><meta charset=utf-8></head><body><table>{cells}</table></body></html>",
        subtype="html",
        cte="base64",
    )
    page.make_mixed()
    path = tmp_path / f"list.{ending}"
    path.write_bytes(bytes(page))
    found = read("reader: {kind: html, table: table}\nlanguage: uk\nfields: {full_name: ПІБ, birth_date: Дата}", path)
    assert found.names == NAMES


def test_what_a_signed_container_keeps_about_itself_is_no_data(tmp_path, read):
    with zipfile.ZipFile(tmp_path / "list.asice", "w") as archive:
        archive.writestr("mimetype", "application/vnd.etsi.asic-e+zip")
        archive.writestr("список.csv", LIST)
        archive.writestr("META-INF/manifest.xml", "<m/>")
        archive.writestr("META-INF/signatures001.xml", "<s/>")
    found = read(CONFIG % "csv", tmp_path / "list.asice")
    assert found.names == NAMES and not found.problems and found.reading.counts.non_data == 3


def test_chats_that_were_left_are_read_too(tmp_path, read):
    def chat(number, name):
        return {
            "name": f"Чат {number}",
            "type": "private_group",
            "id": number,
            "messages": [{"id": 1, "type": "message", "date": "2023-05-01", "text": name}],
        }

    whole = {
        "about": "x",
        "chats": {"list": [chat(7, NAMES[0]), chat(8, NAMES[1])]},
        "left_chats": {"list": [chat(9, NAMES[2])]},
    }
    (tmp_path / "result.json").write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
    found = read(
        "reader: telegram\nlanguage: uk\nkey: '{chat}/{id}'\nfields: {full_name: text}", tmp_path / "result.json"
    )
    assert [child.item.key for child in found.children] == ["7/1", "8/1", "9/1"] and found.names == NAMES[:3]


def test_a_letter_with_a_photograph_is_its_text(tmp_path, read):
    text = "Шукаємо: Вигаданко Марта, 10 років, Маріуполь."
    (tmp_path / "letter.eml").write_bytes(bytes(letter(("фото.jpg", b"\xff\xd8\xff\xe0" + b"x" * 90), text=text)))
    found = read("reader: text\nlanguage: uk\nfields: {text: text}", tmp_path / "letter.eml")
    assert found.values[0]["surname"] == "Вигаданко" and found.codes == ["unread_member"]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.accdb", b"\x00\x01\x00\x00Standard ACE DB\x00" + bytes(90), "a database .* export its tables"),
        ("a.dbf", b"\x03\x7b\x01\x01" + bytes(90), "a database"),
        ("a.heic", b"\x00\x00\x00\x18ftypheic" + bytes(90), "a picture or film .* save it as PNG or JPG"),
        ("a.tar", b"list.csv" + bytes(249) + b"ustar\x0000" + bytes(99), "an archive .* unpack it"),
        ("a.asc", b"-----BEGIN PGP MESSAGE-----\n\nhQ\n-----END PGP MESSAGE-----\n", "encrypted .* decrypt it"),
        ("winmail.dat", b"\x78\x9f\x3e\x22" + b"x" * 99, "what Outlook packs .* ask for the attachments"),
    ],
)
def test_more_kinds_that_nothing_reads_are_named_with_the_way_out(name, data, said, tmp_path):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SourceError, match=said):
        draft(tmp_path / name)


def test_a_letter_that_holds_an_archive_alone_says_so(tmp_path):
    with zipfile.ZipFile(tmp_path / "list.zip", "w") as archive:
        archive.writestr("list.csv", LIST)
    data = (tmp_path / "list.zip").read_bytes()
    (tmp_path / "letter.eml").write_bytes(bytes(letter(("list.zip", data))))
    with pytest.raises(SourceError, match=r"it holds an archive .* unpack that"):
        draft(tmp_path / "letter.eml")


def test_a_hostile_letter_is_refused(tmp_path, read):
    (tmp_path / "letter.eml").write_bytes(bytes(letter(("../../a.csv", LIST.encode()))))
    found = read(CONFIG % "csv", tmp_path / "letter.eml")
    assert found.children[0].item.locator.member == "a.csv"
    nested = (
        b"From: a@example.org\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        + b"--b\nContent-Type: application/x\n\nx\n" * 10_100
        + b"--b--\n"
    )
    (tmp_path / "many.eml").write_bytes(nested)
    with pytest.raises(SourceError, match="more than 10,000 parts"):
        read(CONFIG % "{kind: zip, each: csv, members: none}", tmp_path / "many.eml")
    (tmp_path / "huge.eml").write_bytes(b"From: a@example.org\nSubject: x\n\n" + b"x" * (65 << 20))
    with pytest.raises(SourceError, match="larger than 64 MB"):
        read(CONFIG % "csv", tmp_path / "huge.eml")
