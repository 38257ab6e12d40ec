"""From records of every kind of file back to the bytes, and rows out of quarantine by hand and by description."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from pipelines.ingestion import correction, jobs
from registry.errors import EvidenceError, RegistryError
from registry.evidence import store
from registry.evidence.custody import Actor, CollectionFacts
from registry.ingestion import quarantine
from registry.models import Batch, Correction, QuarantinedRow, Record
from registry.provenance import row_in_evidence
from sources.description.load import load_config

pytestmark = pytest.mark.django_db

SOMEBODY = Actor.operator("olena")


def ingest(folder: Path, slug: str, yaml: str, file: Path):
    config = folder / f"{slug}.yaml"
    config.write_text(yaml, encoding="utf-8")
    collected = CollectionFacts.stated("made", "nowhere", "tests")
    return jobs.run(jobs.prepare(load_config(config), config, file, collected))


def record(key):
    return Record.objects.select_related("source", "batch", "evidence").get(key=key, is_current=True)


def workbook(path):
    book = Workbook()
    sheet = book.active
    sheet.title = "Етап 1"
    sheet.append(["Список дітей, вивезених 12.03.2023"])
    sheet.append(["№", "ПІБ", "Дата"])
    sheet.append([1, "Вигаданенко Зоряна", "01.02.2012"])
    sheet.append([2, "Дописанко Лесь", "03.04.2011"])
    sheet.append([3, "Тестенко Устим", "05.06.2010"])
    book.save(path)


def html(path):
    cards = "".join(
        f'<article class="card" data-n="{n}"><h2>{name}</h2><dd>{born}</dd></article>'
        for n, name, born in ((1, "Зоряна", "2012"), (2, "Лесь", "2011"), (3, "Устим", "2010"))
    )
    path.write_text(f"<html><body>{cards}</body></html>", encoding="utf-8")


def telegram(path):
    texts = ("Шукаємо: Вигаданенко Зоряна, 10 років", "Знайдено: Дописанко Лесь, 11 років, Вигадане", "Без імен")
    messages = [
        {"id": n, "type": "message", "date": f"2023-03-{n:02}T10:00:00", "text": text}
        for n, text in enumerate(texts, start=1)
    ]
    path.write_text(json.dumps({"name": "x", "id": 7, "messages": messages}, ensure_ascii=False), encoding="utf-8")


XLSX_FIELDS = "reader: xlsx\nkey: №\nfields: {full_name: ПІБ, birth_date: Дата}\n"
FORMATS = {
    "xlsx": ("list.xlsx", workbook, XLSX_FIELDS, "2", "sheet Етап 1, row 4", ("full_name", "B4", "Дописанко Лесь")),
    "html": (
        "cards.html",
        html,
        "reader: {kind: html, card: article.card}\nkey: '@data-n'\nfields: {given: h2, birth_date: dd}\n",
        "2",
        "css article.card, card 2",
        ("given", "h2", "Лесь"),
    ),
    "telegram": (
        "result.json",
        telegram,
        "reader: telegram\nkey: id\nlanguage: uk\nfields: {text: text}\n",
        "2",
        "message 2",
        ("text", "text", "Знайдено: Дописанко Лесь, 11 років, Вигадане"),
    ),
    "csv": (
        "list.csv",
        lambda path: path.write_text(
            "№;ПІБ;Дата\n1;Вигаданенко Зоряна;01.02.2012\n2;Дописанко Лесь;03.04.2011\n3;Тестенко;1\n",
            encoding="cp1251",
        ),
        "reader: csv\nkey: №\nfields: {full_name: ПІБ, birth_date: Дата}\n",
        "2",
        "row 3",
        ("full_name", "B3", "Дописанко Лесь"),
    ),
}


@pytest.mark.parametrize("kind", FORMATS)
def test_a_value_leads_back_to_its_place_in_the_bytes(tmp_path, kind):
    name, write, yaml, key, where, (field, cell, text) = FORMATS[kind]
    write(tmp_path / name)
    ingest(tmp_path, f"of_{kind}", yaml, tmp_path / name)
    found = record(key)
    seen = row_in_evidence.of_record(found)
    assert seen.row is not None and where in seen.row.where
    assert seen.written[field] == text and seen.differing == []
    assert found.locator["cells"][field] == cell
    assert text in seen.row.cells.values()
    assert seen.before and seen.after
    assert text not in str(seen.before) + str(seen.after)


def test_a_value_in_a_member_of_an_archive(tmp_path):
    workbook(tmp_path / "list.xlsx")
    with zipfile.ZipFile(tmp_path / "lists.zip", "w") as archive:
        archive.write(tmp_path / "list.xlsx", "березень/list.xlsx")
    ingest(tmp_path, "of_zip", XLSX_FIELDS.replace("reader: xlsx", "reader: {kind: zip, each: [{kind: xlsx}]}"),
           tmp_path / "lists.zip")  # fmt: skip
    seen = row_in_evidence.of_record(record("2"))
    assert seen.row is not None and "березень/list.xlsx" in seen.row.where and seen.differing == []


def test_bytes_that_were_changed_are_not_shown(tmp_path):
    workbook(tmp_path / "list.xlsx")
    ingest(tmp_path, "of_xlsx", XLSX_FIELDS, tmp_path / "list.xlsx")
    path = store.path_of(record("2").evidence.sha256)
    content = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(content[:-1] + b"?")
    with pytest.raises(EvidenceError, match="SHA-256"):
        row_in_evidence.of_record(record("2"))
    path.unlink()


LIST = """\
id;name;surname;born
1;Зоряна;Вигаданенко;01.02.2012
2;;Дописанко;03.04.2011
3;;Тестенко;05.06.2010
Всього: 3;;;
5;Лесь;Вигаданенко;01.02.2011
5;Устим;Вигаданенко;01.02.2010
"""
NARROW = "reader: csv\nkey: id\nlegal_basis: law\nfields: {given: name, birth_date: born}\n"
WIDE = """\
reader: {kind: csv, skip: ['^Всього']}
key: id
legal_basis: law
fields: {given: name, surname: surname, birth_date: born}
"""


def figures():
    batch = Batch.objects.get()
    return (batch.records_new, batch.quarantined, batch.non_data, batch.rows_read)


@pytest.fixture
def listed(tmp_path):
    """A list of which four rows are in quarantine."""
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    ingest(tmp_path, "list", NARROW, tmp_path / "list.csv")
    assert figures() == (2, 4, 0, 6)
    return tmp_path


def test_a_changed_description_takes_what_waits_and_nothing_twice(listed):
    config = listed / "list.yaml"
    config.write_text(WIDE, encoding="utf-8")
    taken = correction.read_again(load_config(config), config, actor=SOMEBODY, reason="surname column added")
    assert (taken.new, taken.non_data, taken.waiting) == (2, 1, 1)
    assert figures() == (4, 1, 1, 6)
    assert Record.objects.get(key="1").payload["written"] == {"given": "Зоряна", "birth_date": "01.02.2012"}
    again = record("2")
    assert again.payload["written"] == {"surname": "Дописанко", "birth_date": "03.04.2011"}
    assert again.entered_by is None and again.locator["row"] == 3
    assert row_in_evidence.of_record(again).differing == []
    repeated = correction.read_again(load_config(config), config, actor=SOMEBODY, reason="again")
    assert (repeated.new, repeated.non_data, repeated.waiting) == (0, 0, 1)
    assert Record.objects.count() == 4 and Correction.objects.count() == 3


def test_by_hand_a_row_becomes_a_record_that_still_points_at_the_row(listed):
    rows = {row.key: row for row in QuarantinedRow.objects.all() if row.key}
    outcome, record_id = correction.fix(
        rows["2"].pk, {"given": "Леся", "siblings": "Оля; Іра"}, actor=SOMEBODY, reason="read in the scan"
    )
    made = Record.objects.select_related("source", "batch", "evidence").get(pk=record_id)
    assert outcome == "new" and made.key == "2" and made.locator["row"] == 3
    assert made.payload["written"] == {"given": "Леся", "birth_date": "03.04.2011", "siblings": ["Оля", "Іра"]}
    assert made.payload["values"]["birth"] == "2011-04-03/2011-04-03"
    assert made.payload["corrected"] == ["given", "siblings"]
    seen = row_in_evidence.of_record(made)
    assert seen.differing == [] and seen.row is not None and seen.row.where == "row 3"
    for changes, message in (
        ({"gvien": "x"}, "Did you mean given"),
        ({"birth_date": "01.01.2011"}, "names nobody"),
        ({"observed_on": "2020"}, "no field"),
    ):
        with pytest.raises(RegistryError, match=message):
            correction.fix(rows["3"].pk, changes, actor=SOMEBODY, reason="why")
    second = QuarantinedRow.objects.get(reason_code="duplicate_key")
    with pytest.raises(RegistryError, match="same key"):
        correction.fix(second.pk, {"given": "Устимко"}, actor=SOMEBODY, reason="a twin")
    correction.fix(second.pk, {}, key="5b", actor=SOMEBODY, reason="a twin")
    assert figures() == (4, 2, 0, 6)
    assert not quarantine.page(None, 9, reason_code="duplicate_key")[1]
