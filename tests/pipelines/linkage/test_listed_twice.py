"""Rows of one list that may be one child are a list of their own: no candidate, nothing to judge as found."""

from __future__ import annotations

import csv

import pytest
import yaml
from typer.testing import CliRunner

from configs.settings import CONFIGS, settings
from pipelines.cli.main import app
from pipelines.linkage import listed_twice, run
from pipelines.linkage.run import LinkRequest
from registry.models import AuditEntry, Candidate
from tests.pipelines.linkage.test_incremental import values

pytestmark = pytest.mark.django_db


@pytest.fixture
def registry(stock, tmp_path, monkeypatch):
    monkeypatch.setenv("RIDNI_HOME", str(tmp_path))
    settings.cache_clear()
    reports = stock.batch("reports", side="seeking", source_class="family")
    lists = stock.batch("lists", side="found", source_class="occupation")
    for i in range(200):
        stock.record({"full_name": f"R{i}"}, batch=reports, key=f"R{i}", values=values(i))
        if i % 2:
            stock.record({"full_name": f"L{i}"}, batch=lists, key=f"L{i}", values=values(i))
    for i in range(12):
        stock.record({"full_name": f"T{i}"}, batch=reports, key=f"T{i}", values=values(i))
    yield stock
    settings.cache_clear()


@pytest.fixture
def searching(tmp_path):
    """The mission's spec, with family reports searched for children reported twice."""
    spec = yaml.safe_load((CONFIGS / "linkage" / "children.yaml").read_text(encoding="utf-8"))
    path = tmp_path / "children.yaml"
    path.write_text(yaml.safe_dump({**spec, "within": {"classes": ["family"]}}, allow_unicode=True), encoding="utf-8")
    return path


def test_a_list_is_searched_where_the_spec_says_so(registry, searching, tmp_path):
    plain = run.run(LinkRequest(CONFIGS / "linkage" / "children.yaml"))
    assert plain.unsearched == ("lists", "reports") and plain.listed_twice == 0
    assert listed_twice.newest()[0] is None
    before = Candidate.objects.count()

    outcome = run.run(LinkRequest(searching))
    assert outcome.unsearched == ("lists",)
    assert outcome.listed_twice == 12
    sources = Candidate.objects.values_list("left__source_id", "right__source_id")
    assert all(left != right for left, right in sources), "no such pair waits in the queue, where 'same' means found"
    assert Candidate.objects.count() == pytest.approx(before, rel=0.1)

    file = tmp_path / "twice.csv"
    assert CliRunner().invoke(app, ["candidates", "listed-twice", str(file)]).exit_code == 0
    rows = list(csv.DictReader(file.open(encoding="utf-8")))
    likely = [row for row in rows if float(row["probability"]) >= 0.5]
    assert {frozenset((row["left_key"], row["right_key"])) for row in likely} == {
        frozenset((f"R{i}", f"T{i}")) for i in range(12)
    }
    assert {row["source"] for row in rows} == {"reports"}
    assert len({row["cluster"] for row in likely}) == 12
    assert AuditEntry.objects.filter(action="listed_twice.exported").count() == 1


def test_new_rows_of_a_list_are_searched_as_by_a_whole_run(registry, searching):
    run.run(LinkRequest(searching))
    reports = registry.batch("reports", side="seeking", source_class="family")
    for i in range(50, 56):
        registry.record({"full_name": f"N{i}"}, batch=reports, key=f"N{i}", values=values(i))
    outcome = run.run(LinkRequest(searching, only_new=True))
    assert outcome.new == 6 and outcome.listed_twice == 6


def test_without_such_a_run_the_command_says_what_to_do(registry):
    outcome = CliRunner().invoke(app, ["candidates", "listed-twice", "none.csv"])
    assert outcome.exit_code == 1
