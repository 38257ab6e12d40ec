"""Hostile spreadsheets that are one XML file (Excel 2003, FODS), and heads of kinds that nothing reads, in one line."""

from __future__ import annotations

import io
import shutil
import subprocess
import time
import zipfile
from functools import partial

import pytest

from sources.drafting import draft
from sources.errors import SourceError
from tests.sources.cases.word97 import compound

CONFIG = "reader: xlsx\nlanguage: uk\nkey: №\nfields: {full_name: ПІБ}"
SECONDS = 20
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ха">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">'


def excel(*rows, top="", sheets=1):
    page = "".join(
        f'<Worksheet ss:Name="Аркуш {n}"><Table><Row><Cell><Data ss:Type="String">№</Data></Cell><Cell><Data '
        f'ss:Type="String">ПІБ</Data></Cell></Row>{"".join(rows)}</Table></Worksheet>'
        for n in range(sheets)
    )
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return f'<?xml version="1.0"?>{top}<Workbook xmlns="{space}" xmlns:ss="{space}">{page}</Workbook>'


def cell(text, **more):
    shown = "".join(f' ss:{name}="{value}"' for name, value in more.items())
    return f'<Cell{shown}><Data ss:Type="String">{text}</Data></Cell>'


def flat(*rows, top=""):
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    head = "<table:table-row>" + "".join(map(ods, ("№", "ПІБ"))) + "</table:table-row>"
    return (
        f'<?xml version="1.0"?>{top}<office:document{names} '
        'office:mimetype="application/vnd.oasis.opendocument.spreadsheet">'
        f'<office:body><office:spreadsheet><table:table table:name="Аркуш">{head}{"".join(rows)}</table:table>'
        "</office:spreadsheet></office:body></office:document>"
    )


def ods(text, more=""):
    if not text:
        return f"<table:table-cell{more}/>"
    return f'<table:table-cell office:value-type="string"{more}><text:p>{text}</text:p></table:table-cell>'


def line(*cells, more=""):
    return f"<table:table-row{more}>{''.join(cells)}</table:table-row>"


REFUSED = {
    "xml": {
        "laughs": excel(f"<Row>{cell('1')}{cell('&j;')}</Row>", top=f"{LAUGHS}]>"),
        "outside": excel(f"<Row>{cell('1')}{cell('&a;')}</Row>", top=f"{OUTSIDE}]>"),
        "deep text": excel(f"<Row>{cell('<B>' * 50_000 + 'x' + '</B>' * 50_000)}</Row>"),
        "deep": excel("<Row>" * 100_000 + "</Row>" * 100_000),
        "columns": excel(f"<Row>{cell('1', Index=9_999_999)}</Row>"),
        "across": excel(f"<Row>{cell('1')}{cell('x', MergeAcross=16_384)}</Row>"),
        "cells": excel(*[f"<Row>{cell('x', MergeAcross=16_000)}</Row>"] * 2_000),
        "sheets": excel(sheets=20_000),
        "one name": excel(sheets=2).replace("Аркуш 1", "Аркуш 0"),
        "cut": excel(f"<Row>{cell('1')}{cell('Уявна')}</Row>")[:-60],
    },
    "fods": {
        "laughs": flat(line(ods("1"), ods("&j;")), top=f"{LAUGHS}]>"),
        "outside": flat(line(ods("1"), ods("&a;")), top=f"{OUTSIDE}]>"),
        "columns": flat(line(ods("1"), ods("x", ' table:number-columns-repeated="999999999"'))),
        "both": flat(
            line(ods("x", ' table:number-columns-repeated="16384"'), more=' table:number-rows-repeated="1048576"')
        ),
        "rows": flat(*[line(ods("1"), ods("x"), more=' table:number-rows-repeated="1048576"')] * 50),
        "cut": flat(line(ods("1"), ods("Уявна")))[:-60],
    },
}


