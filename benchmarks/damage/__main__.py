"""`python -m benchmarks.damage`: Ridni and its peers link family reports with a damaged register."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from benchmarks.damage import report
from benchmarks.damage.data import damaged
from benchmarks.linkage import measure
from benchmarks.linkage.data import children
from configs.settings import CONFIGS
from matching.blocking.report import explain_blocking
from matching.spec.yaml_file import load_spec

RESULTS = Path(__file__).parents[1] / "results"
_REPORTS, _QUICK = 16_000, 600


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark, print the table and write `damage.md`; without gecko its damage is left out."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.damage", description=__doc__)
    parser.add_argument("--reports", type=int, default=_REPORTS, metavar="N", help="family reports of the world")
    parser.add_argument("--out", type=Path, help="folder for the results (default: benchmarks/results)")
    parser.add_argument("--quick", action="store_true", help="a small sample; written only with --out")
    parser.add_argument(
        "--python", default=os.environ.get("RIDNI_BENCH_PYTHON"), help="interpreter with gecko-syndata, for its damage"
    )
    given = parser.parse_args(argv)
    if not given.python:
        print("no interpreter with gecko-syndata was named (--python or RIDNI_BENCH_PYTHON): its damage is left out")
    with tempfile.TemporaryDirectory(prefix="damage-") as temporary:
        world = children(Path(temporary) / "world", _QUICK if given.quick else given.reports, cards=0)
        named = world.normalised.merge(world.truth[["source", "key", "person_id"]], on=["source", "key"])
        data = damaged(Path(temporary) / "damaged", named[named["source"] == "family_reports"], gecko=given.python)
        seconds = measure.make_fields(data)
        engines = [engine for engine in measure.installed() if engine != "recordlinkage"]
        runs = [measure.run(engine, data, fields_seconds=seconds) for engine in engines]
        blocked = _blocked(data.normalised, data.truth)
    text = report.table(data.records, runs, blocked, f"{datetime.now(UTC):%Y-%m-%d}")
    print(text)
    out = given.out or (None if given.quick else RESULTS)
    if out:
        (out / "damage.md").write_text(text, encoding="utf-8")
        print("wrote damage.md")
    return 0


def _blocked(records: pd.DataFrame, truth: pd.DataFrame) -> dict[str, float]:
    """Return the share of the true pairs that the blocking rules find, by kind of damage."""
    spec = load_spec(CONFIGS / "linkage" / "children.yaml")
    named = truth.merge(records[["record_id", "source", "key"]], on=["source", "key"])
    pairs = named[named["source"] == "reports"].merge(named[named["source"] == "register"], on="person_id")
    pairs = pairs.rename(columns={"record_id_x": "left", "record_id_y": "right"})
    return {
        kind: explain_blocking(spec, records, of_kind[["left", "right"]])[-1].recall_so_far or 0.0
        for kind, of_kind in [("all", pairs), *pairs.groupby("scenario_y")]
    }


if __name__ == "__main__":
    sys.exit(main())
