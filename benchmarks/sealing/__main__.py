"""`python -m benchmarks.sealing`: ingest, link and the pair page, before records were sealed and now, turn by turn.

Compared are processor seconds of all processes, PostgreSQL's included: the clock would tell of other work.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks" / "results"
BEFORE = "388ec01"
"""The last revision that held records in clear."""
STEPS = ("ingest", "link", "link --again", "link --new")
"""What is compared of the commands; `ingest` is the sum over all lists."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run both and write `sealing.md`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sealing", description=__doc__)
    parser.add_argument("--revision", default=BEFORE, help=f"which held records in clear (default: {BEFORE})")
    parser.add_argument("--reports", type=int, default=2_000, metavar="N", help="reports of the world")
    parser.add_argument("--turns", type=int, default=3, metavar="N", help="how often each is run")
    parser.add_argument("--waiting", type=int, default=20_000, metavar="N", help="candidates before the pair page")
    parser.add_argument("--out", type=Path, help="folder for the report (default: benchmarks/results)")
    parser.add_argument("--quick", action="store_true", help="a small world, one turn; written only with --out")
    given = parser.parse_args(argv)
    if given.quick:
        given.turns, given.waiting = 1, 2_000
    told: dict[str, dict[str, list[float]]] = {side: defaultdict(list) for side in ("before", "after")}
    records = 0
    with tempfile.TemporaryDirectory(prefix="sealing-") as temporary:
        former = Path(temporary) / "former"
        subprocess.run(["git", "worktree", "add", "--detach", former, given.revision], cwd=ROOT, check=True)
        try:
            for turn in range(given.turns):
                sides = [("before", former), ("after", ROOT)]
                for side, tree in sides if turn % 2 == 0 else reversed(sides):
                    out = Path(temporary) / f"{side}{turn}"
                    records = _commands(tree, out, given, told[side])
                    _pages(tree, out, given.waiting, told[side])
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", former], cwd=ROOT, check=True)
    text = _report(told, records, given)
    print(text)
    folder: Path | None = given.out or (None if given.quick else RESULTS)
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "sealing.md").write_text(text, encoding="utf-8")
    return 0


def _commands(tree: Path, out: Path, given: argparse.Namespace, told: dict[str, list[float]]) -> int:
    """Note the processor seconds of the commands at a revision, and return how many records they had."""
    world_of = ("--quick",) if given.quick else ("--reports", str(given.reports))
    _run(tree, "benchmarks.files_to_queue", *world_of, "--no-peers", "--out", str(out))
    (world,) = json.loads((out / "files_to_queue.json").read_text(encoding="utf-8")).values()
    steps = {step["name"]: step["cost"]["cpu_seconds"] for step in world["steps"]}
    steps["ingest"] = sum(seconds for name, seconds in steps.items() if name.startswith("ingest "))
    for name in STEPS:
        told[name].append(steps[name])
    told["database, MB"].append(world["figures"]["database_bytes"] / 1e6)
    return int(world["figures"]["records"])


def _pages(tree: Path, out: Path, waiting: int, told: dict[str, list[float]]) -> None:
    """Note the median milliseconds of the pages that show records, at a revision."""
    _run(tree, "benchmarks.review", "--waiting", str(waiting), "--rounds", "60", "--out", str(out), may_fail=True)
    for line in (out / "review.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] in ("pair", "original", "group"):
            told[f"page: {cells[0]}, ms"].append(float(cells[2]))


def _run(tree: Path, module: str, *arguments: str, may_fail: bool = False) -> None:
    environment = os.environ | {"PYTHONPATH": str(tree)}
    done = subprocess.run([sys.executable, "-m", module, *arguments], cwd=tree, env=environment, check=not may_fail)
    print(f"{tree.name}: {module} ended with {done.returncode}", flush=True)


def _report(told: Mapping[str, Mapping[str, Sequence[float]]], records: int, given: argparse.Namespace) -> str:
    lines = [
        "# What sealing costs",
        "",
        f"{records:,} records of a fictional world, at `{given.revision}`, which held them in clear, and with "
        "a key for each version of each record. Processor seconds of all processes, PostgreSQL's included, medians of "
        f"{given.turns} turns; of pages the milliseconds of the server.",
        "",
        "| step | in clear | sealed | times | lowest and highest in clear | sealed |",
        "|---|---:|---:|---:|---|---|",
    ]
    for name, before in told["before"].items():
        after = told["after"][name]
        clear, sealed = statistics.median(before), statistics.median(after)
        spread = [f"{min(values):.1f} to {max(values):.1f}" for values in (before, after)]
        lines.append(f"| {name} | {clear:.1f} | {sealed:.1f} | {sealed / clear:.2f} | {spread[0]} | {spread[1]} |")
    machine = f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} cores"
    return "\n".join([*lines, "", "A full link may take a tenth more.", "", f"{machine}, which other work shared.", ""])


if __name__ == "__main__":
    sys.exit(main())
