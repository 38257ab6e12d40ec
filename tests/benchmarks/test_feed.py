"""The benchmark of the feed reads all events and a snapshot, and polls while people judge."""

import os
import subprocess
import sys

import pytest


@pytest.mark.timeout(900)
def test_a_quick_run(tmp_path):
    command = [sys.executable, "-m", "benchmarks.feed", "--quick", "--out", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ}, timeout=860, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    text = (tmp_path / "feed.md").read_text(encoding="utf-8")
    assert "300 identities of three records each, 1,500 events" in text
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]
    found = {row[0]: row[1:] for row in rows}
    assert int(found["poll of the feed (goal: 50)"][0]) > 1
    assert float(found["events"][1].replace(",", "")) > 0
    assert "load" in text
