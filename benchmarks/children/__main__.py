"""`python -m benchmarks.children`: simulated reviewers work one queue by pairs and by children, on PostgreSQL."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.children import report, times, work
from benchmarks.home import home_of_its_own

RESULTS = Path(__file__).parents[1] / "results"


def main(argv: Sequence[str] | None = None) -> int:
    """Work the queue in each way, print the table and write `children.md`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.children", description=__doc__)
    parser.add_argument("--children", type=int, default=400, metavar="N")
    parser.add_argument("--rate", type=float, default=0.02, metavar="SHARE", help="share of wrong answers")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--out", type=Path, help="folder for the report (default: benchmarks/results)")
    parser.add_argument("--quick", action="store_true", help="a few children; written only with --out")
    given = parser.parse_args(argv)
    children = 20 if given.quick else given.children
    worked, before = [], os.getloadavg()[0]
    for way in work.WAYS:
        with tempfile.TemporaryDirectory(prefix="children-") as home, home_of_its_own(Path(home)):
            worked.append(work.work(way, children, given.rate, given.seed))
            if way == work.BY_CHILDREN:
                changed = times.measure(Path(home))
    text = report.markdown(worked, changed, children, given.rate, (before, os.getloadavg()[0]))
    print(text)
    out = given.out or (None if given.quick else RESULTS)
    if out:
        out.mkdir(parents=True, exist_ok=True)
        (out / "children.md").write_text(text, encoding="utf-8")
        print("wrote children.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
