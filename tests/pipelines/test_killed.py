"""A killed process leaves nothing half done, and running it again finishes the work."""

from __future__ import annotations

import json
import random
import signal
import time

ROWS = [
    (f"d{i}", f"Гаврилюк {given} {i % 37}", f"{i % 28 + 1:02}.0{i % 9 + 1}.2012")
    for i, given in enumerate(("Марта", "Тарас", "Олег") * 2_000)
]


def test_killed_at_random_points_and_run_again(fresh, simple):
    files = simple("killed", ROWS)
    start = time.monotonic()
    fresh("ingest", *simple("warm_up", ROWS))
    whole = time.monotonic() - start
    rng = random.Random(11)
    for _ in range(6):
        process = fresh.start("ingest", *files)
        time.sleep(rng.uniform(0.1, 1.0) * min(whole, 8))
        process.send_signal(signal.SIGKILL)
        process.communicate()
    done = fresh("ingest", *files).stdout.splitlines()
    assert " ".join(done[1:]).replace("\u202f", "").split()[1] in ("6000", "(known")
    again = fresh("ingest", *files).stdout.replace("\u202f", "")
    assert "nothing changed" in again
    assert "6000" in again
    assert "whole" in fresh("audit", "verify").stdout


def test_a_job_of_an_earlier_version_is_still_read(tmp_path, monkeypatch):
    """Homes of before kept the custody facts of a job beside its other parts, and days as ''."""
    from configs.settings import settings
    from pipelines.ingestion import jobs

    monkeypatch.setenv("RIDNI_HOME", str(tmp_path))
    settings.cache_clear()
    try:
        old = {"id": "7", "source": "s", "config_sha256": "c", "evidence_sha256": "e", "file_name": "list.csv"}
        old |= {"collected_by": "olena", "collected_at": "2026-01-02T03:04:05+00:00", "collected_how": "saved"}
        old |= {"collected_from": "an office", "legal_basis": "", "handling_code": "open", "as_of": "2026-01-01"}
        (settings().folder("jobs") / "7.json").write_text(json.dumps(old), encoding="utf-8")
        job = jobs.load_job("7")
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert (job.collected.file_name, job.collected.collected_by, job.collected.handling_code) == (
        "list.csv",
        "olena",
        "open",
    )
    assert (job.as_of.isoformat(), job.collected.collected_at.year) == ("2026-01-01", 2026)
