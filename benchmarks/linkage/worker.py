"""One step in a process of its own: `python -m benchmarks.linkage.worker ENGINE|fields FOLDER`.

The clock starts when libraries are imported and the records are in memory, and stops when the scored pairs are;
blocking, comparing, training and scoring lie between. `fields` makes the peers' columns, on a clock of its own. The
peak is that of the whole process.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path

import pandas as pd

from benchmarks.clock import Clock
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


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
