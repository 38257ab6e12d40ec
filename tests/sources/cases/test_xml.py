"""XML registers: a path and fields, in any encoding that the document states; hostile ones end in a line."""

from __future__ import annotations

import pytest

from sources import load_config
from sources.drafting import draft
from sources.errors import SourceError
from tests.sources.cases.conftest import CHILDREN, Read


def register(path, encoding="windows-1251"):
    rows = "".join(
        f'<Person id="{n}"><Name><Last>{name.split()[0]}</Last><First>{name.split()[1]}</First></Name>'
        f"<BirthDate>{day}</BirthDate></Person>"
        for n, (name, day) in enumerate(CHILDREN, 1)
    )
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    text = f"{head}<Register><Date>01.05.2023</Date><People>{rows}</People></Register>"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["windows-1251", "utf-8", "utf-16", "koi8-u"])
def test_a_register_is_read_by_path_and_fields(encoding, tmp_path, read):
    path = register(tmp_path / "register.xml", encoding)
    found = read(
        "reader: {kind: xml, records: People/Person}\nlanguage: uk\nkey: '@id'\n"
        "fields: {surname: Name/Last, given: Name/First, birth_date: BirthDate}",
        path,
    )
    assert [each["surname"] for each in found.written] == [name.split()[0] for name, _ in CHILDREN]
    assert found.children[1].item.key == "2" and found.children[1].item.locator.path == "People/Person[2]"


def test_its_draft_reads_it(tmp_path):
    path = register(tmp_path / "register.xml")
    config = tmp_path / "drafted.yaml"
    config.write_text(draft(path), encoding="utf-8")
    found = Read(load_config(config), path)
    assert [values["given"] for values in found.values] == [name.split()[1] for name, _ in CHILDREN]
    assert found.births[0] == "2012-03-15/2012-03-15"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('<!DOCTYPE a [<!ENTITY x "y">]><a><b c="1" d="2">&x;</b></a>', "document type declaration"),
        ("<a>" * 300 + "</a>" * 300, "nests more than"),
        ('<a><b c="1" d="2">', "damaged or cut short"),
        ("<a><b>1</b></a>", "no element"),
    ],
)
def test_hostile_xml_is_refused(text, said, tmp_path, read):
    path = tmp_path / "register.xml"
    path.write_text('<?xml version="1.0"?>' + text, encoding="utf-8")
    with pytest.raises(SourceError, match=said):
        read("reader: {kind: xml, records: record}\nlanguage: uk\nfields: {full_name: name}", path)
