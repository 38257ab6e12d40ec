"""`python -m benchmarks.linkage.incremental`: a million records at once, then a few hundred new ones against them.

Writes a fictional world, links all of it through the library, lays its records into a registry of their own (an
embedded PostgreSQL in a temporary folder) as a run over everything leaves them, delivers a list with new records, and
links only these, as `ridni link --new` does: reading the new records, finding those that share a bucket, comparing,
scoring, storing candidates.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.clock import Clock, peak_mb
from benchmarks.linkage.data import children
from sources.locator import Locator

RESULTS = Path(__file__).parents[1] / "results"
_FACTS = ("record_id", "source", "key", "source_class", "side")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark, print its figures and write `incremental.json` and `incremental.md`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linkage.incremental", description=__doc__)
    parser.add_argument("--reports", type=int, default=100_000, help="missing children with a report")
    parser.add_argument("--cards", type=int, default=730_000, help="cards of unrelated children")
    parser.add_argument("--new", type=int, default=500, help="new records")
    parser.add_argument("--records", type=Path, help="normalised records of an earlier benchmark (records.pkl)")
    parser.add_argument("--no-write", action="store_true", help="print only")
    given = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="incremental-") as temporary:
        os.environ["RIDNI_HOME"] = str(Path(temporary) / "home")
        path = (
            given.records
            or children(Path(temporary) / "world", given.reports, cards=given.cards).folder / "records.pkl"
        )
        figures = measure(pd.read_pickle(path), given.new, Path(temporary))
    text = report(figures)
    print(text)
    if not given.no_write:
        RESULTS.joinpath("incremental.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
        RESULTS.joinpath("incremental.md").write_text(text, encoding="utf-8")
    return 0


def measure(records: pd.DataFrame, new: int, folder: Path) -> dict[str, Any]:
    """Return seconds, peaks and counts.

    Args:
        records: Normalised records of all lists.
        new: How many of them are delivered last.
        folder: For files of the benchmark.
    """
    from configs.settings import CONFIGS, settings
    from matching.linker import link
    from matching.spec.yaml_file import load_spec
    from pipelines.linkage import incremental
    from pipelines.linkage import run as linking
    from pipelines.linkage.outcome import LinkRequest
    from pipelines.linkage.run_folder import RunFolder
    from registry import database

    settings.cache_clear()
    spec_path = CONFIGS / "linkage" / "children.yaml"
    spec = load_spec(spec_path)
    late = records[records["source"] == "citizenship_list"].sample(new, random_state=1).index
    known = records.drop(index=late)
    clock = Clock()
    linkage = link(spec, known, progress=_say)
    figures: dict[str, Any] = {
        "records": len(known),
        "seeking": int(known["side"].isin(("seeking", "both")).sum()),
        "compared": linkage.compared,
        "candidates": len(linkage.candidates),
        "whole": clock.read(),
    }
    run = RunFolder(1)
    run.make()
    run.model.write_text(linkage.model.to_json(), encoding="utf-8")
    incremental.write_terms(run, spec, linkage.terms)
    del linkage
    database.prepare()
    started = time.perf_counter()
    _deliver(known, folder / "known")
    print(f"{len(known):,} records delivered in {time.perf_counter() - started:.0f} s", flush=True)
    started = time.perf_counter()
    from pipelines.linkage.records_frame import current_frame

    incremental.keep(spec, current_frame(spec), whole=True)
    figures["keeping_buckets_seconds"] = round(time.perf_counter() - started, 1)
    print(f"bucket digests kept in {figures['keeping_buckets_seconds']:.0f} s", flush=True)
    del known
    _learn_rosters()
    _deliver(records.loc[late], folder / "late")
    clock = Clock()
    outcome = linking.run(LinkRequest(spec_path, only_new=True), progress=_say)
    assert outcome is not None
    figures |= {
        "new": outcome.new,
        "partners": outcome.records - (outcome.new or 0),
        "new_compared": outcome.compared,
        "new_candidates": outcome.candidates.new,
        "delta": clock.read(),
        "peak_mb": peak_mb(),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
    }
    return figures


def _deliver(records: pd.DataFrame, folder: Path) -> None:
    """Store records in the registry, a batch for each source."""
    from django.utils import timezone

    from registry.evidence import custody, store
    from registry.ingestion import batches, sources

    folder.mkdir()
    for slug, part in records.groupby("source"):
        first = part.iloc[0]
        facts = sources.SourceFacts(str(slug), str(slug), first["source_class"], first["side"], "fictional", "open")
        file = folder / f"{slug}.txt"
        file.write_text(f"{folder.name} {slug}", encoding="utf-8")
        collected = custody.CollectionFacts("benchmark", timezone.now(), "made", "the fictional world")
        batches.ingest_batch(sources.register(facts), store.store(file).sha256, collected, _rows(part))


def _learn_rosters() -> None:
    """Work out what the queue groups records by, as a run over everything leaves it."""
    from registry.linkage import record_facts
    from registry.models import Record

    rosters = record_facts.TRANSFERS | record_facts.REPORTS
    record_facts.learn(list(Record.objects.filter(source__source_class__in=rosters).values_list("pk", flat=True)))


def _rows(part: pd.DataFrame) -> Iterator[Any]:
    from registry.ingestion.rows import NewRecord

    columns = [str(name) for name in part if name not in _FACTS]
    for number, row in enumerate(part[["key", *columns]].itertuples(index=False, name=None), start=1):
        values = {name: value for name, value in zip(columns, row[1:], strict=True) if value is not None}
        written = {"full_name": str(values.get("surname", "")), "row": str(number)}
        yield NewRecord(str(row[0]), None, Locator(row=number), "uk", written, values)


def _say(step: str, done: int, total: int) -> None:
    if done == 0 and sys.stderr.isatty():
        print(f"  {step}", file=sys.stderr, flush=True)


def report(figures: dict[str, Any]) -> str:
    """Return the page of the results."""
    whole, late = figures["whole"], figures["delta"]
    at_once = [
        ("seeking records", f"{figures['seeking']:,}"),
        ("all records", f"{figures['records']:,}"),
        ("pairs compared", f"{figures['compared']:,}"),
        ("candidates", f"{figures['candidates']:,}"),
        ("seconds, training included", f"{whole['seconds']:.0f}"),
        ("seconds of processor time", f"{whole['cpu_seconds']:.0f}"),
        ("pairs a second", f"{figures['compared'] / whole['seconds']:,.0f}"),
        ("peak memory, MB, records included", f"{whole['peak_mb']:,.0f}"),
        ("seconds to read all records and keep their bucket digests", f"{figures['keeping_buckets_seconds']:.0f}"),
    ]
    new = [
        ("new records", f"{figures['new']:,}"),
        ("records that share a bucket with them, and are read", f"{figures['partners']:,}"),
        ("pairs compared", f"{figures['new_compared']:,}"),
        ("candidates stored", f"{figures['new_candidates']:,}"),
        ("seconds", f"{late['seconds']:.1f}"),
        ("seconds of processor time in Python", f"{late['cpu_seconds']:.1f}"),
    ]
    return f"""# A million records, and a few hundred new ones

Written by `python -m benchmarks.linkage.incremental` on {figures["date"]}, {os.cpu_count()} cores. Every person is
fictional.

## Everything at once, through the library

{_table(at_once)}

## New records alone, as `ridni link --new` does it

From reading PostgreSQL to stored candidates; the start of the command and of Prefect's server are not counted.

{_table(new)}
"""


def _table(rows: Sequence[tuple[str, str]]) -> str:
    return "\n".join(["| | |", "|---|---:|", *(f"| {name} | {value} |" for name, value in rows)])


if __name__ == "__main__":
    sys.exit(main())
