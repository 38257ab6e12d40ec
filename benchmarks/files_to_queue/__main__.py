"""`python -m benchmarks.files_to_queue`: ingest, link, link again, link what is new, export, evaluate; peers beside."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.files_to_queue import measure, report, world
from benchmarks.linkage.data import FILES
from benchmarks.linkage.measure import installed as engines

RESULTS = Path(__file__).parents[1] / "results"
MILLION = (100_000, 730_000)
"""Reports and cards of a world of a million records."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark and write `files_to_queue.json`, `.md` and `.png`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.files_to_queue", description=__doc__)
    sizes = [2_000, 20_000]
    parser.add_argument("--reports", type=int, nargs="*", default=sizes, metavar="N", help="sizes of the world")
    parser.add_argument("--million", action="store_true", help="a million records as well, without recordlinkage")
    parser.add_argument("--late", type=int, default=500, metavar="N", help="reports that come last (default 500)")
    parser.add_argument("--no-peers", action="store_true", help="Ridni alone")
    parser.add_argument("--out", type=Path, help="folder for the results (default: benchmarks/results)")
    parser.add_argument("--quick", action="store_true", help="a small world; written only with --out")
    given = parser.parse_args(argv)
    installed = engines()
    peers = [] if given.no_peers else [name for name in measure.PEERS if name in installed]
    worlds = [(size, max(10_000, 5 * size), peers) for size in sorted(set(given.reports))]
    late = given.late
    if given.quick:
        worlds, late = [(120, 200, peers)], 20
    elif given.million:
        worlds.append((*MILLION, [name for name in peers if name != "recordlinkage"]))
    results = []
    for reports, cards, beside in worlds:
        with tempfile.TemporaryDirectory(prefix="files-to-queue-") as temporary:
            folder = Path(temporary)
            sources = world.FEW if given.quick else tuple(FILES)
            written = world.write(folder / "world", reports, cards=cards, late=late, sources=sources)
            results.append(measure.run(written, folder, late=late, peers=beside))
    out = given.out or (None if given.quick else RESULTS)
    if out:
        for path in report.write(results, _machine(installed), out):
            print(f"wrote {path.name}")
    return 0


def _machine(installed: Mapping[str, str]) -> str:
    peers = ", ".join(f"{name} {installed[name]}" for name in measure.PEERS if name in installed)
    return f"{datetime.now(UTC):%Y-%m-%d}; {os.cpu_count()} cores, Python {platform.python_version()}, {peers}"


if __name__ == "__main__":
    sys.exit(main())
