"""A few candidates, field by field: how their bits add up."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pandas as pd

from matching.calibration import CALIBRATED
from matching.comparisons.base import is_missing
from matching.explanation import Reason, explain
from matching.linker import Linkage
from matching.report.html import number_format
from matching.report.html.markup import Html, element, join
from matching.report.html.tables import floating, table
from matching.spec import LinkageSpec
from transliteration.dates.interval import DateError, DateInterval

_BELIEVED = 0.5


@dataclass(frozen=True)
class _Pair:
    left: Any
    right: Any
    weight: float
    probability: float
    scenario: str
    row: int
    sources: str
    calibrated: float


def section(spec: LinkageSpec, linkage: Linkage, sources: pd.Series, samples: int, named: pd.DataFrame | None) -> Html:
    """Return waterfalls of candidates of different scenarios, and of one that hangs in the balance.

    Args:
        spec: The spec.
        linkage: The run.
        sources: The pair of sources of each candidate.
        samples: How many.
        named: The records, when their ids and values are to be shown; None hides them.
    """
    found = linkage.candidates.assign(sources=sources.to_numpy())
    if CALIBRATED not in found:
        found[CALIBRATED] = math.nan
    chosen = _typical(found, samples)
    if not chosen:
        return element("p", "There are no candidates.")
    told = "" if named is not None else " Which records they are, and what stands in them, is left out on purpose."
    intro = (
        "For each of the commonest scenarios the candidate in the middle of those that the model believes, and one "
        f"that hangs in the balance.{told}"
    )
    return join([element("p", intro), [_waterfall(spec, linkage, pair, named) for pair in chosen]])


def _typical(found: pd.DataFrame, samples: int) -> list[_Pair]:
    """Return a candidate of each of the commonest scenarios, and the most doubtful ones of the rest."""
    columns = ["left", "right", "weight", "probability", "scenario", "row", "sources", CALIBRATED]
    expected = found.groupby("scenario")["probability"].sum().sort_values(ascending=False, kind="stable")
    rows = []
    for scenario in expected.index[: max(samples - 1, 1)]:
        group = found[found["scenario"] == scenario].sort_values(["weight", "row"])
        believed = group[group["probability"] >= _BELIEVED]
        rows.append(believed.index[len(believed) // 2] if len(believed) else group["probability"].idxmax())
    rest = found.drop(index=rows)
    doubtful = (rest["probability"] - 0.5).abs().sort_values(kind="stable").index
    rows += list(doubtful[: samples - len(rows)])
    chosen = found.loc[rows[:samples], columns].to_numpy(dtype=object).tolist()
    return [_Pair(*values) for values in chosen]


def _waterfall(spec: LinkageSpec, linkage: Linkage, pair: _Pair, named: pd.DataFrame | None) -> Html:
    reasons = [r for r in explain(spec, linkage, pair.row, pair.weight, pair.scenario) if r.code != "absent"]
    steps, total = [], 0.0
    for reason in reasons:
        steps.append((total, total + reason.bits))
        total += reason.bits
    ends = [end for step in steps for end in step] + [0.0]
    low, high = min(ends), max(ends)
    values = None if named is None else _values(named, pair)
    rows: list[tuple[object, ...]] = [
        (
            number_format.words(reason.field),
            *(() if values is None else values(reason)),
            reason.sentence,
            number_format.bits(reason.bits),
            floating(*step, low, high),
        )
        for reason, step in zip(reasons, steps, strict=True)
    ]
    blank = () if values is None else ("", "")
    rows.append(
        ("weight", *blank, element("b", "together"), number_format.bits(total), floating(0.0, total, low, high))
    )
    columns = ("field", *(() if values is None else ("one record", "the other")), "what it says", "bits", "")
    title = f"{number_format.words(pair.scenario)}: {number_format.bits(pair.weight)} bits"
    title += f", score {number_format.chance(pair.probability)}"
    title += "" if math.isnan(pair.calibrated) else f", probability {number_format.chance(pair.calibrated)}"
    records = None if named is None else element("small", f"records {pair.left} and {pair.right}")
    return join(
        [
            element("h3", title),
            element("p", pair.sources, " " if records else None, records, class_="soft"),
            table(columns, rows, caption=title, numbers=(len(columns) - 2,), wide=len(columns) - 1),
        ]
    )


def _values(named: pd.DataFrame, pair: _Pair) -> Callable[[Reason], tuple[str, str]]:
    """Return a function that gives what stands in both records of a pair about a reason's field."""
    left, right = named.loc[pair.left], named.loc[pair.right]

    def both(reason: Reason) -> tuple[str, str]:
        return _written(left.get(reason.field)), _written(right.get(reason.field))

    return both


def _written(value: Any) -> str:
    if is_missing(value):
        return ""
    if isinstance(value, str):
        with suppress(DateError):
            days = DateInterval.from_text(value)
            return days.start.isoformat() if days.precision == "day" else value
        return value
    return ", ".join(str(part) for part in value if part) if isinstance(value, tuple | list) else str(value)
