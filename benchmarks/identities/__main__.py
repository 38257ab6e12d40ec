"""`python -m benchmarks.identities`: many verified identities, another model: what is lost, moved or asked again.

Two lists of made-up children are linked; what two people would verify of the true pairs is written by SQL, since so
many single verdicts would take a day; then the lists are linked anew with a model of their own, and by a changed spec.
All the rest is real: PostgreSQL with its rules, the linkage, the replay of the log.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.home import home_of_its_own
from benchmarks.identities import measure, report

RESULTS = Path(__file__).parents[1] / "results"


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print the table and write `identities.md`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.identities", description=__doc__)
    parser.add_argument("--identities", type=int, default=100_000, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--out", type=Path, help="folder for the report (default: benchmarks/results)")
    parser.add_argument("--quick", action="store_true", help="a few identities; written only with --out")
    given = parser.parse_args(argv)
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="identities-") as home, home_of_its_own(Path(home)):
        found = measure.measure(300 if given.quick else given.identities, given.seed, Path(home))
    text = report.markdown(found, (before, os.getloadavg()[0]))
    print(text)
    out = given.out or (None if given.quick else RESULTS)
    if out:
        out.mkdir(parents=True, exist_ok=True)
        (out / "identities.md").write_text(text, encoding="utf-8")
        print("wrote identities.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
