"""The commands of custody as a person types them: masked until opened, every opening logged, a flipped byte named."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
from django.db import connection
from typer.testing import CliRunner

from pipelines.cli.console import UserError
from pipelines.cli.main import app
from pipelines.ingestion import jobs
from registry import actors
from registry.access import accounts
from registry.errors import RegistryError
from registry.evidence import store
from registry.evidence.custody import CollectionFacts
from registry.models import AuditEntry, CustodyEntry, Evidence, QuarantinedRow, Record
from sources.description.load import load_config

pytestmark = pytest.mark.django_db

YAML = """\
source_class: adoption_bank
delivery: snapshot
legal_basis: open publication
reader: csv
key: id
fields: {full_name: name, birth_date: born}
"""
FIRST = "id,name,born\n1,Вигаданенко Зоряна,01.02.2012\n2,Дописанко Лесь,03.04.2011\n3,,05.06.2010\n"
SECOND = "id,name,born\n1,Вигаданенко Зоря,01.02.2012\n3,Тестенко Устим,05.06.2010\n"


@pytest.fixture
def ridni(tmp_path):
    """Run a command in this process on a home with two snapshots; return what it prints, or its error."""
    config = tmp_path / "cards.yaml"
    config.write_text(YAML, encoding="utf-8")
    for number, text in enumerate((FIRST, SECOND), start=1):
        file = tmp_path / f"{number}.csv"
        file.write_text(text, encoding="utf-8")
        collected = CollectionFacts.stated("saved", "a fictional bank", "olena")
        jobs.run(jobs.prepare(load_config(config), config, file, collected))

    def run(*arguments: object, fails: type[Exception] | None = None, said: str = "") -> str:
        done = CliRunner().invoke(app, [str(argument) for argument in arguments], input=said)
        if fails is not None:
            assert isinstance(done.exception, fails), done.output
            return f"{done.output}{done.exception}"
        assert done.exit_code == 0, f"{done.output}{done.exception!r}"
        return done.output

    return run


@pytest.fixture
def olena(monkeypatch):
    """An account of the data team whose password is known to the commands."""
    monkeypatch.setenv("RIDNI_PASSWORD", "fictional-horse-42")
    return accounts.add("olena", "fictional-horse-42", "data")


def test_purposes_are_no_arguments(ridni):
    for command in (("evidence", "show", "cards/1@1", "--open"), ("evidence", "export", "cards/1@1", "packet.zip")):
        refused = ridni(*command, "--purpose", "for Зоряна", fails=UserError)
        assert "--purpose-file" in refused and "Зоряна" not in refused


def test_an_operator_states_a_name_and_stays_who_they_are(ridni, olena):
    ridni("evidence", "show", "cards/1@1", "--open", "--by", "olena", said="court 12/24")
    entry = CustodyEntry.objects.get(act="open")
    assert entry.user is None and entry.actor == actors.operator() and entry.facts["stated_by"] == "olena"
    row = AuditEntry.objects.get(action="custody.open")
    assert row.actor == actors.operator() and row.actor.startswith("os:")
    assert {row.actor for row in AuditEntry.objects.all()} <= {actors.operator(), f"db:{embedded_role()}"}


def embedded_role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user")
        return cursor.fetchone()[0]


def test_nobody_enters_values_without_proving_who_they_are(ridni, olena, monkeypatch):
    row = QuarantinedRow.objects.get()
    fix = ("quarantine", "fix", row.pk)
    assert "full_name=" not in ridni(*fix, "--as", "olena", said="scan\nfull_name=Тестенко Юхим\n")
    monkeypatch.setenv("RIDNI_PASSWORD", "wrong")
    ridni("testimony", "observe", 1, "--as", "olena", said="full_name=Тестенко Юхим", fails=RegistryError)
    accounts.add("maria", "fictional-horse-42", "verifier")
    monkeypatch.setenv("RIDNI_PASSWORD", "fictional-horse-42")
    ridni("testimony", "observe", 1, "--as", "maria", said="full_name=Тестенко Юхим", fails=RegistryError)


def test_a_value_is_masked_until_it_is_opened(ridni):
    masked = ridni("evidence", "show", "cards/1@1")
    assert "row 2" in masked and "B2" in masked and "the same" in masked and "Зоряна" not in masked
    assert "purpose" in ridni("evidence", "show", "cards/1@1", "--open", fails=UserError)
    assert not CustodyEntry.objects.filter(act="open").exists()
    opened = ridni("evidence", "show", "cards/1@1", "--open", "--field", "full_name", said="court 12/24\n")
    assert "Вигаданенко Зоряна" in opened and "Дописанко Лесь" in opened
    log = ridni("evidence", "log", "cards/1@1")
    assert log.count("acquire") == 1 and "court 12/24" in log and "a fictional bank" in log
    assert "a fictional bank" in ridni("evidence", "list", "cards")


def test_a_packet_for_a_court_holds_bytes_values_and_log(ridni, tmp_path):
    target = tmp_path / "packet.zip"
    ridni("evidence", "export", "cards/1@1", target, fails=UserError)
    (tmp_path / "purpose.txt").write_text("court 12/24\n")
    ridni("evidence", "export", "cards/1@1", target, "--purpose-file", tmp_path / "purpose.txt")
    assert target.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(target) as packet:
        manifest = json.loads(packet.read("manifest.json"))
        (name,) = (name for name in packet.namelist() if name.startswith("evidence/"))
        assert packet.read(name).decode() == FIRST and manifest["files"][name] == Path(name).name
        told = json.loads(packet.read("record.json"))
        assert told["values"][0]["original"] == "Вигаданенко Зоряна" and told["changes"][0]["kind"] == "changed"
        assert "export" in packet.read("custody.csv").decode()
    assert CustodyEntry.objects.filter(act="export").count() == 1
    with pytest.raises(AssertionError, match="name already"):
        ridni("evidence", "export", "cards/1@1", target, said="again")


def test_a_flipped_byte_is_named_with_what_was_read_from_it(ridni):
    assert "has the bytes" in ridni("evidence", "verify")
    damaged = Evidence.objects.order_by("id").last()
    path = store.path_of(damaged.sha256)
    content = bytearray(path.read_bytes())
    content[5] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)
    path.chmod(0o400)
    said = ridni("evidence", "verify", fails=UserError)
    assert f"{damaged.sha256}: changed" in said and "batch" in said
    assert damaged.sha256[:12] in ridni("audit", "verify", fails=UserError)
    path.unlink()


def test_changes_are_told_without_values(ridni):
    everything = ridni("records", "changes", "cards")
    assert "full_name" in everything and "vanished" in everything and "Зор" not in everything
    assert "changed" not in ridni("records", "changes", "cards", "--kind", "vanished")
    assert "1 → 2" in ridni("records", "changes", "cards/1")
    ridni("records", "changes", "--kind", "moved", fails=UserError)
    for mistyped in (("records", "changes", "crads"), ("quarantine", "list", "crads"), ("evidence", "list", "crads")):
        assert "Did you mean cards?" in ridni(*mistyped, fails=RegistryError)


def test_quarantine_is_worked_from_the_command_line(ridni, tmp_path, olena):
    row = QuarantinedRow.objects.get()
    assert "no_name" in ridni("quarantine", "list", "cards", "--reason", "no_name")
    assert "No row" in ridni("quarantine", "list", "cards", "--reason", "no_key")
    assert "00.00.0000" in ridni("quarantine", "show", row.pk)
    fix = ("quarantine", "fix", row.pk, "--as", "olena")
    name = "full_name=Тестенко Юхим"
    assert "say why" in ridni(*fix, fails=UserError)
    refused = ridni(*fix, name, said="scan", fails=UserError)
    assert "--values" in refused and "Юхим" not in refused
    assert "no values" in ridni(*fix, said="scan", fails=UserError)
    assert "new" in ridni(*fix, "--key", "3b", said=f"scan\n{name}")
    made = Record.objects.get(key="3b")
    assert made.entered_by == olena
    assert made.payload["written"]["full_name"] == "Тестенко Юхим" and made.vanished is not None
    assert "3b" in ridni("records", "changes", "cards", "--kind", "vanished")
    assert "scan" in ridni("quarantine", "show", row.pk)
    assert "corrected by hand" in ridni("evidence", "show", made.pk)
    again = ridni("quarantine", "rerun", tmp_path / "cards.yaml", said="nothing waits")
    assert "0 rows still wait" in again


def test_testimonies_from_the_command_line(ridni, tmp_path, olena):
    file = tmp_path / "said.txt"
    file.write_text("Її везли вночі автобусом.", encoding="utf-8")
    terms = ("--from", "a village", "--legal-basis", "consent", "--handling", "secret")
    assert "Document" in ridni("testimony", "add", file, "--about", "cards/1", *terms)
    listed = ridni("testimony", "list", "cards/1")
    assert "secret" in listed and "автобусом" not in listed
    number = str(AuditEntry.objects.get(action="testimony.added").object_id)
    ridni("testimony", "open", number, fails=UserError)
    assert "автобусом" in ridni("testimony", "open", number, said="taking facts down")
    (tmp_path / "facts.txt").write_text("\ufefffull_name=Вигаданенко Зоряна\n\n", encoding="utf-8")
    observe = ("testimony", "observe", number, "--as", "olena", "--place", "line 1")
    assert "--values" in ridni(*observe, "full_name=Вигаданенко Зоряна", fails=UserError)
    ridni(*observe, "--values", tmp_path / "facts.txt")
    assert Record.objects.get(key=f"{number}/1").entered_by == olena
    shown = ridni("evidence", "show", f"observed_testimony/{number}/1")
    assert "line 1" in shown and "Зоряна" not in shown and "автобусом" not in shown
    opened = ridni("evidence", "show", f"observed_testimony/{number}/1", "--open", said="court")
    assert "Зоряна" in opened and "автобусом" in opened


def test_a_profile_is_a_table_and_a_page(ridni):
    told = ridni("profile", "cards")
    assert "full_name" in told and "1 vanished" in told and "Зор" not in told
    page = Path(told.split("Page: ")[1].strip())
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>") and page.stat().st_mode & 0o777 == 0o600


SECRET = "Канарейськ"
GROUPS = """\
source_class: occupation
delivery: snapshot
reader: {kind: xlsx}
key: '{sheet}/{№}'
fields: {full_name: ФИО, birth_date: Дата}
"""
NAMED = """\
source_class: family
delivery: snapshot
reader: csv
key: id
fields: {full_name: name, birth_date: born}
"""


def groups(folder: Path, name: str, *rows: list[object]) -> Path:
    book = openpyxl.Workbook()
    book.active.title = f"12.07 {SECRET}"
    for row in (["№", "ФИО", "Дата"], *rows):
        book.active.append(row)
    book.save(folder / f"{SECRET}{name}.xlsx")
    return folder / f"{SECRET}{name}.xlsx"


def test_commands_say_neither_where_nor_who_until_opened(ridni, tmp_path):
    """Keys, sheets and files that tell a place, and keys in which the list itself writes the child's name."""
    (tmp_path / "groups.yaml").write_text(GROUPS, encoding="utf-8")
    (tmp_path / "named.yaml").write_text(NAMED, encoding="utf-8")
    one = groups(tmp_path, "1", [1, "Тестенко Устим", "01.02.2012"], [2, "", "01.02.2012"])
    two = groups(tmp_path, "2", [1, "Тестенко Юхим", "01.02.2012"], [2, "", "01.02.2012"])
    told = "id,name,born\n{}Канарченко-1,Канарченко {},01.02.2012\nx,,01.02.2012\n"
    for number, first in (("3", "Ада"), ("4", "Леся")):
        (tmp_path / f"{number}.csv").write_text(told.format("", first), encoding="utf-8")
    for config, file in (
        ("groups", one),
        ("groups", two),
        ("named", tmp_path / "3.csv"),
        ("named", tmp_path / "4.csv"),
    ):
        path = tmp_path / f"{config}.yaml"
        jobs.run(
            jobs.prepare(load_config(path), path, file, CollectionFacts.stated("saved", "a fictional body", "olena"))
        )
    canaries = SECRET, "Канарченко"
    terms = ("--from", "a village", "--legal-basis", "consent", "--handling", "secret")
    (tmp_path / "said.txt").write_text("слова", encoding="utf-8")
    opened = []
    for slug in ("groups", "named"):
        record = Record.objects.get(source__slug=slug, is_current=True)
        row = QuarantinedRow.objects.filter(batch__source__slug=slug).first()
        ridni("testimony", "add", tmp_path / "said.txt", "--about", record.pk, *terms)
        for command in (
            ("quarantine", "list", slug),
            ("quarantine", "show", row.pk),
            ("records", "changes", slug),
            ("records", "changes", record.pk),
            ("evidence", "show", record.pk),
            ("evidence", "log", record.pk),
            ("testimony", "list"),
        ):
            shown = "".join(ridni(*command).split())
            assert not any(canary in shown for canary in canaries), (command, shown)
        opened.append(ridni("evidence", "show", record.pk, "--open", said="court 12/24"))
        opened.append(ridni("quarantine", "show", row.pk, "--open", said="court 12/24"))
        assert f"record{record.pk - 1}" in "".join(ridni("records", "changes", slug).split())
    assert SECRET in opened[0] and SECRET in opened[1] and canaries[1] in opened[2]
    checked = ridni("sources", "check", tmp_path / "groups.yaml", one)
    checked += ridni("sources", "check", tmp_path / "named.yaml", tmp_path / "3.csv")
    lines = [line for line in checked.splitlines() if line.startswith(("keys:", "quarantine:"))]
    assert len(lines) >= 4 and not any(canary in line for canary in canaries for line in lines)


def test_reasons_are_no_arguments(ridni, tmp_path):
    row = QuarantinedRow.objects.get()
    for command in (("release", row.pk), ("fix", row.pk, "--as", "x"), ("rerun", tmp_path / "cards.yaml")):
        refused = ridni("quarantine", *command, "--reason", "Зоряна", fails=UserError)
        assert "--reason-file" in refused and "Зоряна" not in refused
    assert "say why" in ridni("quarantine", "release", row.pk, fails=UserError)
    (tmp_path / "why.txt").write_text("a foot of the list\n", encoding="utf-8")
    ridni("quarantine", "release", row.pk, "--reason-file", tmp_path / "why.txt")
    assert "a foot of the list" in ridni("quarantine", "show", row.pk)
