"""`python -m benchmarks.ingest`: a 100,000-row XLSX and a million-row CSV from file to normalised records."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.ingest import data, report
from benchmarks.ingest.report import Result, Run

RESULTS = Path(__file__).parents[1] / "results"
XLSX_STEPS = ("ridni_records", "ridni_rows", "openpyxl_rows", "pandas_xlsx")
CSV_STEPS = ("ridni_records", "ridni_rows", "csv_rows", "pandas_csv")


def main(argv: Sequence[str] | None = None) -> int:
    """Write the files, run each step on them, print the tables and write `ingest.md`; 1 when a bound is not kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest", description=__doc__)
    parser.add_argument("--xlsx", type=int, default=100_000, metavar="ROWS", help="rows of the workbook")
    parser.add_argument("--csv", type=int, default=1_000_000, metavar="ROWS", help="rows of the text table")
    parser.add_argument("--seed", type=int, default=1, help="the same seed draws the same rows (default 1)")
    parser.add_argument("--out", type=Path, help="folder for the report (default: benchmarks/results)")
    parser.add_argument("--quick", action="store_true", help="small files, no bounds; written only with --out")
    given = parser.parse_args(argv)
    small = given.quick
    with tempfile.TemporaryDirectory(prefix="ingest-") as temporary:
        folder = Path(temporary)
        results = [
            _measure(folder, "xlsx", 2_000 if small else given.xlsx, given.seed, XLSX_STEPS, 0 if small else 60, 0),
            _measure(
                folder,
                "csv",
                5_000 if small else given.csv,
                given.seed,
                CSV_STEPS,
                0 if small else 300,
                0 if small else 1_500,
            ),
        ]
    page = report.markdown(results)
    print(page)
    out = given.out or (None if small else RESULTS)
    if out:
        out.mkdir(parents=True, exist_ok=True)
        (out / "ingest.md").write_text(page, encoding="utf-8")
        print(f"wrote {out / 'ingest.md'}")
    return 0 if all(result.kept for result in results) else 1


def _measure(
    folder: Path, kind: str, rows: int, seed: int, steps: Sequence[str], bound_seconds: float, bound_mb: float
) -> Result:
    write: Callable[[Path, int, int], None] = {"xlsx": data.write_xlsx, "csv": data.write_csv}[kind]
    path, description = folder / f"list.{kind}", folder / f"{kind}.yaml"
    write(path, rows, seed)
    description.write_text(data.CONFIG.format(reader=kind), encoding="utf-8")
    runs = []
    for step in steps:
        runs.append(_run(step, path, description))
        print(f"  {kind}, {rows:,} rows, {report.LABELS[step]}: {runs[-1].seconds:,.1f} s", flush=True)
        assert runs[-1].rows == rows, f"{step} read {runs[-1].rows} of {rows} rows"
    size = path.stat().st_size / 1e6
    path.unlink()
    name = f"{'XLSX' if kind == 'xlsx' else 'CSV (cp1251)'} of {rows:,} rows"
    return Result(name, size, tuple(runs), bound_seconds, bound_mb)


def _run(step: str, path: Path, description: Path) -> Run:
    command = [sys.executable, "-m", "benchmarks.ingest.worker", step, str(path), str(description)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    return Run(step=step, **json.loads(done.stdout))


if __name__ == "__main__":
    sys.exit(main())
