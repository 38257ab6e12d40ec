"""A quick run over seeds writes its page, and a run far below the best is told."""

from __future__ import annotations

from benchmarks.seeds.__main__ import _row, main


def test_a_quick_run(tmp_path):
    assert main(["--quick", "--out", str(tmp_path)]) == 0
    text = (tmp_path / "seeds.md").read_text(encoding="utf-8")
    assert "3 seeds" in text and "| FEBRL 1 | 1.0000 |" in text and "holds" in text


def test_a_run_far_below_the_best_runs_away():
    assert _row("lists", [0.99, 0.9951, 0.994]).endswith("| 0.0051 | runs away |\n")
    assert _row("lists", [0.991, 0.995]).endswith("holds |\n")
