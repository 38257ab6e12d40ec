"""A child's present place in keys, sheets, files, card numbers, titles: nobody without the right reads it."""

import dataclasses
import io
import textwrap
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from django.utils import timezone

from pipelines.ingestion import jobs
from registry import exports
from registry.access import consumers, field_access
from registry.access.field_access import FieldClass
from registry.evidence.custody import CollectionFacts
from registry.models import Candidate, Record
from registry.provenance import disclosure
from review.pair import pair_view, rosters
from sources.description.disclosure import told_by
from sources.description.load import load_config

pytestmark = pytest.mark.django_db

CANARY = "Канарейськ"
TRANSFER = """
    title: Lists of groups
    source_class: occupation
    language: ru
    reader:
      kind: xlsx
      titles: ['в (?P<destination>.+)$']
    key: '{sheet}/{№}'
    fields:
      full_name: ФИО
      birth_date: Дата рождения
      region: {context: destination}
"""
OWN_NUMBER = """
    title: Cards
    source_class: adoption_bank
    language: ru
    reader: csv
    key: number
    fields:
      full_name: name
      birth_date: born
      card_number: number
      region: region
"""
FAMILY = """
    title: Reports
    source_class: family
    reader: csv
    key: id
    fields: {full_name: name, birth_date: born}
"""


def ingest(folder: Path, slug: str, description: str, file: Path) -> Record:
    config = folder / f"{slug}.yaml"
    config.write_text(textwrap.dedent(description), encoding="utf-8")
    jobs.run(jobs.prepare(load_config(config), config, file, CollectionFacts.stated("made", "a test")))
    return Record.objects.select_related("source", "batch", "evidence").get(source__slug=slug)


@pytest.fixture
def reported(tmp_path):
    file = tmp_path / "reports.csv"
    file.write_text("id,name,born\n17,Вигаданко Зоряна,12.03.2012\n", encoding="utf-8")
    return ingest(tmp_path, "reports", FAMILY, file)


def transferred(folder: Path) -> Record:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = f"{CANARY} 12.07.22"
    for row in ([f"Направлены в {CANARY}"], ["№", "ФИО", "Дата рождения"], [3, "Выгаданко Зоряна", "12.03.2012"]):
        sheet.append(row)
    file = folder / f"{CANARY}.xlsx"
    book.save(file)
    return ingest(folder, "groups", TRANSFER, file)


def on_card(folder: Path) -> Record:
    file = folder / f"{CANARY}.csv"
    file.write_text(f"number,name,born,region\n{CANARY}-1,Выгаданко Зоряна,12.03.2012,{CANARY}\n", encoding="utf-8")
    return ingest(folder, "cards", OWN_NUMBER, file)


def by_sheet(folder: Path) -> Record:
    """A holder's list of which no field says where: its sheet does, and so does the key made of it."""
    book = openpyxl.Workbook()
    book.active.title = f"{CANARY} 12.07.22"
    for row in (["№", "ФИО", "Дата рождения"], [3, "Выгаданко Зоряна", "12.03.2012"]):
        book.active.append(row)
    book.save(folder / f"{CANARY}.xlsx")
    silent = TRANSFER.replace("      titles: ['в (?P<destination>.+)$']\n", "").replace(
        "      region: {context: destination}\n", ""
    )
    return ingest(folder, "sheets", silent, folder / f"{CANARY}.xlsx")


def by_word(folder: Path) -> Record:
    """A holder's list whose column of keys feeds no field, and holds a place."""
    file = folder / f"{CANARY}.csv"
    file.write_text(f"number,name,born,region\n{CANARY}-7,Выгаданко Зоряна,12.03.2012,{CANARY}\n", encoding="utf-8")
    return ingest(folder, "words", OWN_NUMBER.replace("      card_number: number\n", ""), file)


LISTS = [transferred, on_card, by_sheet, by_word]


