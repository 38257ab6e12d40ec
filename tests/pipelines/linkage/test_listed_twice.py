"""Rows of one list that may be one child wait in a queue of their own, where nobody is judged as found."""

from __future__ import annotations

import csv

import pytest
import yaml
from typer.testing import CliRunner

from configs.settings import CONFIGS, settings
from pipelines.cli.main import app
from pipelines.linkage import listed_twice, run
from pipelines.linkage.run import LinkRequest
from registry.linkage import candidates
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
    """The mission's spec, which searches family reports for children reported twice."""
    return CONFIGS / "linkage" / "children.yaml"


@pytest.fixture
def silent(tmp_path):
    """The same spec, which searches no list."""
    spec = yaml.safe_load((CONFIGS / "linkage" / "children.yaml").read_text(encoding="utf-8"))
    path = tmp_path / "children.yaml"
    path.write_text(yaml.safe_dump({**spec, "within": {"classes": []}}, allow_unicode=True), encoding="utf-8")
    return path


def test_a_list_is_searched_where_the_spec_says_so(registry, searching, silent, tmp_path):
    plain = run.run(LinkRequest(silent))
    assert plain.unsearched == ("lists", "reports") and plain.listed_twice == 0
    assert listed_twice.newest()[0] is None
    before = Candidate.objects.count()

    outcome = run.run(LinkRequest(searching))
    assert outcome.unsearched == ("lists",)
    assert outcome.listed_twice == 12
    sources = Candidate.objects.values_list("left__source_id", "right__source_id", "listed_twice")
    assert all((left == right) == twice for left, right, twice in sources), "they have a queue of their own"
    assert Candidate.objects.filter(listed_twice=False).count() == pytest.approx(before, rel=0.1)
    assert Candidate.objects.filter(listed_twice=True, probability__gte=0.5).count() == 12
    assert not any(row[0] == row[2] for row in candidates.export_rows()), "nor are they exported or evaluated"

    file = tmp_path / "twice.csv"
    assert CliRunner().invoke(app, ["candidates", "listed-twice", str(file)]).exit_code == 0
    rows = list(csv.DictReader(file.open(encoding="utf-8")))
    likely = [row for row in rows if float(row["probability"]) >= 0.5]
    assert {frozenset((row["left_key"], row["right_key"])) for row in likely} == {
        frozenset((f"R{i}", f"T{i}")) for i in range(12)
    }
    assert {row["left_source"] for row in rows} == {row["right_source"] for row in rows} == {"reports"}
    assert len({row["cluster"] for row in likely}) == 12
    assert AuditEntry.objects.filter(action="listed_twice.exported").count() == 1


def test_new_rows_of_a_list_are_searched_as_by_a_whole_run(registry, searching):
    run.run(LinkRequest(searching))
    reports = registry.batch("reports", side="seeking", source_class="family")
    for i in range(50, 56):
        registry.record({"full_name": f"N{i}"}, batch=reports, key=f"N{i}", values=values(i))
    outcome = run.run(LinkRequest(searching, only_new=True))
    assert outcome.new == 6 and outcome.listed_twice == 6
    stored = Candidate.objects.filter(listed_twice=True, probability__gte=0.5).values_list("left__key", "right__key")
    assert {frozenset((f"R{i}", f"N{i}")) for i in range(50, 56)} <= {frozenset(pair) for pair in stored}


def test_a_citizenship_decision_meets_the_transfer_before_it(registry, searching):
    decisions = registry.batch("decisions", side="found", source_class="citizenship")
    for i in range(1, 60, 2):
        registry.record({"full_name": f"C{i}"}, batch=decisions, key=f"C{i}", values=values(i))
    run.run(LinkRequest(searching))
    met = Candidate.objects.filter(left__source__slug="decisions", right__source__slug="lists")
    assert set(met.values_list("listed_twice", flat=True)) == {True}
    likely = met.filter(probability__gte=0.5).values_list("left__key", "right__key")
    assert {(left[1:], right[1:]) for left, right in likely} == {(str(i), str(i)) for i in range(1, 60, 2)}
    asked = Candidate.objects.filter(left__source__slug="reports", right__source__slug="decisions")
    assert set(asked.values_list("listed_twice", flat=True)) == {False}, "there a child may be found"


def test_without_such_a_run_the_command_says_what_to_do(registry):
    outcome = CliRunner().invoke(app, ["candidates", "listed-twice", "none.csv"])
    assert outcome.exit_code == 1