@pytest.mark.parametrize(("ending", "name"), [(ending, name) for ending, each in REFUSED.items() for name in each])
def test_a_hostile_spreadsheet_is_refused_in_time(ending, name, tmp_path, read):
    path = tmp_path / f"list.{ending}"
    path.write_text(REFUSED[ending][name], encoding="utf-8")
    for attempt in (lambda: read(CONFIG, path), lambda: draft(path)):
        start = time.process_time()
        with pytest.raises(SourceError) as refused:
            attempt()
        assert "\n" not in str(refused.value) and str(refused.value).startswith(f"list.{ending}")
        assert time.process_time() - start < SECONDS


@pytest.mark.parametrize("ending", ["xml", "fods"])
def test_the_same_without_harm_is_read(ending, tmp_path, read):
    rows = {
        "xml": excel(
            f"<Row>{cell('1')}{cell('<B>Уявна</B> Ніна')}</Row>",
            f"<Row ss:Index='900'>{cell('2')}{cell('Мріяк Тарас')}</Row>",
        ),
        "fods": flat(
            line(
                ods("1"),
                ods("<text:span>" * 100_000 + "Уявна" + "</text:span>" * 100_000 + " Ніна"),
                ods("", ' table:number-columns-repeated="16000"'),
            ),
            line(ods(""), more=' table:number-rows-repeated="900"'),
            line(ods("2"), ods("Мріяк Тарас")),
            line(ods("", ' table:number-columns-repeated="16384"'), more=' table:number-rows-repeated="1000000"'),
        ),
    }
    (tmp_path / f"list.{ending}").write_text(rows[ending], encoding="utf-8")
    assert read(CONFIG, tmp_path / f"list.{ending}").names == ["Уявна Ніна", "Мріяк Тарас"]


def letter_of_outlook():
    names = ["__properties_version1.0", "__substg1.0_0037001F", "__substg1.0_1000001F"]
    return compound([(name, "Список".encode("utf-16-le")) for name in names])


def packed(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, b"\x00\x04snappy")
    return out.getvalue()


def signed(folder, *form):
    """Return a file that `openssl` signed, with the data in it."""
    (folder / "data.csv").write_text("№;ПІБ\n1;Уявна Ніна\n", encoding="utf-8")
    run = partial(subprocess.run, cwd=folder, check=True, capture_output=True)
    made = "-newkey rsa:2048 -nodes -subj /CN=x -keyout k.pem -out c.pem -days 2"
    run(["openssl", "req", "-x509", *made.split()])
    keys = ["-signer", "c.pem", "-inkey", "k.pem", "-in", "data.csv", "-out", "signed"]
    run(["openssl", "cms", "-sign", "-binary", "-nodetach", *keys, "-outform", *form])
    return (folder / "signed").read_bytes()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("list.msg", "a letter of Outlook .MSG.*save its attachments"),
        ("list.xls", "a letter of Outlook .MSG"),
        ("list.numbers", "Apple.*export it from Numbers"),
        ("list.pages", "Apple.*export it from Numbers"),
    ],
)
def test_letters_of_outlook_and_documents_of_apple_are_named(name, said, tmp_path):
    data = {"numbers": packed("Index/Document.iwa", "Metadata/Properties.plist"), "pages": packed("Index.zip")}
    (tmp_path / name).write_bytes(data.get(name.partition(".")[2], letter_of_outlook()))
    with pytest.raises(SourceError, match=said):
        draft(tmp_path / name)


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
@pytest.mark.parametrize("form", [["DER"], ["DER", "-stream"], ["PEM"]])
@pytest.mark.parametrize("name", ["list.csv.p7m", "list.p7s", "list.csv"])
def test_signed_files_are_named(name, form, tmp_path):
    (tmp_path / name).write_bytes(signed(tmp_path, *form))
    with pytest.raises(SourceError, match=r"a signed file .P7S, P7M.*take the file out"):
        draft(tmp_path / name)
