"""The ingest benchmark runs, reads every row in every step, and says when a bound is not kept."""

from __future__ import annotations

from benchmarks.__main__ import found
from benchmarks.ingest import report
from benchmarks.ingest.__main__ import CSV_STEPS, XLSX_STEPS, main


def test_a_quick_run(tmp_path, capsys):
    assert main(["--quick", "--out", str(tmp_path)]) == 0
    page = (tmp_path / "ingest.md").read_text(encoding="utf-8")
    assert page in capsys.readouterr().out
    for step, rows in [(step, 2_000) for step in XLSX_STEPS] + [(step, 5_000) for step in CSV_STEPS]:
        assert f"| {report.LABELS[step]} | {rows:,} |" in page


def test_a_bound_that_is_not_kept_is_said():
    slow = report.Run("ridni_records", 10, 61.0, 60.0, 100.0)
    result = report.Result("XLSX", 1.0, (slow,), 60, 0)
    assert not result.kept and "NOT kept" in report.markdown([result])
    heavy = report.Result("CSV", 1.0, (slow,), 300, 90)
    assert not heavy.kept
    busy = report.Result("CSV", 1.0, (report.Run("ridni_records", 10, 100.0, 30.0, 1.0),), 0, 0)
    assert busy.kept and "30% of a core" in report.markdown([busy])


def test_the_runner_knows_every_benchmark():
    assert {"ingest", "linkage", "names"} <= found().keys()
