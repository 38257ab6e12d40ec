"""Files for consumers: PFIF, FollowTheMoney, CSV and JSON lines, what was taken back in them, and the ledger."""

import csv
import hashlib
import json
import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casefeed.adapters import files, followthemoney, pfif, reading
from casefeed.adapters.files import Home
from registry.errors import RegistryError, ReviewError
from registry.identities import feed_files, holders
from registry.judgements import changes, erasing
from registry.models import AuditEntry, FeedFile, Record

pytestmark = pytest.mark.django_db

HOME = Home("ridni.example", "A fictional team")
CHILD = {"surname": "=Вигаданенко", "given": "Зоряна", "mother": "Вигаданенко Марта"}


@pytest.fixture
def world(stock):
    stock.consumer("partner")
    left = stock.record(
        dict(CHILD, sex="ж", birth_date="02.2012", region="Вигадана область"),
        values={"sex": "f", "birth": "2012-02-01/2012-02-29", "surname": "Вигаданенко"},
        batch=stock.batch("reports", source_class="family", side="seeking"),
    )
    right = stock.record(
        {"full_name": "Выгаданко\x0bЗаряна"}, batch=stock.batch("bank", source_class="adoption_bank", side="found")
    )
    return str(stock.judge(stock.candidate(left, right), "same", "same").identity_id)


def make(stock, way, folder, name="partner"):
    return files.make(stock.user("lead"), name, way, folder, HOME)


def verify(stock, left, right):
    return str(stock.judge(stock.candidate(left, right), "same", "same").identity_id)


def retract(stock, identity):
    asked = changes.ask(stock.user("lead"), "retract", identity, "slip")
    changes.decide(stock.user("lead"), asked.pk, allowed=True)


def manifest(folder):
    return json.loads((folder / "manifest.json").read_bytes())


