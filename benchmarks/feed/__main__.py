"""`python -m benchmarks.feed`: events and identities a second, polls while twenty people judge, size of an identity."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.home import home_of_its_own

if TYPE_CHECKING:
    from benchmarks.feed.measure import Measured

RESULTS = Path(__file__).parents[1] / "results"
UPDATES = 4
"""Events for each identity beside its first."""


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print the table and write `feed.md`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.feed", description=__doc__)
    parser.add_argument("--identities", type=int, default=5_000, metavar="N")
    parser.add_argument("--seconds", type=float, default=60.0, help="for which people judge")
    parser.add_argument("--out", type=Path, help="folder for the report (default: benchmarks/results)")
    parser.add_argument("--quick", action="store_true", help="a few identities; written only with --out")
    given = parser.parse_args(argv)
    before = os.getloadavg()[0]
    count, seconds = (300, 5.0) if given.quick else (given.identities, given.seconds)
    with tempfile.TemporaryDirectory(prefix="feed-") as home, home_of_its_own(Path(home)):
        found = _run(Path(home), count, seconds)
    text = _report(found, count, (before, os.getloadavg()[0]))
    print(text)
    out = given.out or (None if given.quick else RESULTS)
    if out:
        out.mkdir(parents=True, exist_ok=True)
        (out / "feed.md").write_text(text, encoding="utf-8")
        print("wrote feed.md")
    return 0


def _run(home: Path, count: int, seconds: float) -> Measured:
    from benchmarks.feed import measure, register
    from benchmarks.review import data
    from registry.access import accounts

    register.fill(home, count, UPDATES)
    secret = measure.token()
    found = measure.Measured(*measure.reading(secret, count))
    data.fill(home, 4_000)
    for number in range(measure.PEOPLE):
        accounts.add(f"person{number}", data.PASSWORD, "verifier", "uk")
    found.polls, found.pages = measure.polling(secret, seconds)
    return found


def _report(found: Measured, count: int, load: tuple[float, float]) -> str:
    from benchmarks.feed.measure import PEOPLE, percentile

    rates = (("events", found.events, 3_000), ("identities through a snapshot", found.snapshot, 1_000))
    lines = [
        "# How quickly the feed is read",
        "",
        f"{count:,} identities of three records each, {found.events.count:,} events; one consumer with "
        "`identities:read`, whole requests through every middleware, the ledger included, without the network.",
        "",
        "| what | a second by the clock | a second of the process's own time | goal |",
        "|---|---:|---:|---:|",
        *(f"| {name} | {one.by_clock:,.0f} | {one.by_processor:,.0f} | {goal:,} |" for name, one, goal in rates),
        "",
        f"An identity is {max(found.gzipped):,} bytes gzipped at most (goal: 2,000).",
        "",
        f"While {PEOPLE} people judge (2 to 6 s for a pair) in another process:",
        "",
        "| what | requests | median ms | 95th percentile ms |",
        "|---|---:|---:|---:|",
    ]
    for name, taken in (("poll of the feed (goal: 50)", found.polls), *sorted(found.pages.items())):
        lines.append(f"| {name} | {len(taken)} | {percentile(taken, 50):.0f} | {percentile(taken, 95):.0f} |")
    lines += [
        "",
        "Pages are demanded to stay below 100 ms (median) and 300 ms (95th percentile).",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} cores, which other work "
        f"shared: load {load[0]:.1f} before and {load[1]:.1f} after.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
