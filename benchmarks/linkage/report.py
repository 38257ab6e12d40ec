"""The results as a table, as Markdown and as a picture; each run replaces its own datasets and keeps the others'."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.linkage.measure import Quality, Run

_HEADLINE = "structured lists"
_COLOURS = {"Ridni": "#1d4ed8", "Splink": "#b45309", "recordlinkage": "#78716c"}

_INTRODUCTION = """# Ridni next to Splink and recordlinkage

Written by `python -m benchmarks.linkage`. The engines ran in turn, each in a process of its own, on the same machine
and the same files. Every person is fictional. The truth is read by the evaluation alone.

- **fields, s**: making the peers' columns from the normalised records: keys that are equal in both alphabets, romanised
  spellings, parts of dates. Ridni's name model makes them, so that no peer is handicapped by the script. Ridni does
  this work within its run.
- **run, s**: by the clock, from there to scored pairs in memory: blocking, comparing, training and scoring, without
  import of libraries and reading of files. **CPU, s**: the same in processor seconds, which other work on the machine
  does not lengthen.
- **peak, MB**: resident memory of the engine's process, libraries and records included.
- **F1**: best over all thresholds. **R@P99**: highest recall at a precision of 0.99 or more.
- **(best links)**: the same after keeping only pairs that are the best of both records in the other's list, a rule that
  can be put behind any linker. Ridni weighs rival candidates within its run.

Set-ups, in `benchmarks/linkage/`:

- Ridni runs its spec from `configs/linkage/`.
- Splink runs on DuckDB with exact keys, levels of Jaro-Winkler and of dates, term frequencies on names and birth days,
  eleven blocking rules, u from random pairs and m from EM over several blocks.
- recordlinkage runs with the same blocking rules, Jaro-Winkler and exact comparisons, missing values kept apart, and a
  weighted sum with weights set by hand. It has nothing to train; its ECM classifier was worse on these lists.
"""


@dataclass(frozen=True)
class Result:
    """All engines on one dataset.

    Attributes:
        name, records: Of the dataset.
        date: ISO date of the run.
        machine: Cores and versions, in words.
        repeats: Of how many runs the quickest is shown.
        runs: One per engine.
    """

    name: str
    records: int
    date: str
    machine: str
    repeats: int
    runs: tuple[Run, ...]

    @property
    def headline(self) -> str:
        """The group of pairs whose quality stands beside the speed."""
        return _HEADLINE if _HEADLINE in self.runs[0].groups else "all"


def write(results: Sequence[Result], folder: Path) -> list[Path]:
    """Merge the results into `linkage.json` of a folder and write `linkage.md` and `linkage.png` from it."""
    folder.mkdir(parents=True, exist_ok=True)
    store = folder / "linkage.json"
    known = {r.name: r for r in _load(store)} | {r.name: r for r in results}
    everything = [known[name] for name in sorted(known, key=lambda name: (name.startswith("FEBRL"), len(name), name))]
    text = json.dumps([asdict(r) for r in everything], ensure_ascii=False, indent=1)
    store.write_text(text + "\n", encoding="utf-8")
    (folder / "linkage.md").write_text(markdown(everything), encoding="utf-8")
    draw(everything, folder / "linkage.png")
    return [store, folder / "linkage.md", folder / "linkage.png"]


def markdown(results: Sequence[Result]) -> str:
    """Return the report."""
    parts = [_INTRODUCTION, "![Seconds, memory and quality](linkage.png)\n"]
    for result in results:
        parts.append(f"## {result.name}\n")
        quickest = f" Quickest of {result.repeats} runs." if result.repeats > 1 else ""
        parts.append(f"{result.records:,} records. {result.date}; {result.machine}.{quickest}\n")
        parts.append(_markdown_table(speed_table(result)))
        if result.headline != "all":
            parts.append(f"F1 and R@P99 of {result.headline}: authority register, transfer lists, citizenship list.\n")
            parts.append("Best F1 and recall at precision 0.99 by the scenario of the listed record, over all lists:\n")
            parts.append(_markdown_table(scenario_table(result)))
    return "\n".join(parts)


def speed_table(result: Result) -> list[list[str]]:
    """Return the main table, its header first."""
    head = ["engine", "fields, s", "run, s", "CPU, s", "peak, MB", "pairs compared", "F1", "R@P99"]
    rows = [[*head, "F1 (best links)", "R@P99 (best links)"]]
    for run in result.runs:
        plain, best = run.groups[result.headline], run.best_links[result.headline]
        rows.append(
            [
                run.engine,
                _seconds(run.fields_seconds) if run.fields_seconds else "–",
                _seconds(run.seconds),
                _seconds(run.cpu_seconds),
                f"{run.peak_mb:,.0f}",
                f"{run.compared:,}",
                *(f"{value:.4f}" for value in (plain.best_f1, plain.recall_at_precision_99)),
                *(f"{value:.4f}" for value in (best.best_f1, best.recall_at_precision_99)),
            ]
        )
    return rows


def scenario_table(result: Result) -> list[list[str]]:
    """Return F1 and recall at precision 0.99 of each engine by scenario, its header first."""
    rows = [["scenario", "true pairs", *(f"{run.engine} {what}" for what in ("F1", "R@P99") for run in result.runs)]]
    for group, first in result.runs[0].groups.items():
        if group == result.headline:
            continue
        found = [run.groups[group] for run in result.runs]
        f1s, recalls = [q.best_f1 for q in found], [q.recall_at_precision_99 for q in found]
        rows.append(
            [group, f"{first.true_pairs:,}", *(f"{v:.3f}" for v in f1s), *(f"{v:.3f}" for v in recalls)],
        )
    return rows


def plain(rows: Sequence[Sequence[str]]) -> str:
    """Return a table for the terminal."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return "\n".join(lines)


