"""Real files with bytes changed, cut and doubled at random: each is read, or refused in one line."""

from __future__ import annotations

import io
import json
import zipfile
from random import Random

import docx
import openpyxl
import pytest

from sources import SourceError, read_source
from sources.drafting import draft

ROUNDS = 25
NAMES = [("1", "Вигаданко Ганна Петрівна", "12.03.2012"), ("2", "Тестенко Олег", "2014")]
TEXTS = {
    "csv": ("reader: csv\nfields: {full_name: ПІБ}", "№;ПІБ;Дата\n" + "".join(";".join(row) + "\n" for row in NAMES)),
    "json": (
        "reader: json\nfields: {full_name: name}",
        json.dumps([{"name": row[1], "born": row[2]} for row in NAMES]),
    ),
    "html": (
        "reader: {kind: html, card: .card}\nfields: {full_name: h2}",
        "<html><body>" + "".join(f"<div class='card'><h2>{row[1]}</h2><p>{row[2]}</p></div>" for row in NAMES),
    ),
    "txt": (
        "reader: {kind: text, read: lines, line: '(?P<name>.+), (?P<born>.+)'}\nfields: {full_name: name}",
        "".join(f"{row[0]}. {row[1]}, {row[2]}\n" for row in NAMES),
    ),
    "xml": (
        "reader: pfif\nfields: {full_name: full_name}",
        '<p:pfif xmlns:p="http://zesty.ca/pfif/1.4">'
        + "".join(f"<p:person><p:full_name>{row[1]}</p:full_name></p:person>" for row in NAMES)
        + "</p:pfif>",
    ),
}
PARTS = {"docx": "word/document.xml", "xlsx": "xl/worksheets/sheet1.xml"}


def mutated(data: bytes, rng: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at, kind = rng.randrange(len(changed)), rng.random()
        if kind < 0.5:
            changed[at] = rng.randrange(256)
        elif kind < 0.8:
            del changed[at : at + rng.randint(1, 60)]
        else:
            changed[at:at] = changed[max(0, at - 150) : at]
        changed = changed or bytearray(b"x")
    return bytes(changed)


def inside(data: bytes, part: str, rng: Random) -> bytes:
    """Change one part of a ZIP and pack it anew, so that its sums are right."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in archive.namelist():
            packed.writestr(name, mutated(archive.read(name), rng) if name == part else archive.read(name))
    return out.getvalue()


def held(config, path) -> None:
    for work in (lambda: list(read_source(config, path)), lambda: draft(path)):
        try:
            work()
        except SourceError as error:
            assert "\n" not in str(error) and "Вигаданко" not in str(error)


@pytest.mark.parametrize("kind", list(TEXTS))
@pytest.mark.parametrize("coding", ["utf-8", "cp1251"])
def test_texts(describe, tmp_path, kind, coding):
    text, content = TEXTS[kind]
    config, rng = describe(text), Random(f"{kind}/{coding}")
    for _ in range(ROUNDS):
        (tmp_path / f"list.{kind}").write_bytes(mutated(content.encode(coding), rng))
        held(config, tmp_path / f"list.{kind}")


@pytest.mark.parametrize("kind", list(PARTS))
def test_documents(describe, tmp_path, kind):
    seed = tmp_path / f"seed.{kind}"
    if kind == "docx":
        document = docx.Document()
        table = document.add_table(rows=0, cols=3)
        for row in [("№", "ПІБ", "Дата"), *NAMES]:
            for cell, value in zip(table.add_row().cells, row, strict=True):
                cell.text = value
        document.save(seed)
    else:
        book = openpyxl.Workbook()
        for row in [("№", "ПІБ", "Дата"), *NAMES]:
            book.active.append(row)
        book.save(seed)
    config, rng = describe(f"reader: {kind}\nfields: {{full_name: ПІБ}}"), Random(kind)
    for number in range(ROUNDS):
        data = seed.read_bytes()
        changed = mutated(data, rng) if number % 4 == 0 else inside(data, PARTS[kind], rng)
        (tmp_path / f"list.{kind}").write_bytes(changed)
        held(config, tmp_path / f"list.{kind}")
