"""The report of the ingest benchmark."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

LABELS = {
    "ridni_records": "Ridni: file to normalised records",
    "ridni_rows": "Ridni: file to rows with locators",
    "openpyxl_rows": "openpyxl, read only",
    "pandas_xlsx": "pandas.read_excel (calamine)",
    "pandas_csv": "pandas.read_csv",
    "csv_rows": "csv.DictReader",
}

_IDLE = 0.85  # of a core that a step has on a machine with nothing else to do


@dataclass(frozen=True)
class Run:
    """One step on one file: wall and processor seconds, and the peak memory of its process in 10⁶ bytes."""

    step: str
    rows: int
    seconds: float
    cpu_seconds: float
    peak_mb: float


@dataclass(frozen=True)
class Result:
    """All steps on one file, and the bounds that Ridni's whole step has to keep (0: none)."""

    name: str
    megabytes: float
    runs: tuple[Run, ...]
    bound_seconds: float
    bound_mb: float

    @property
    def ridni(self) -> Run:
        """Return the whole way from file to normalised records."""
        return self.runs[0]

    @property
    def kept(self) -> bool:
        """Tell whether the bounds are kept."""
        in_time = not self.bound_seconds or self.ridni.seconds < self.bound_seconds
        return in_time and (not self.bound_mb or self.ridni.peak_mb < self.bound_mb)


def markdown(results: Sequence[Result]) -> str:
    """Return the report as a page."""
    lines = ["# From a file to normalised records", "", f"{datetime.now(UTC):%Y-%m-%d}. {_machine()}.", ""]
    lines += [
        "Each step runs in a process of its own, one after another, on the same file. The peers only read: they are",
        "told where the header is, which encoding and which delimiter, and give neither locators nor the meaning of",
        "names, dates and places. *times* is a step's time over that of Ridni's whole way.",
        "",
    ]
    for result in results:
        lines += [f"## {result.name}, {result.megabytes:,.0f} MB", ""]
        lines += ["| step | rows | seconds | CPU seconds | rows a second | peak MB | times |", "|---|" + "---:|" * 6]
        for run in result.runs:
            ratio = run.seconds / result.ridni.seconds
            lines.append(
                f"| {LABELS[run.step]} | {run.rows:,} | {run.seconds:,.1f} | {run.cpu_seconds:,.1f} | "
                f"{run.rows / run.seconds:,.0f} | {run.peak_mb:,.0f} | {ratio:.2f} |"
            )
        bounds = [f"{result.bound_seconds:,.0f} s"] * bool(result.bound_seconds)
        bounds += [f"{result.bound_mb:,.0f} MB"] * bool(result.bound_mb)
        if bounds:
            lines += ["", f"To be kept: {', '.join(bounds)}. {'Kept' if result.kept else 'NOT kept'}."]
        share = result.ridni.cpu_seconds / result.ridni.seconds
        if share < _IDLE:
            lines += [
                "",
                f"The machine was busy with other work: Ridni's whole way had {share:.0%} of a core. Its CPU seconds "
                "are what it would take alone.",
            ]
        lines.append("")
    return "\n".join(lines)


def _machine() -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in ("openpyxl", "python-calamine", "pandas"))
    return f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, {libraries}"
