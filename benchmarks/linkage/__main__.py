"""`python -m benchmarks.linkage`: Ridni, Splink 5 and recordlinkage link the same records in turn."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

from benchmarks.linkage import growth, measure, report
from benchmarks.linkage.data import Dataset, children, febrl4

RESULTS = Path(__file__).parents[1] / "results"
_QUICK_REPORTS, _QUICK_CARDS, _QUICK_PERSONS = 300, 1_000, 500


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark, print the tables and write `linkage.json`, `linkage.md` and `linkage.png`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linkage", description=__doc__)
    sizes = [2_000, 20_000]
    parser.add_argument("--reports", type=int, nargs="*", default=sizes, metavar="N", help="sizes of the world")
    parser.add_argument("--no-febrl", action="store_true", help="leave FEBRL 4 out")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each engine, of which the quickest counts")
    parser.add_argument("--out", type=Path, help="folder for the results (default: benchmarks/results)")
    parser.add_argument("--quick", action="store_true", help="small samples, once; written only with --out")
    parser.add_argument(
        "--growth", type=int, nargs="+", metavar="N", help="how Ridni's cost grows over worlds of these sizes, alone"
    )
    given = parser.parse_args(argv)
    if given.growth:
        return _growth(given.growth, given.out or RESULTS, 1 if given.quick else given.repeats)
    repeats = 1 if given.quick else given.repeats
    engines = measure.installed()
    for missing in measure.PACKAGES.keys() - engines.keys():
        print(f"{missing} is not installed and left out (pip install 'ridni[bench]')")
    results = []
    with tempfile.TemporaryDirectory(prefix="linkage-") as temporary:
        for number, make in enumerate(_work(given)):
            data = make(Path(temporary) / str(number))
            results.append(_measure(data, list(engines), repeats))
    out = given.out or (None if given.quick else RESULTS)
    if out:
        for path in report.write(results, out):
            print(f"wrote {path.name}")
    return 0


def _growth(sizes: Sequence[int], out: Path, repeats: int) -> int:
    points = []
    with tempfile.TemporaryDirectory(prefix="growth-") as temporary:
        for size in sorted(set(sizes)):
            points.append(growth.measure_world(Path(temporary), size, repeats=repeats))
            print(report.plain(growth.table(points)), flush=True)
    for path in growth.write(points, f"{datetime.now(UTC):%Y-%m-%d}; {_machine()}", out):
        print(f"wrote {path.name}")
    return 0


def _work(given: argparse.Namespace) -> list[Callable[[Path], Dataset]]:
    """Return one maker per dataset, so that only one lies in memory at a time."""
    if given.quick:
        return [
            lambda folder: children(folder, _QUICK_REPORTS, cards=_QUICK_CARDS),
            lambda folder: febrl4(folder, _QUICK_PERSONS),
        ]
    worlds: list[Callable[[Path], Dataset]] = [partial(children, reports=reports) for reports in given.reports]
    return worlds if given.no_febrl else [*worlds, febrl4]


def _measure(data: Dataset, engines: list[str], repeats: int) -> report.Result:
    print(f"{data.name}: {data.records:,} records", flush=True)
    made = measure.make_fields(data)
    fields_seconds = made if data.kind == "children" else 0.0  # FEBRL's columns are ready as they are
    runs = tuple(measure.run(engine, data, fields_seconds=fields_seconds, repeats=repeats) for engine in engines)
    result = report.Result(data.name, data.records, f"{datetime.now(UTC):%Y-%m-%d}", _machine(), repeats, runs)
    print(report.plain(report.speed_table(result)))
    if result.headline != "all":
        print(report.plain(report.scenario_table(result)))
    print(flush=True)
    return result


def _machine() -> str:
    """Return cores and versions."""
    engines = ", ".join(f"{engine} {number}" for engine, number in measure.installed().items())
    duckdb = f", DuckDB {version('duckdb')}" if "Splink" in measure.installed() else ""
    libraries = f"Python {platform.python_version()}, pandas {version('pandas')}, NumPy {version('numpy')}"
    return f"{os.cpu_count()} cores, {platform.system()}, {engines}{duckdb}, {libraries}"


if __name__ == "__main__":
    sys.exit(main())
