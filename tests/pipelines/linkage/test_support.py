"""The pairs behind collective evidence, through the registry: named by keys, taught by verdicts, and taken back."""

from __future__ import annotations

import csv
import json

import pytest
from typer.testing import CliRunner

from configs.settings import CONFIGS, settings
from pipelines.cli.main import app
from pipelines.linkage import run
from pipelines.linkage.run import LinkRequest
from registry.linkage import explanations
from registry.linkage import support as support_of
from registry.models import AuditEntry, Candidate, Review, Support
from review.verdicts import decisions
from tests.pipelines.linkage.test_incremental import values

pytestmark = pytest.mark.django_db

SPEC = CONFIGS / "linkage" / "children.yaml"
REGIONS = ("RU-ROS", "RU-SAM")


@pytest.fixture
def registry(stock, tmp_path, monkeypatch):
    monkeypatch.setenv("RIDNI_HOME", str(tmp_path))
    settings.cache_clear()
    stock.reports = stock.batch("reports", side="seeking", source_class="family")
    transfers = stock.batch("transfers", side="found", source_class="occupation")
    decisions = stock.batch("decisions", side="found", source_class="citizenship")
    for i in range(120):
        home, region = [f"ua-{i % 5}"], [REGIONS[i % 2]]
        seen = values(i) | {"last_place": home}
        stock.record({"full_name": f"R{i}"}, batch=stock.reports, key=f"R{i}", values=seen)
        if i % 3 == 0:
            stock.record({"full_name": f"T{i}"}, batch=transfers, key=f"T{i}", values=values(i) | {"region": region})
        renamed = values(i) | {"surname": f"Новиков{'абвгд'[i % 5]}", "region": region}
        stock.record({"full_name": f"D{i}"}, batch=decisions, key=f"D{i}", values=renamed)
    yield stock
    settings.cache_clear()


def support(tmp_path):
    file = tmp_path / "support.csv"
    outcome = CliRunner().invoke(app, ["candidates", "support", str(file)])
    assert outcome.exit_code == 0, outcome.output
    return list(csv.DictReader(file.open(encoding="utf-8")))


def test_each_candidate_that_others_speak_for_names_the_pair_that_does(registry, tmp_path):
    outcome = run.run(LinkRequest(SPEC))
    rows = support(tmp_path)
    own = [row for row in rows if row["term"] == "own_transfer" and row["right_key"] == f"D{row['left_key'][1:]}"]
    assert len(own) > 20
    assert all(row["by_left_key"] == row["left_key"] for row in own)
    assert all(row["by_right_key"] == f"T{row['left_key'][1:]}" for row in own)
    assert all(row["by_right_source"] != row["right_source"] for row in own), "a list does not support itself"
    assert {row["standing"] for row in rows} == {"proposed"}
    child = Candidate.objects.get(left__key="R3", right__key="D3")
    (behind,) = [one for one in support_of.behind(child) if one.term == "own_transfer"]
    assert Candidate.objects.get(pk=behind.candidate_id).right.key == "T3"
    said = {part["field"]: part.get("bits") for part in explanations.reasons(child)}
    assert behind.bits == pytest.approx(said["own_transfer"], abs=0.011)
    assert AuditEntry.objects.filter(action="support.exported").count() == 1
    folder = tmp_path / "runs" / f"{outcome.run_id:06d}"
    assert not any(name in (folder / "support.csv").read_text(encoding="utf-8") for name in ("Новиков", "R0", "T0"))


def test_a_verdict_teaches_and_taken_back_gives_the_bytes_of_before(registry, tmp_path):
    first = run.run(LinkRequest(SPEC))

    def left_by(outcome):
        folder = tmp_path / "runs" / f"{outcome.run_id:06d}"
        made = tuple((folder / name).read_bytes() for name in ("support.csv", "model.json"))
        return made, json.loads((folder / "manifest.json").read_text("utf-8"))

    before, manifest = left_by(run.run(LinkRequest(SPEC, model_run=first.run_id)))
    assert manifest["judged"] is None
    pair = Candidate.objects.get(left__key="R3", right__key="T3")
    people = [registry.user("lead"), registry.user("lead")]
    registry.judge(pair, "different", "different", by=people)
    refused, manifest = left_by(run.run(LinkRequest(SPEC, model_run=first.run_id)))
    assert manifest["judged"] is not None
    assert not [row for row in support(tmp_path) if (row["by_left_key"], row["by_right_key"]) == ("R3", "T3")]
    same_model, _ = left_by(run.run(LinkRequest(SPEC, model_run=first.run_id)))
    assert same_model == refused
    last = Review.objects.filter(candidate=pair).latest("pk")
    decisions.withdraw(last.reviewer, last.pk)
    restored, manifest = left_by(run.run(LinkRequest(SPEC, model_run=first.run_id)))
    assert manifest["judged"] is None
    assert Review.objects.count() == 2, "what was said stays in the log"
    assert [row for row in support(tmp_path) if (row["by_left_key"], row["by_right_key"]) == ("R3", "T3")]
    assert restored == before != refused
    own_model, _ = left_by(run.run(LinkRequest(SPEC)))
    assert own_model[1] == left_by(first)[0][1], "what people said is no part of what the records teach"


def test_a_run_opens_again_what_leaned_on_a_pair_refused_since_and_says_so(registry):
    first = run.run(LinkRequest(SPEC))
    leaner = Candidate.objects.get(left__key="R3", right__key="D3")
    Support.objects.filter(candidate=leaner).update(bits=6.0)
    registry.judge(leaner, "same", "same")
    settling = Candidate.objects.get(left__key="R3", right__key="T3")
    registry.judge(settling, "different", "different")
    outcome = run.run(LinkRequest(SPEC, model_run=first.run_id))
    assert outcome.reopened == (leaner.pk,)
    leaner.refresh_from_db()
    assert leaner.status == "open" and leaner.run_id == outcome.run_id
    assert not [one for one in support_of.behind(leaner) if one.candidate_id == settling.pk]
    assert run.run(LinkRequest(SPEC, model_run=first.run_id)).reopened == ()


def test_without_a_run_the_command_says_what_to_do(registry):
    outcome = CliRunner().invoke(app, ["candidates", "support", "none.csv"])
    assert outcome.exit_code == 1
