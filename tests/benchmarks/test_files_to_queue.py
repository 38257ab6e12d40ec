"""The way from files to the queue is measured whole: every command runs, and what its processes take is counted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import found
from benchmarks.files_to_queue import processes, report, world
from benchmarks.files_to_queue.__main__ import main
from benchmarks.files_to_queue.measure import PEERS, Result, Step
from benchmarks.files_to_queue.processes import Cost

BURN = "import time\nend = time.process_time() + {}\nwhile time.process_time() < end: pass\n"


@pytest.mark.timeout(900)  # ten commands, each from its start
def test_a_quick_run(tmp_path):
    assert main(["--quick", "--no-peers", "--out", str(tmp_path)]) == 0
    page = (tmp_path / "files_to_queue.md").read_text(encoding="utf-8")
    for step in (
        "ingest",
        "link",
        "link again",
        "link --again",
        "ingest late reports",
        "link --new",
        "export",
        "evaluate",
    ):
        assert f"| {step} | " in page
    assert "bytes each" in page and "120 reports" in page


@pytest.mark.parametrize("engine", list(PEERS))
def test_the_script_of_a_peer_reads_links_and_stores(engine, tmp_path, monkeypatch):
    delivered = world.write(tmp_path / "world", 120, cards=200, late=20, sources=world.FEW)
    monkeypatch.chdir(Path(__file__).parents[2])
    environment = os.environ | {"RIDNI_HOME": str(tmp_path / "home"), "DJANGO_SETTINGS_MODULE": "web.settings"}
    script = [sys.executable, "-m", "benchmarks.files_to_queue.peer", engine, str(delivered.late.parent)]
    subprocess.run([*script, str(tmp_path / "parts.json")], env=environment, check=True, capture_output=True)
    parts = json.loads((tmp_path / "parts.json").read_text(encoding="utf-8"))
    assert list(parts) == ["imports", "reading", "fields", "linking", "writing"]
    assert parts["reading"] > 0 and parts["linking"] > 0


def test_what_children_and_orphans_take_is_counted(tmp_path):
    processes.become_reaper()
    held = "block = bytearray(80_000_000)\nblock[::4096] = bytes(len(block[::4096]))\n" + BURN.format(0.6)
    left = f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {held!r}], start_new_session=True)\n"
    wait = "import time\ntime.sleep(3)\n"
    cost = processes.measure([sys.executable, "-c", left + BURN.format(0.4) + wait], {}, tmp_path / "log")
    assert cost.cpu_seconds > 0.95 and cost.peak_mb > 80
    small = processes.measure([sys.executable, "-c", "pass"], {}, tmp_path / "log")
    assert small.cpu_seconds < 0.5


def test_the_exponent_is_that_of_the_growth():
    def measured(records: int) -> Result:
        steps = (
            Step("ingest a", Cost(1.0, records / 1e4, 10.0), {}),
            Step("ingest b", Cost(1.0, records / 1e4, 10.0), {}),
            Step("link", Cost(1.0, (records / 1e4) ** 2, 10.0), {}),
        )
        figures = {"records": records, "candidates": 1, "database_bytes": 1, "candidates_bytes": 1, "buckets_bytes": 1}
        return Result(records // 10, 5, figures, steps, (0.0, 0.0))

    worlds = [measured(10_000), measured(100_000), measured(1_000_000)]
    assert report.exponents(worlds) == {"ingest": pytest.approx(1.0), "link": pytest.approx(2.0)}
    assert report.exponents(worlds[:1]) == {}


def test_the_runner_knows_it():
    assert "files_to_queue" in found()
