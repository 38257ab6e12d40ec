"""Another model loses no id, moves no identity and asks nobody again."""

import os
import subprocess
import sys

import pytest


@pytest.mark.timeout(600)  # three runs over everything
def test_a_quick_run(tmp_path):
    command = [sys.executable, "-m", "benchmarks.identities", "--quick", "--out", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ}, timeout=560, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    text = (tmp_path / "identities.md").read_text(encoding="utf-8")
    head, _, *rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]
    assert "600 made-up records" in text and len(rows) == 2
    for row in (dict(zip(head, each, strict=True)) for each in rows):
        assert (row["lost"], row["moved"], row["asked"], row["replay = tables"]) == ("0", "0 (0.00%)", "0", "yes")
        assert int(row["decided pairs proposed"]) >= 290
