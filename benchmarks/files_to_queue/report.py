"""The results as a table of each world, and as a plot of how each step grows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.files_to_queue.measure import Result, Step
from benchmarks.files_to_queue.processes import Cost

_INTRODUCTION = """# From files to the queue

Written by `python -m benchmarks.files_to_queue` (`make bench` runs it). The commands that people type, one after
another, each from its start to its end: imports of libraries, reading of files, the database's own work. The database
runs all the time, as beside a serving review app. Every person is fictional.

- **s**: by the clock. **CPU, s**: of the processors, in all processes of the command and of PostgreSQL, which other
  work on the machine does not lengthen as much.
- **peak, MB**: highest memory of all these processes together, PostgreSQL's included; pages that they share count once.
- **link again** is a run when nothing has changed; **link --again** scores everything anew all the same.
- **whole script** of a peer: the same files read by Ridni's readers, the peer's columns made, trained, predicted, the
  scored pairs written into the same PostgreSQL with an index on either side. It keeps no evidence, no versions, no
  quarantine, no explanations and no queue; *ingest* and *link* beside it do.
"""


def write(results: Sequence[Result], machine: str, folder: Path) -> list[Path]:
    """Merge the results into `files_to_queue.json` of a folder and write the page and the plot from it."""
    folder.mkdir(parents=True, exist_ok=True)
    store = folder / "files_to_queue.json"
    known: dict[str, Any] = json.loads(store.read_text(encoding="utf-8")) if store.exists() else {}
    known |= {str(result.reports): asdict(result) | {"machine": machine} for result in results}
    ordered = dict(sorted(known.items(), key=lambda item: int(item[0])))
    store.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")
    everything = [(_result(item), item["machine"]) for item in ordered.values()]
    page, plot = folder / "files_to_queue.md", folder / "files_to_queue.png"
    page.write_text(markdown(everything), encoding="utf-8")
    draw([result for result, _ in everything], plot)
    return [store, page, plot]


def markdown(results: Sequence[tuple[Result, str]]) -> str:
    """Return the page of results, each with the machine it ran on."""
    parts = [_INTRODUCTION]
    found = exponents([result for result, _ in results])
    if found:
        parts.append("![Processor seconds of each step against records](files_to_queue.png)\n")
        worst = max(found, key=lambda name: found[name])
        said = ", ".join(f"{name} {value:.2f}" for name, value in found.items())
        parts.append(
            "Processor seconds grow as the records to the power of: "
            f"{said}. The steepest is *{worst}*. Below 1, fixed costs still count.\n"
        )
    for result, machine in results:
        parts.append(f"## {result.reports:,} reports\n")
        parts.append(_facts(result, machine))
        parts.append(_table(result))
    return "\n".join(parts)


def exponents(results: Sequence[Result]) -> dict[str, float]:
    """Return the exponent of each step: the slope of the logarithm of its CPU seconds over that of the records."""
    found = {}
    for name in _names(results):
        points = [(r.figures["records"], s.cost.cpu_seconds) for r in results for s in _steps(r) if s.name == name]
        if len({records for records, _ in points}) > 1 and all(seconds > 0 for _, seconds in points):
            x, y = np.log(np.array(points, dtype=float)).T
            found[name] = round(float(np.polyfit(x, y, 1)[0]), 2)
    return found


def draw(results: Sequence[Result], path: Path) -> None:
    """Draw the processor seconds of each step against the records, both by powers of ten."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    fig, axis = plt.subplots(figsize=(9, 5), layout="constrained")
    found = exponents(results)
    for name in _names(results):
        points = [(r.figures["records"], s.cost.cpu_seconds) for r in results for s in _steps(r) if s.name == name]
        label = f"{name}, exponent {found[name]:.2f}" if name in found else name
        axis.plot(*zip(*points, strict=True), "o--" if "script" in name else "o-", label=label, markersize=4)
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_xlabel("records")
    axis.set_title("Processor seconds of all processes, from files to the queue", loc="left", fontsize=11)
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    fig.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(fig)


def _facts(result: Result, machine: str) -> str:
    figures, load = result.figures, result.load
    each = figures["candidates_bytes"] / max(figures["candidates"], 1)
    return (
        f"{figures['records']:,} records, of which {result.late:,} reports came last; {figures['candidates']:,} "
        f"candidates in {figures['candidates_bytes'] / 1e6:,.1f} MB with their indices ({each:,.0f} bytes each), "
        f"buckets {figures['buckets_bytes'] / 1e6:,.1f} MB, database {figures['database_bytes'] / 1e6:,.0f} MB. "
        f"{machine}. "
        f"Load of the machine {load[0]} before, {load[1]} behind: above 1 at the start other work ran beside, "
        "and the seconds by the clock say little.\n"
    )


def _table(result: Result) -> str:
    lines = ["| step | s | CPU, s | peak, MB | parts, s |", "|---|---:|---:|---:|---|"]
    for step in _steps(result):
        parts = ", ".join(f"{name} {seconds:,.1f}" for name, seconds in step.parts.items())
        cost = step.cost
        lines.append(f"| {step.name} | {cost.seconds:,.1f} | {cost.cpu_seconds:,.1f} | {cost.peak_mb:,.0f} | {parts} |")
    return "\n".join(lines) + "\n"


def _steps(result: Result) -> list[Step]:
    """Return the steps of a world, those of ingesting the first lists as one."""
    first = [step for step in result.steps if step.name.startswith("ingest ") and "late" not in step.name]
    others = [step for step in result.steps if step not in first]
    if not first:
        return others
    together = Cost(
        round(sum(step.cost.seconds for step in first), 2),
        round(sum(step.cost.cpu_seconds for step in first), 2),
        max(step.cost.peak_mb for step in first),
    )
    parts = {step.name.removeprefix("ingest "): step.cost.seconds for step in first}
    return [Step("ingest", together, parts), *others]


def _names(results: Sequence[Result]) -> list[str]:
    return list(dict.fromkeys(step.name for result in results for step in _steps(result)))


def _result(item: dict[str, Any]) -> Result:
    steps = tuple(Step(step["name"], Cost(**step["cost"]), step["parts"]) for step in item["steps"])
    before, behind = item["load"]
    return Result(item["reports"], item["late"], item["figures"], steps, (before, behind))
