"""What the run found, in figures and by pair of sources and scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from matching.linker import Linkage
from matching.report.facts import RunFacts


@dataclass(frozen=True)
class Group:
    """Candidates of a pair of lists or of a scenario; the median is of their weights in bits."""

    name: str
    pairs: float
    expected: float
    median: float = 0.0


@dataclass(frozen=True)
class Found:
    """Key figures of a run.

    Attributes:
        records: That were read.
        compared, possible: Pairs.
        candidates: Pairs kept for people to judge.
        expected: How many of them are one child by the model's own estimate.
        seconds: By the clock, None when nobody took the time.
        peak_mb: Peak memory in MB, None when nobody measured it.
        by_sources, by_scenario: Groups of candidates.
    """

    records: int
    compared: int
    possible: int
    candidates: int
    expected: float
    seconds: float | None
    peak_mb: float | None
    by_sources: list[Group]
    by_scenario: list[Group]


def section(linkage: Linkage, records: pd.DataFrame, sources: pd.Series, facts: RunFacts) -> Found:
    """Return the key figures, by pair of lists and by scenario.

    Args:
        linkage: The run.
        records: `record_id`, `source`, `side` and the fields.
        sources: The pair of sources of each candidate, `left → right`.
        facts: Of the run.
    """
    found = linkage.candidates
    return Found(
        records=len(records),
        compared=linkage.compared,
        possible=possible_pairs(records),
        candidates=len(found),
        expected=float(found["probability"].sum()),
        seconds=sum(step.seconds for step in facts.steps) if facts.steps else None,
        peak_mb=facts.peak_mb,
        by_sources=_by_sources(found, sources),
        by_scenario=_by_scenario(found),
    )


def possible_pairs(records: pd.DataFrame) -> int:
    """Count the pairs of a seeking record and a found one of another source."""
    seeking = records["source"][records["side"].isin(("seeking", "both"))].value_counts()
    found = records["source"][records["side"].isin(("found", "both"))].value_counts()
    side: Mapping[str, str] = dict(zip(records["source"], records["side"], strict=True))
    return sum(
        int(a) * int(b)
        for left, a in seeking.items()
        for right, b in found.items()
        if left != right and not (side[str(left)] == side[str(right)] == "both" and str(left) > str(right))
    )


def _by_sources(found: pd.DataFrame, sources: pd.Series) -> list[Group]:
    grouped = found.assign(sources=sources.to_numpy()).groupby("sources", sort=True)
    return _groups(grouped.agg(pairs=("weight", "size"), expected=("probability", "sum"), median=("weight", "median")))


def _by_scenario(found: pd.DataFrame) -> list[Group]:
    figured = found.groupby("scenario").agg(pairs=("weight", "size"), expected=("probability", "sum"))
    return _groups(figured.sort_values(["expected", "pairs"], ascending=False, kind="stable"))


def _groups(figured: pd.DataFrame) -> list[Group]:
    rows: list[list[float]] = figured.to_numpy(dtype=float).tolist()
    return [Group(str(name), *row) for name, row in zip(figured.index, rows, strict=True)]
