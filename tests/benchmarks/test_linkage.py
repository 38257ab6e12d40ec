"""Every installed engine runs on the same small work, and Ridni is not behind."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from benchmarks.linkage import measure, report
from benchmarks.linkage.__main__ import main
from benchmarks.linkage.data import children, febrl4


@pytest.fixture(scope="module", params=["children", "febrl4"])
def result(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("linkage") / request.param
    data = children(folder, 300, cards=1_000) if request.param == "children" else febrl4(folder, 500)
    seconds = measure.make_fields(data)
    runs = tuple(measure.run(engine, data, fields_seconds=seconds) for engine in measure.installed())
    return report.Result(data.name, data.records, "2000-01-01", "a machine", 1, runs)


def test_every_installed_engine_runs(result):
    assert {"Ridni", "recordlinkage"} <= {run.engine for run in result.runs}
    for run in result.runs:
        assert run.compared >= 300
        assert run.seconds > 0 and run.peak_mb > 50
        assert run.groups[result.headline].best_f1 > 0.9


def test_ridni_is_not_behind(result):
    ridni, *others = result.runs
    assert ridni.engine == "Ridni"
    for other in others:
        for group in {result.headline, "all"}:
            assert ridni.groups[group].best_f1 >= other.groups[group].best_f1
            assert ridni.groups[group].recall_at_precision_99 >= other.groups[group].recall_at_precision_99


def test_the_report_is_written_and_keeps_other_datasets(result, tmp_path):
    report.write([result], tmp_path)
    again = report.Result("Another", 1, "2000-01-02", "a machine", 1, result.runs)
    report.write([again], tmp_path)
    assert {item["name"] for item in json.loads((tmp_path / "linkage.json").read_text("utf-8"))} == {
        result.name,
        "Another",
    }
    text = (tmp_path / "linkage.md").read_text("utf-8")
    assert f"## {result.name}" in text and "## Another" in text
    assert (tmp_path / "linkage.png").read_bytes().startswith(b"\x89PNG")


def test_only_the_best_link_of_both_records_stays():
    pairs = pd.DataFrame(
        [("a", "1", "b", "1", 0.9), ("a", "1", "b", "2", 0.8), ("a", "2", "b", "2", 0.7), ("a", "3", "b", "3", 0.1)],
        columns=["left_source", "left_key", "right_source", "right_key", "probability"],
    )
    assert list(measure.best_links(pairs)["right_key"]) == ["1", "3"]


def test_a_missing_peer_is_named_and_left_out(monkeypatch, capsys):
    monkeypatch.setitem(measure.PACKAGES, "Splink", "no-such-package-of-that-name")
    assert main(["--quick"]) == 0
    out = capsys.readouterr().out
    assert "Splink is not installed" in out
    assert "recordlinkage" in out
