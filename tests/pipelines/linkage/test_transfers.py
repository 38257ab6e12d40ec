"""Transfers through the registry: learnt by a run, stated by two people, taken back; and the command."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from configs.settings import CONFIGS
from pipelines.cli.main import app, known
from pipelines.linkage import run
from pipelines.linkage.run import LinkRequest
from registry.access import accounts
from registry.models import Transfer, TransferStatement
from tests.pipelines.linkage.test_incremental import values

pytestmark = pytest.mark.django_db(transaction=True)

SPEC = CONFIGS / "linkage" / "children.yaml"
HOME = "Дитячий будинок № 3, м. Бердянськ"
PASSWORD = "тихий-став-біля-греблі"


@pytest.fixture
def registry(stock, monkeypatch):
    monkeypatch.setenv("RIDNI_PASSWORD", PASSWORD)
    monkeypatch.setattr("pipelines.cli.startup.database", lambda: None)
    reports = stock.batch("reports", side="seeking", source_class="family")
    moved = stock.batch("moved", side="found", source_class="occupation")
    for i in range(60):
        home = {"institution": HOME} if i % 4 == 1 else {}
        region = ["RU-ROS" if i % 4 == 1 else "RU-SAM"]
        days = {"transferred_on": "2022-04-01/2022-04-01"} if i % 4 == 1 else {}
        written = {"full_name": f"R{i}"} | home
        stock.record(written, batch=reports, key=f"R{i}", values=values(i) | home)
        found = {"full_name": f"M{i}", "region": "Ростовская область"}
        stock.record(found, batch=moved, key=f"M{i}", values=values(i) | {"region": region} | days)
    return stock


def ridni(*arguments, fails=False):
    done = CliRunner().invoke(app, ["transfers", *map(str, arguments)])
    if fails:
        assert done.exit_code != 0
        return known(done.exception) or str(done.exception)
    assert done.exit_code == 0, done.exception
    return done.output


def test_from_a_run_to_a_statement_that_two_people_want_and_back(registry, tmp_path):
    first = run.run(LinkRequest(SPEC))
    home = Transfer.objects.get(kind="institution")
    assert home.families >= 10 and home.found == home.members.count()
    assert (str(home.moved_from), str(home.moved_to)) == ("2022-04-01", "2022-04-01")
    assert home.gains.exists() and home.bits > 0
    listed = ridni("list")
    assert str(home.pk) in listed and "institution" in listed and "Бердянськ" not in listed and "Ростов" not in listed
    people = [accounts.add(name, PASSWORD, "lead", "en") for name in ("olena", "petro")]
    shown = ridni("show", home.pk, "--as", "olena")
    assert HOME in shown and "Ростов" not in shown and "withheld" in shown
    accounts.set_sees_location("olena", True)
    assert "Ростовская область" in ridni("show", home.pk, "--as", "olena")
    file = tmp_path / "transfers.csv"
    ridni("export", file)
    text = file.read_text(encoding="utf-8")
    assert text.count("\n") == 1 + sum(one.found for one in Transfer.objects.all())
    assert "Ростов" not in text and HOME not in text and "R1" in text
    assert json.loads((tmp_path / "transfers.csv.manifest.json").read_text("utf-8"))["runs"] == [first.run_id]

    before = run.run(LinkRequest(SPEC, model_run=first.run_id))
    said, why = tmp_path / "said.txt", tmp_path / "why.txt"
    said.write_text(f"institution={HOME}\nregion=Самарская область\nstated_in=наказ 12\n", encoding="utf-8")
    why.write_text("підписано\n", encoding="utf-8")
    state = ("state", "--values", said, "--reason-file", why, "--as", "olena")
    ridni(*state)
    number = TransferStatement.objects.get().pk
    assert "own statement" in ridni("allow", number, "--as", "olena", fails=True)

    def left_by(outcome):
        folder = outcome.folder.path
        files = tuple((folder / name).read_bytes() for name in ("support.csv", "model.json"))
        return files, json.loads((folder / "manifest.json").read_text("utf-8"))["stated"]

    waiting = run.run(LinkRequest(SPEC, model_run=first.run_id))
    assert left_by(waiting) == left_by(before) and left_by(before)[1] is None
    ridni("allow", number, "--as", "petro")
    counted = left_by(run.run(LinkRequest(SPEC, model_run=first.run_id)))
    assert counted[1] is not None
    ridni("refuse", number, "--as", "petro")
    assert left_by(run.run(LinkRequest(SPEC, model_run=first.run_id))) == left_by(before)
    assert f"Stated {number}: institution, refused" in ridni("list")
    assert len(people) == 2


def test_bad_input_is_told_and_keeps_nothing(registry, tmp_path):
    accounts.add("olena", PASSWORD, "lead", "en")
    said, why = tmp_path / "said.txt", tmp_path / "why.txt"
    why.write_text("підписано\n", encoding="utf-8")
    for lines, words in (
        ("institution=X\nplace=Y", "no field 'place'"),
        (f"institution={HOME}\nregion=за річкою\nstated_in=наказ", "region is read as none"),
        (f"institution={HOME}\nregion=Самарская область\nstated_in=наказ\nfrom=32.13.2022", "A day cannot be read"),
    ):
        said.write_text(lines, encoding="utf-8")
        assert words in ridni("state", "--values", said, "--reason-file", why, "--as", "olena", fails=True)
    assert "There is no such transfer" in ridni("show", 9, "--as", "olena", fails=True)
    assert not TransferStatement.objects.exists()
