"""One step in a process of its own: `python -m benchmarks.linkage.worker ENGINE|fields FOLDER`.

The clock starts when libraries are imported and the records are in memory, and stops when the scored pairs are;
blocking, comparing, training and scoring lie between. `fields` makes the peers' columns, on a clock of its own. The
peak is that of the whole process.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from importlib import import_module
from pathlib import Path

import pandas as pd

from benchmarks.linkage.peer_fields import children_fields

MODULES = {"Ridni": "ridni_engine", "Splink": "splink_peer", "recordlinkage": "recordlinkage_peer"}


def main(step: str, folder: Path) -> None:
    """Write `pairs-ENGINE.pkl` or `peers.pkl`, and `run-STEP.json`, into the folder."""
    kind = json.loads((folder / "work.json").read_text(encoding="utf-8"))["kind"]
    if step == "fields":
        records = pd.read_pickle(folder / "records.pkl")
        clock = Clock()
        fields = children_fields(records) if kind == "children" else records
        run: dict[str, float] = clock.read()
        fields.to_pickle(folder / "peers.pkl")
    else:
        module = import_module(f"benchmarks.linkage.{MODULES[step]}")
        records = pd.read_pickle(folder / module.RECORDS)
        clock = Clock()
        pairs, compared = module.score(records, kind)
        run = clock.read() | {"compared": compared}
        pairs.to_pickle(folder / f"pairs-{step}.pkl")
    (folder / f"run-{step}.json").write_text(json.dumps(run), encoding="utf-8")


class Clock:
    """Wall and processor time since it was made."""

    def __init__(self) -> None:
        self._wall, self._processor = time.perf_counter(), time.process_time()

    def read(self) -> dict[str, float]:
        """Return `seconds`, `cpu_seconds` and `peak_mb`."""
        return {
            "seconds": time.perf_counter() - self._wall,
            "cpu_seconds": time.process_time() - self._processor,
            "peak_mb": peak_mb(),
        }


def peak_mb() -> float:
    """Return the peak resident memory of this process in MB (10⁶ bytes).

    `getrusage` also holds the peak of the process that started this one, so Linux's own figure goes first.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6
    scale = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / 1e6


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