def draw(results: Sequence[Result], path: Path) -> None:
    """Draw one row of panels per dataset: seconds, peak memory, best F1, recall at precision 0.99."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    titles = ("seconds (fields and run)", "peak memory, MB", "best F1", "recall at precision 0.99")
    engines = max(len(r.runs) for r in results)
    height = len(results) * (0.42 * engines + 0.9) + 0.6
    fig = plt.figure(figsize=(13, height), layout="constrained")
    parts = fig.subfigures(len(results), 1, squeeze=False)[:, 0]
    for part, result in zip(parts, results, strict=True):
        where = "" if result.headline == "all" else f" ({result.headline})"
        part.suptitle(f"{result.name}{where}", x=0.01, ha="left", fontsize=11, fontweight="bold")
        row = part.subplots(1, 4)
        names = [run.engine for run in result.runs]
        quality = [run.groups[result.headline] for run in result.runs]
        columns = (
            [run.fields_seconds + run.seconds for run in result.runs],
            [run.peak_mb for run in result.runs],
            [q.best_f1 for q in quality],
            [q.recall_at_precision_99 for q in quality],
        )
        for i, (axis, values) in enumerate(zip(row, columns, strict=True)):
            axis.barh(names, values, color=[_COLOURS[name] for name in names], height=0.65)
            axis.bar_label(axis.containers[0], fmt=_seconds if i == 0 else "{:,.0f}" if i == 1 else "{:.4f}", padding=3)
            axis.invert_yaxis()
            axis.set_xlim(0, max(values) * 1.28)
            axis.set_xticks([])
            axis.tick_params(left=False, labelleft=i == 0)
            axis.spines[["top", "right", "bottom"]].set_visible(False)
            axis.set_title(titles[i], fontsize=9, loc="left", color="#57534e")
    fig.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(fig)


def _seconds(value: float) -> str:
    return f"{value:.2f}" if value < 1 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def _load(store: Path) -> list[Result]:
    if not store.exists():
        return []
    return [_result(item) for item in json.loads(store.read_text(encoding="utf-8"))]


def _result(item: Mapping[str, object]) -> Result:
    facts = dict(item)
    runs = facts.pop("runs")
    assert isinstance(runs, list)
    return Result(**facts, runs=tuple(_run(run) for run in runs))  # type: ignore[arg-type]


def _run(item: dict[str, object]) -> Run:
    facts = dict(item)
    for column in ("groups", "best_links"):
        groups = facts[column]
        assert isinstance(groups, dict)
        facts[column] = {name: Quality(**values) for name, values in groups.items()}
    return Run(**facts)  # type: ignore[arg-type]


def _markdown_table(rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|---|" + "---:|" * (len(rows[0]) - 1))
    return "\n".join(lines) + "\n"
