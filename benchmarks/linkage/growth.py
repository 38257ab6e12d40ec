"""How the cost of a run grows with its work: seconds and memory against pairs, over worlds of several sizes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.linkage import measure
from benchmarks.linkage.data import children

CARDS_PER_REPORT = 5
_COLOUR, _FIT = "#1d4ed8", "#b45309"


@dataclass(frozen=True)
class Point:
    """One world, linked from records in memory to scored pairs, training included.

    Attributes:
        reports, records: Size of the world.
        compared: Pairs compared.
        seconds, cpu_seconds: By the clock, and of the processors.
        peak_mb: Peak resident memory of the process, in 10⁶ bytes.
    """

    reports: int
    records: int
    compared: int
    seconds: float
    cpu_seconds: float
    peak_mb: float


@dataclass(frozen=True)
class Fit:
    """What the points have in common.

    Attributes:
        fixed: Cost of a run without pairs.
        per_million: Cost of a million pairs more.
        r2: Share of the differences that the straight line explains.
        exponent: Of the power law between the two largest worlds: 1 is in line with the pairs, 2 with their square.
    """

    fixed: float
    per_million: float
    r2: float
    exponent: float


def measure_world(folder: Path, reports: int, *, engine: str = "Ridni", repeats: int = 1, seed: int = 7) -> Point:
    """Make a world, link it in a process of its own, and remove it.

    Args:
        folder: Where the world lies meanwhile.
        reports: Missing children with a family report; there are five cards of strangers for each.
        engine: Which engine.
        repeats: Runs, of which the quickest counts.
        seed: Of the world.
    """
    data = children(folder / str(reports), reports, cards=CARDS_PER_REPORT * reports, seed=seed)
    facts = measure.cost(engine, data, repeats=repeats)
    shutil.rmtree(data.folder)
    return Point(
        reports=reports,
        records=data.records,
        compared=int(facts["compared"]),
        seconds=round(facts["seconds"], 3),
        cpu_seconds=round(facts["cpu_seconds"], 3),
        peak_mb=round(facts["peak_mb"], 1),
    )


def fit(points: Sequence[Point], what: str) -> Fit | None:
    """Fit a straight line of `seconds`, `cpu_seconds` or `peak_mb` over the pairs; None from fewer than three."""
    if len(points) < 3:
        return None
    x = np.array([point.compared for point in points], dtype=float) / 1e6
    y = np.array([getattr(point, what) for point in points], dtype=float)
    slope, fixed = np.polyfit(x, y, 1)
    spread = float(((y - y.mean()) ** 2).sum())
    left = float(((y - (fixed + slope * x)) ** 2).sum())
    before, last = np.argsort(x)[-2:]
    exponent = float(np.log(y[last] / y[before]) / np.log(x[last] / x[before]))
    return Fit(float(fixed), float(slope), 1 - left / spread if spread else 1.0, exponent)


def table(points: Sequence[Point]) -> list[list[str]]:
    """Return the points as a table, its header first."""
    head = ["reports", "records", "pairs compared", "seconds", "CPU, s", "peak, MB", "µs per pair", "pairs per record"]
    return [head, *map(_row, points)]


def _row(point: Point) -> list[str]:
    return [
        f"{point.reports:,}",
        f"{point.records:,}",
        f"{point.compared:,}",
        f"{point.seconds:,.1f}",
        f"{point.cpu_seconds:,.1f}",
        f"{point.peak_mb:,.0f}",
        f"{point.cpu_seconds / max(point.compared, 1) * 1e6:,.1f}",
        f"{point.compared / max(point.records, 1):,.1f}",
    ]


def words(points: Sequence[Point]) -> str:
    """Say in words how the cost grows."""
    time, memory = fit(points, "cpu_seconds"), fit(points, "peak_mb")
    if time is None or memory is None:
        return "Fewer than three worlds: too few to say how the cost grows."
    return (
        f"A million pairs more cost {time.per_million:,.1f} s of the processors and {memory.per_million:,.0f} MB, "
        f"beside {max(time.fixed, 0):,.1f} s and {max(memory.fixed, 0):,.0f} MB that every run costs. The straight "
        f"line explains {time.r2:.1%} of the differences in time and {memory.r2:.1%} of those in memory. Between "
        f"the two largest worlds, these seconds grow as the pairs to the power of {time.exponent:.2f}."
    )


def write(points: Sequence[Point], machine: str, folder: Path) -> list[Path]:
    """Write `growth.json`, `growth.md` and `growth.png`."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {"machine": machine, "points": [asdict(point) for point in points]}
    paths = [folder / f"growth.{ending}" for ending in ("json", "md", "png")]
    paths[0].write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    paths[1].write_text(markdown(points, machine), encoding="utf-8")
    draw(points, paths[2])
    return paths


def markdown(points: Sequence[Point], machine: str) -> str:
    """Return the page."""
    head, *rows = table(points)
    lines = ["| " + " | ".join(row) + " |" for row in (head, *rows)]
    lines.insert(1, "|" + "---:|" * len(head))
    sizes = " ".join(str(point.reports) for point in points)
    return (
        "# How the cost of linking grows\n\n"
        f"Written by `python -m benchmarks.linkage --growth {sizes}`. Fictional worlds of several sizes, five cards of "
        "strangers for each report, linked by `configs/linkage/children.yaml` from records in memory to scored pairs, "
        "training included, each in a process of its own. What is said of time is of processor seconds, which other "
        "work on the machine does not lengthen as much.\n\n"
        "![Processor seconds and memory against pairs](growth.png)\n\n"
        f"{words(points)}\n\n" + "\n".join(lines) + f"\n\n{machine}.\n"
    )


def draw(points: Sequence[Point], path: Path) -> None:
    """Draw processor seconds and peak memory against the pairs compared, with the straight lines through them."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    fig, axes = plt.subplots(1, 2, figsize=(11, 3.8), layout="constrained")
    pairs = np.array([point.compared for point in points], dtype=float) / 1e6
    for axis, what, label in zip(
        axes, ("cpu_seconds", "peak_mb"), ("processor seconds", "peak memory, MB"), strict=True
    ):
        cost = [getattr(point, what) for point in points]
        line = fit(points, what)
        if line is not None:
            ends = np.array([0.0, pairs.max() * 1.05])
            fitted = line.fixed + line.per_million * ends
            axis.plot(ends, fitted, "--", color=_FIT, linewidth=1.2, label=f"straight line, R² {line.r2:.3f}")
            axis.legend(frameon=False, loc="lower right")
        axis.plot(pairs, cost, "o", color=_COLOUR)
        for point, x, y in zip(points, pairs, cost, strict=True):
            axis.annotate(f"{point.reports:,}", (x, y), xytext=(6, -12), textcoords="offset points", fontsize=8)
        axis.set_xlabel("million pairs compared")
        axis.set_title(label, loc="left", fontsize=10)
        axis.set_xlim(0)
        axis.set_ylim(0, max(cost) * 1.1)
        axis.spines[["top", "right"]].set_visible(False)
    fig.suptitle(
        "Cost of a run over worlds of several sizes (reports)", x=0.01, ha="left", fontweight="bold", fontsize=11
    )
    fig.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(fig)
