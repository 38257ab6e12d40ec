"""The benchmark of the review app runs as a whole on a short queue."""

import os
import subprocess
import sys


def test_it_runs_and_writes_its_table(tmp_path):
    command = [sys.executable, "-m", "benchmarks.review", "--quick", "--out", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ}, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    text = (tmp_path / "review.md").read_text(encoding="utf-8")
    for page in (
        "| queue |",
        "| take, filtered |",
        "| pair |",
        "| original |",
        "| verdict |",
        "| take, nothing left |",
    ):
        assert page in text
