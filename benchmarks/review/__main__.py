"""`python -m benchmarks.review`: the server's time per page with 200,000 candidates in the queue."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.review.measure import Times

RESULTS = Path(__file__).parents[1] / "results"


def main(argv: Sequence[str] | None = None) -> int:
    """Fill a queue, ask for its pages, print the table and write `review.md`; 1 when a page is too slow."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.review", description=__doc__)
    parser.add_argument("--waiting", type=int, default=200_000, metavar="N", help="candidates in the queue")
    parser.add_argument("--rounds", type=int, default=120, metavar="N", help="pairs judged while measuring")
    parser.add_argument("--out", type=Path, help="folder for the report (default: benchmarks/results)")
    parser.add_argument("--quick", action="store_true", help="a short queue; written only with --out")
    given = parser.parse_args(argv)
    waiting, rounds = (2_000, 12) if given.quick else (given.waiting, given.rounds)
    with tempfile.TemporaryDirectory(prefix="review-") as home:
        os.environ["RIDNI_HOME"] = home
        os.environ.pop("RIDNI_DATABASE_URL", None)
        text, fast = _run(Path(home), waiting, rounds)
    print(text)
    out = given.out or (None if given.quick else RESULTS)
    if out:
        out.mkdir(parents=True, exist_ok=True)
        (out / "review.md").write_text(text, encoding="utf-8")
        print("wrote review.md")
    return 0 if fast or given.quick else 1


def _run(home: Path, waiting: int, rounds: int) -> tuple[str, bool]:
    from configs.settings import settings

    settings.cache_clear()
    import pipelines  # noqa: F401 - names the Django project
    from registry import database
    from registry.database import embedded

    database.prepare()
    try:
        from django.test.utils import setup_test_environment

        from benchmarks.review import data, measure

        setup_test_environment()
        started = time.perf_counter()
        data.fill(home, waiting)
        filled = time.perf_counter() - started
        times = measure.pages("verifier", data.PASSWORD, rounds)
        fast = all(t.median < measure.MEDIAN_LIMIT and t.slow < measure.SLOW_LIMIT for t in times)
        return _report(times, waiting, filled), fast
    finally:
        embedded.stop(home / "postgres")


def _report(times: Sequence[Times], waiting: int, filled: float) -> str:
    lines = [
        "# How long the review app takes on the server",
        "",
        f"{waiting:,} candidates wait in the queue (records, files and candidates stored in {filled:.0f} s). One "
        "person works through it: whole requests, every middleware included, without network and browser.",
        "",
        "| page | requests | median ms | 95th percentile ms | largest answer kB |",
        "|---|---:|---:|---:|---:|",
        *(f"| {t.name} | {len(t.taken)} | {t.median:.0f} | {t.slow:.0f} | {t.largest / 1000:.0f} |" for t in times),
        "",
        "Demanded of every page: median below 100 ms, 95th percentile below 300 ms, less than 150 kB. "
        "`take, filtered` keeps to a source, a region and scenario, or an age; `take, nothing left` looks through the "
        "whole queue in vain, the most there is to do. `original` reads and hashes both files anew.",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} cores, "
        "which other work shared.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
