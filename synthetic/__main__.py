"""`python -m synthetic OUT`: writes a fictional world."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from synthetic.lists import write_world


def main(arguments: list[str] | None = None) -> int:
    """Writes the world the arguments ask for and prints the rows of each list."""
    parser = argparse.ArgumentParser(
        prog="python -m synthetic",
        description="Writes a fictional world of missing children as real files, with the truth beside them.",
        epilog="example: python -m synthetic world --children 1000 --cards 10000 --seed 7",
    )
    parser.add_argument("out", type=Path, help="folder for lists/ and truth.csv")
    parser.add_argument("--children", type=int, default=1000, help="missing children with a report (default 1000)")
    parser.add_argument("--cards", type=int, default=10_000, help="unrelated adoption cards (default 10000)")
    parser.add_argument("--seed", type=int, default=7, help="the same seed gives the same bytes (default 7)")
    given = parser.parse_args(arguments)
    started = time.monotonic()
    try:
        summary = write_world(
            given.out, children=given.children, cards=given.cards, seed=given.seed, progress=_Progress()
        )
    except (ValueError, OSError) as error:
        print(f"synthetic: {error}", file=sys.stderr)
        return 2
    for slug, rows in summary.rows.items():
        print(f"{slug:20} {rows:>10,} rows")
    print(f"written to {summary.folder} in {time.monotonic() - started:.1f} s")
    return 0


class _Progress:
    """One line on the terminal, redrawn at most ten times a second; silent where there is no terminal."""

    def __init__(self) -> None:
        self._last = 0.0

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if sys.stderr.isatty() and (now - self._last > 0.1 or done == total):
            self._last = now
            print(f"\r{done * 100 // total:3d} %", end="\n" if done == total else "", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
