from __future__ import annotations

from xml.etree import ElementTree

import pytest

from sources import SourceError, read_source

SPACE = "http://zesty.ca/pfif/1.4"
CONFIG = """
language: mixed
reader: pfif
key: person_record_id
observed_on: source_date
fields:
  full_name: full_name
  surname: family_name
  given: given_name
  sex: {column: sex, map: {male: m, female: f}}
  birth_date: date_of_birth
  last_place: {columns: [home_city, home_state], join: ', '}
  text: {column: note.text, optional: true}
  note: {column: note.status, optional: true}
derived: {mentions: false}
"""


def element(name, fields, *inside):
    made = ElementTree.Element(f"{{{SPACE}}}{name}")
    for key, value in fields.items():
        ElementTree.SubElement(made, f"{{{SPACE}}}{key}").text = value
    made.extend(inside)
    return made


def note(person, text, **more):
    return element("note", {"person_record_id": person, "text": text, **more})


@pytest.fixture
def export(tmp_path):
    """Write a PFIF document of the elements given, by the standard library's writer."""
    ElementTree.register_namespace("pfif", SPACE)

    def make(*elements, coding="utf-8"):
        root = ElementTree.Element(f"{{{SPACE}}}pfif")
        root.extend(elements)
        ElementTree.ElementTree(root).write(tmp_path / "people.xml", encoding=coding, xml_declaration=True)
        return tmp_path / "people.xml"

    return make


MARTA = {
    "person_record_id": "example.org/p1",
    "source_date": "2023-05-10T08:00:00Z",
    "full_name": "Марта Вигаданко",
    "given_name": "Марта",
    "family_name": "Вигаданко",
    "sex": "female",
    "date_of_birth": "2013-05",
    "home_city": "Херсон",
    "home_state": "UA-65",
}
OLEG = {"person_record_id": "example.org/p2", "full_name": "Тестенко Олег", "home_city": "Мариуполь"}


@pytest.mark.parametrize("coding", ["utf-8", "windows-1251", "utf-16"])
def test_persons_and_their_notes(read_all, export, coding):
    path = export(
        note("example.org/p2", "Бачили в Тестовому"),
        element("person", MARTA, note("example.org/p1", "Шукає тітка", status="information_sought")),
        element("person", OLEG),
        note("example.org/p1", "Є лист", status="believed_alive"),
        coding=coding,
    )
    records, problems, reading = read_all(CONFIG, path)
    assert not problems and reading.report.facts["PFIF version"] == "1.4"
    assert records[0].key == "example.org/p1"
    assert records[0].written == {
        "full_name": "Марта Вигаданко",
        "surname": "Вигаданко",
        "given": "Марта",
        "sex": "female",
        "birth_date": "2013-05",
        "last_place": "Херсон, UA-65",
        "text": "Шукає тітка\nЄ лист",
        "note": "information_sought\nbelieved_alive",
    }
    assert records[0].mapped == {"sex": "f"} and records[0].observed_on == "2023-05-10T08:00:00Z"
    assert records[0].locator.person == 1 and records[0].locator.cells["given"] == "given_name"
    assert records[1].written["text"] == "Бачили в Тестовому"


def test_a_note_on_nobody_of_the_document_is_not_lost(read_all, export):
    records, problems, _ = read_all(
        CONFIG.replace("text: {column", "other: {column"), export(element("person", MARTA), note("example.org/p9", "?"))
    )
    assert len(records) == 1
    assert [(problem.reason_code, problem.locator.note) for problem in problems] == [("no_name", 2)]


def test_an_expired_person_is_in_quarantine(read_all, export):
    gone = {"person_record_id": "example.org/p3", "expiry_date": "2022-01-01T00:00:00Z", "full_name": ""}
    _, problems, _ = read_all(CONFIG, export(element("person", MARTA), element("person", gone)))
    assert [problem.reason_code for problem in problems] == ["no_name"]


def test_ten_thousand_persons_are_a_stream(read_all, export):
    people = [element("person", {**OLEG, "person_record_id": f"example.org/{n}"}) for n in range(10_000)]
    records, _, _ = read_all(CONFIG, export(*people))
    assert len(records) == 10_000 and records[-1].locator.person == 10_000


@pytest.mark.parametrize(
    ("xml", "said"),
    [
        ("<rss><person/></rss>", "the document is no PFIF"),
        (f'<p:pfif xmlns:p="{SPACE}"><p:person>', "no XML, or cut short"),
        (f'<p:pfif xmlns:p="{SPACE}"/>', "there is no person"),
        (
            f'<!DOCTYPE p [<!ENTITY a "AAAA"><!ENTITY b "&a;&a;">]><p:pfif xmlns:p="{SPACE}"><p:person><p:full_name>&b;'
            "</p:full_name></p:person></p:pfif>",
            "document type declaration",
        ),
        (f'<p:pfif xmlns:p="{SPACE}">{"<p:a>" * 5000}{"</p:a>" * 5000}</p:pfif>', "nests more than 200"),
    ],
)
def test_what_is_no_pfif(describe, tmp_path, xml, said):
    (tmp_path / "people.xml").write_text(f'<?xml version="1.0"?>{xml}', encoding="utf-8")
    with pytest.raises(SourceError, match=said) as caught:
        list(read_source(describe(CONFIG), tmp_path / "people.xml"))
    assert "\n" not in str(caught.value)


def test_columns_that_pfif_does_not_have(describe, export):
    with pytest.raises(SourceError, match=r"no column 'fullname' for fields.full_name .nearest is 'full_name'"):
        list(read_source(describe("reader: pfif\nfields: {full_name: fullname}"), export(element("person", MARTA))))