@pytest.mark.parametrize("made", LISTS)
@pytest.mark.parametrize("sees_location", [False, True])
@pytest.mark.parametrize("role", ["verifier", "adjudicator", "lead"])
def test_pages(stock, tmp_path, reported, made, role, sees_location):
    pair = stock.candidate(reported, made(tmp_path))
    user = stock.user(role, sees_location=sees_location)
    Candidate.objects.filter(pk=pair.pk).update(reserved_by=user, reserved_until=timezone.now() + timedelta(minutes=5))
    shown = str(dataclasses.asdict(pair_view.pair(user, pair.pk)))
    _, originals_shown = pair_view.original(user, pair.pk)
    shown += str([dataclasses.asdict(original) for original in originals_shown])
    shown += str(rosters.largest(user, 0.0))
    assert (CANARY in shown) is sees_location
    assert "17" in shown  # the family's own number is no secret


@pytest.mark.parametrize("made", LISTS)
@pytest.mark.parametrize("scope", [None, *sorted(field_access.scopes() - {consumers.READ_IDENTITIES})])
def test_feed(stock, client, tmp_path, reported, made, scope):
    identity = stock.judge(stock.candidate(reported, made(tmp_path)), "same", "same").identity_id
    scopes = [consumers.READ_IDENTITIES, consumers.READ_EVIDENCE, *([scope] if scope else [])]
    header = {"Authorization": f"Bearer {stock.token('case system', scopes)}"}
    told = client.get(f"/api/v1/identities/{identity}", headers=header).json()
    page = client.get("/api/v1/identities", headers=header).json()
    events = client.get("/api/v1/events", headers=header).json()
    may = FieldClass.PRESENT_LOCATION in field_access.of_scopes(scopes)
    assert (CANARY in str(told)) is may and (CANARY in str(page)) is may and CANARY not in str(events)
    references = {record["reference"] for record in told["records"]}
    assert len(references) == 2 and not any(reference == "17" for reference in references)


@pytest.mark.parametrize("made", LISTS)
@pytest.mark.parametrize(("role", "sees_location"), [("data", False), ("lead", False), ("lead", True), ("data", True)])
def test_exports(stock, tmp_path, reported, made, role, sees_location):
    stock.judge(stock.candidate(reported, made(tmp_path)), "same", "same")
    user = stock.user(role, sees_location=sees_location)
    for kind in ("identities", "candidates"):
        asked = exports.ask(user, kind, "check", "an archive")
        exports.decide(stock.user("auditor"), asked.pk, allowed=True)
        stream = io.StringIO(newline="")
        exports.fetch(user, asked.pk, stream)
        assert (CANARY in stream.getvalue()) is sees_location, kind


def test_a_row_keeps_its_reference_through_its_versions_and_no_two_share_one(reported):
    own = disclosure.reference(reported.source_id, reported.key)
    assert (
        own == disclosure.reference(reported.source_id, reported.key) != disclosure.reference(reported.source_id, "18")
    )
    assert disclosure.reference(reported.source_id + 1, reported.key) != own
    assert reported.key not in own and own.isalnum() and own.islower()


@pytest.mark.parametrize(
    ("description", "key", "place"),
    [
        (TRANSFER, {"region"}, {"region"}),
        (OWN_NUMBER, {"card_number"}, {"card_number", "region"}),
        (FAMILY, set(), set()),
        (FAMILY.replace("key: id", "key: '{file}/{id}'"), set(), set()),
        (FAMILY.replace("    key: id\n", ""), set(), set()),
        (TRANSFER.replace("'{sheet}/{№}'", "'{№}'"), set(), {"region"}),
        (TRANSFER.replace("    key: '{sheet}/{№}'\n", "\n"), {"region"}, {"region"}),
    ],
)
def test_what_a_description_says_its_keys_and_places_tell(tmp_path, description, key, place):
    path = tmp_path / "list.yaml"
    path.write_text(textwrap.dedent(description), encoding="utf-8")
    told = told_by(load_config(path))
    assert (set(told.key), set(told.place)) == (key, place)


def test_a_description_that_is_not_on_file_is_taken_for_the_strictest(stock):
    record = stock.record(batch=stock.batch("lost", config_sha256="0" * 64))
    assert disclosure.of_record(record) == disclosure.Classes(FieldClass.PRESENT_LOCATION, FieldClass.PRESENT_LOCATION)
    assert disclosure.key(record, frozenset({FieldClass.IDENTITY})) == field_access.WITHHELD
