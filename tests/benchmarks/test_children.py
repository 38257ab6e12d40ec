"""Simulated reviewers find the same children with fewer answers when they judge children, not pairs."""

import os
import subprocess
import sys

import pytest


@pytest.mark.timeout(600)  # three databases, each worked to the end of its queue
def test_a_quick_run(tmp_path):
    command = [sys.executable, "-m", "benchmarks.children", "--quick", "--out", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ}, timeout=560, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    text = (tmp_path / "children.md").read_text(encoding="utf-8")
    head, _, *rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]
    ways = {row[0]: dict(zip(head[1:], map(float, row[1:]), strict=True)) for row in rows}
    every, pairs, children = ways["every pair"], ways["pairs, implied ones left out"], ways["children"]
    assert children["found"] >= 18 and pairs["found"] >= 18  # of 20, although reviewers err
    by = "answers a child found"
    assert children[by] < pairs[by] < every[by]
    assert children[by] < every[by] / 2
    assert children["false identities"] <= pairs["false identities"]
    assert "Merges a minute" in text
