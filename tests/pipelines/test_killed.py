"""A killed process leaves nothing half done, and running it again finishes the work."""

from __future__ import annotations

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