def test_csv_has_every_value_once_and_no_formula(stock, world, tmp_path):
    made = make(stock, "csv", tmp_path / "out")
    assert (made.identities, made.tombstones) == (1, 0)
    with (tmp_path / "out" / "values.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    said = {(row["field"], row["original"]): row for row in rows}
    assert said["surname", "'=Вигаданенко"]["preferred"] and said["given", "Зоряна"]["side"] == "seeking"
    assert not [row for row in rows if row["field"] == "region"]  # not among the scopes
    with (tmp_path / "out" / "identities.csv").open(encoding="utf-8", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert (row["identity"], row["status"], row["withheld"]) == (world, "verified", "region")
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in (tmp_path / "out").iterdir())


def test_the_manifest_says_what_the_files_are(stock, world, tmp_path):
    made = make(stock, "jsonl", tmp_path / "out")
    said = manifest(tmp_path / "out")
    assert (said["consumer"], said["basis"], said["format"]) == ("partner", "Protocol 7 of a fictional body", "jsonl")
    (file,) = said["files"]
    body = (tmp_path / "out" / file["name"]).read_bytes()
    assert (hashlib.sha256(body).hexdigest(), len(body), file["rows"]) == (file["sha256"], file["bytes"], 1)
    line = json.loads(body)
    assert line["state"]["id"] == world
    assert hashlib.sha256((tmp_path / "out" / "manifest.json").read_bytes()).hexdigest() == made.sha256
    assert FeedFile.objects.get().sha256 == made.sha256
    assert AuditEntry.objects.filter(action="feed.file_made").count() == 1


@pytest.mark.parametrize("way", files.WAYS)
def test_what_was_taken_back_is_a_tombstone_for_whoever_had_it_and_is_told_to_nobody_else(stock, world, tmp_path, way):
    stock.consumer("newcomer")
    make(stock, way, tmp_path / "first")
    retract(stock, world)
    made, other = make(stock, way, tmp_path / "second"), make(stock, way, tmp_path / "third", "newcomer")
    assert (made.identities, made.tombstones) == (0, 1) and (other.identities, other.tombstones) == (0, 0)
    text = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "second").iterdir())
    assert world in text and "Зоряна" not in text
    assert not [path for path in (tmp_path / "third").iterdir() if world in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("way", files.WAYS)
def test_a_file_confirms_nothing_until_a_person_says_that_it_was_taken_over(stock, world, tmp_path, way):
    made = make(stock, way, tmp_path / "out")
    (receipt,) = holders.of_identity(world)
    assert (receipt.ways, receipt.status, receipt.confirmed) == ((way,), "verified", False)
    feed_files.confirm(stock.user("lead"), made.number)
    assert holders.of_identity(world)[0].confirmed
    with pytest.raises(RegistryError, match="No such file"):
        feed_files.confirm(stock.user("lead"), made.number)
    retract(stock, world)
    assert not holders.of_identity(world)[0].confirmed
    again = make(stock, way, tmp_path / "again")
    feed_files.confirm(stock.user("lead"), again.number)
    (receipt,) = holders.of_identity(world)
    assert (receipt.status, receipt.confirmed) == ("retracted", True)


def test_the_same_state_gives_the_same_bytes(stock, world, tmp_path):
    for way in files.WAYS:
        one, two = (make(stock, way, tmp_path / f"{way}{n}") for n in (1, 2))
        assert [file["sha256"] for file in manifest(one.folder)["files"]] == [
            file["sha256"] for file in manifest(two.folder)["files"]
        ]


def test_nothing_is_made_without_terms_place_and_right(stock, world, tmp_path):
    with pytest.raises(ReviewError):
        files.make(stock.user("verifier"), "partner", "csv", tmp_path / "out", HOME)
    wrong = ("nobody", "csv", "a"), ("partner", "xml", "a"), ("partner", "csv", "a/b"), ("partner", "csv", ".")
    for name, way, folder in wrong:
        with pytest.raises(RegistryError):
            make(stock, way, tmp_path / folder, name)
    assert list(tmp_path.iterdir()) == [] and not holders.of_identity(world)


PFIF = "{http://zesty.ca/pfif/1.4}"


def persons(folder):
    return ET.parse(folder / "persons.xml").getroot().findall(f"{PFIF}person")


def told(element):
    return {child.tag.removeprefix(PFIF): child.text for child in element if child.tag != f"{PFIF}note"}


def test_pfif_has_the_narrowest_fields_in_the_order_of_the_schema(stock, world, tmp_path):
    make(stock, "pfif", tmp_path / "out")
    (person,) = persons(tmp_path / "out")
    said = told(person)
    assert list(said) == [field for field in pfif.PERSON if field in said]
    assert said["person_record_id"] == f"ridni.example/{world}"
    assert said["full_name"] == "=Вигаданенко Зоряна" and said["alternate_names"] == "ВыгаданкоЗаряна"
    assert (said["sex"], said["date_of_birth"]) == ("female", "2012-02")
    moments = [said[one] for one in ("entry_date", "source_date", "expiry_date")]
    assert all(re.fullmatch(r"\d{4}(-\d\d){2}T(\d\d:){2}\d\dZ", one) for one in moments)
    assert said["expiry_date"] > said["entry_date"]


def test_pfif_expires_what_must_not_be_held(stock, world, tmp_path):
    make(stock, "pfif", tmp_path / "out")
    before = told(persons(tmp_path / "out")[0])
    erasing.erase_rows(stock.user("lead"), [Record.objects.order_by("pk").first().pk])
    make(stock, "pfif", tmp_path / "later")
    (person,) = persons(tmp_path / "later")
    said = told(person)
    assert set(said) == {"person_record_id", "entry_date", "expiry_date", "source_date"}
    assert said["person_record_id"] == before["person_record_id"]
    assert said["expiry_date"] == said["entry_date"] == said["source_date"] >= before["entry_date"]


def test_pfif_links_an_id_that_was_given_and_merged(stock, tmp_path):
    stock.consumer("partner")
    records = [stock.record() for _ in range(4)]
    first, second = (verify(stock, *pair) for pair in (records[:2], records[2:]))
    make(stock, "pfif", tmp_path / "out")
    stock.judge(stock.candidate(records[1], records[2]), "same", "same")
    make(stock, "pfif", tmp_path / "later")
    by_id = {told(person)["person_record_id"]: person for person in persons(tmp_path / "later")}
    assert "full_name" not in told(by_id[f"ridni.example/{second}"])
    (note,) = by_id[f"ridni.example/{first}"].findall(f"{PFIF}note")
    assert told(note)["linked_person_record_id"] == f"ridni.example/{second}"
    assert list(told(note)) == list(pfif.NOTE)


def test_a_child_without_a_name_has_no_record_in_pfif(stock, tmp_path):
    stock.consumer("partner")
    cards = [stock.record({"eyes": "сірі"}) for _ in range(2)]
    stock.judge(stock.candidate(*cards), "same", "same")
    make(stock, "pfif", tmp_path / "out")
    assert persons(tmp_path / "out") == [] and manifest(tmp_path / "out")["left_out"] == {"no_name": 1}


def test_entry_dates_are_whole_seconds_in_utc():
    assert pfif.moment(datetime.fromisoformat("2026-11-05T02:00:09.7+02:00")) == "2026-11-05T00:00:09Z"
    assert pfif.moment(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("value", "prefix"),
    [
        ("2012-02-01", "2012-02-01"), ("2012-02", "2012-02"), ("2012", "2012"), ("2012-02-03/2012-02-09", "2012-02"),
        ("2012-02-03/2012-03-05", "2012"), ("2011-12-31/2012-01-01", ""), ("about 2012", ""), ("", ""),
    ],
)  # fmt: skip
def test_an_interval_becomes_what_both_ends_have_in_common(value, prefix):
    assert reading.date_prefix(value) == prefix


def statements(folder):
    return [json.loads(line) for line in (folder / "statements.jsonl").read_text(encoding="utf-8").splitlines()]


def test_followthemoney_says_each_value_with_its_source(stock, world, tmp_path):
    make(stock, "followthemoney", tmp_path / "out")
    said = {(one["prop"], one["value"]): one for one in statements(tmp_path / "out")}
    assert {one["canonical_id"] for one in said.values()} == {world}
    surname = said["lastName", "Вигаданенко"]
    assert surname["original_value"] == "=Вигаданенко" and surname["dataset"] == "family"
    assert said["gender", "female"]["original_value"] == "ж" and said["birthDate", "2012-02"]
    known = said["lastName", "Вигаданенко"]
    text = f"{known['dataset']}.{known['entity_id']}.lastName.Вигаданенко"
    assert known["id"] == hashlib.sha1(text.encode()).hexdigest()


def test_names_that_a_source_changed_on_purpose_are_weak(stock, tmp_path):
    stock.consumer("partner")
    media = stock.batch("media", names_pseudonymised=True)
    pair = stock.record(), stock.record({"full_name": "Мар’яна", "given": "Мар’яна"}, batch=media)
    stock.judge(stock.candidate(*pair), "same", "same")
    make(stock, "followthemoney", tmp_path / "out")
    assert {one["prop"] for one in statements(tmp_path / "out") if one["value"] == "Мар’яна"} == {"weakAlias"}


def test_deletions_of_followthemoney_and_referents_of_a_merge(stock, tmp_path):
    stock.consumer("partner")
    records = [stock.record() for _ in range(4)]
    first, second = (verify(stock, *pair) for pair in (records[:2], records[2:]))
    make(stock, "followthemoney", tmp_path / "out")
    stock.judge(stock.candidate(records[1], records[2]), "same", "same")
    make(stock, "followthemoney", tmp_path / "later")
    changed = [json.loads(line) for line in (tmp_path / "later" / "changes.jsonl").read_bytes().splitlines()]
    assert changed == [{"op": "DEL", "entity": {"id": second}}]
    aliases = [one for one in statements(tmp_path / "later") if one["entity_id"] == second]
    assert [one["canonical_id"] for one in aliases] == [first]


def test_the_package_itself_reads_what_is_written(stock, world, tmp_path):
    pytest.importorskip("followthemoney", reason="pip install .[followthemoney]; its ICU is built from source")
    from followthemoney import model
    from followthemoney.dataset import Dataset
    from followthemoney.statement import StatementEntity
    from followthemoney.statement.serialize import read_path_statements

    make(stock, "followthemoney", tmp_path / "out")
    found = list(read_path_statements(Path(tmp_path / "out" / "statements.jsonl"), "json"))
    assert [one.id for one in found] == [one.generate_key() for one in found]
    entity = StatementEntity.from_statements(Dataset({"name": "ridni", "title": "Ridni"}), found)
    assert entity.id == world and entity.schema.name == "Person"
    assert set(entity.get("lastName")) == {"Вигаданенко"} and entity.get("gender") == ["female"]
    references = {one["entity_id"] for one in statements(tmp_path / "out")}
    assert references <= entity.referents | {entity.id}
    person = model.get("Person")
    for prop in followthemoney.properties().values():
        assert prop in person.properties, prop


CANARIES = {
    "region": "Канарейкова область",
    "health": "канарейкова-хвороба",
    "contact": "+380 канарейка",
    "note": "канарейкова примітка",
    "guardian": "Канарейко Опікун",
    "card_number": "канарейка-77",
    "own_column": "канарейка своя",
}


@pytest.mark.parametrize("way", files.WAYS)
def test_no_file_holds_what_the_scopes_do_not_give(stock, tmp_path, way):
    stock.consumer("partner", ["evidence:read"])
    sheet = {"locator": {"sheet": "Канарейкова вкладка", "row": 3}, "key": "канарейка-Зоряна"}
    bank = stock.batch("bank", source_class="adoption_bank", side="found")
    left = stock.record(dict(CHILD) | CANARIES, batch=bank, **sheet)
    verify(stock, left, stock.record(dict(CHILD), batch=stock.batch("reports", side="seeking")))
    make(stock, way, tmp_path / "out")
    text = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "out").iterdir()).casefold()
    assert "канарей" not in text and "зоряна" in text
