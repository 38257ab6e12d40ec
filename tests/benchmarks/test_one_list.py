"""The benchmark of one list runs, and Ridni meets its goal."""

from __future__ import annotations

from benchmarks.one_list.__main__ import main


def test_the_smallest_list_is_searched(tmp_path):
    assert main(["--quick", "--out", str(tmp_path)]) == 0
    rows = [line.split(" | ") for line in (tmp_path / "one_list.md").read_text("utf-8").splitlines() if "FEBRL" in line]
    figures = {row[3]: row for row in rows if len(row) > 5}
    assert float(figures["Ridni"][4]) == 1.0 and float(figures["Ridni"][5]) == 1.0
    assert figures["Ridni"][-1].startswith("1.0 met")
