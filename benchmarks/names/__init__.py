"""The name model next to its peers: retrieval, keys, speed, official examples."""

from __future__ import annotations

import argparse
from pathlib import Path

RESULTS = Path(__file__).parents[1] / "results"


def main(argv: list[str] | None = None) -> int:
    """Measure, print the tables, and write `names.md` and `names.png`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.names", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small samples: a check that all runs, not a measurement")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder for names.md and names.png")
    parser.add_argument("--seed", type=int, default=1, help="the same seed draws the same names (default 1)")
    given = parser.parse_args(argv)
    from benchmarks.names import official, report, retrieval, speed, world_keys

    candidates, queries, rows, children = (
        (2_000, 100, 20_000, 400) if given.quick else (30_000, 1_000, 1_000_000, 8_000)
    )
    # Speed goes first, while nothing is known yet.
    timed = speed.measure(rows)
    found = retrieval.run(candidates, queries, given.seed, progress=lambda name: print(f"  {name}", flush=True))
    keys = world_keys.measure(children)
    measured = report.Measured(found, keys, timed, official.measure(), given.seed)
    given.out.mkdir(parents=True, exist_ok=True)
    page = report.markdown(measured, "names.png")
    (given.out / "names.md").write_text(page, encoding="utf-8")
    report.draw(found, given.out / "names.png")
    print(page)
    print(f"written to {given.out / 'names.md'}")
    return 0
