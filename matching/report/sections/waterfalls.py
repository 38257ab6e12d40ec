"""A few candidates, field by field: how their bits add up."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pandas as pd

from matching.calibration import CALIBRATED
from matching.comparisons.base import is_missing
from matching.explanation import explain
from matching.linker import Linkage
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


@dataclass(frozen=True)
class Step:
    """What a field adds.

    Attributes:
        field: Its name.
        sentence: What it says.
        start: Sum of the bits before it.
        bits: What it adds.
        values: What stands in both records, None when that is not to be shown.
    """

    field: str
    sentence: str
    start: float
    bits: float
    values: tuple[str, str] | None

    @property
    def end(self) -> float:
        """Return the sum of the bits after it."""
        return self.start + self.bits


@dataclass(frozen=True)
class Waterfall:
    """A candidate with its steps; `probability` is None where the score is none, `records` where they stay hidden."""

    scenario: str
    weight: float
    score: float
    probability: float | None
    sources: str
    records: tuple[Any, Any] | None
    steps: list[Step]

    @property
    def total(self) -> float:
        """Return the sum of all steps in bits."""
        return self.steps[-1].end if self.steps else 0.0

    @property
    def low(self) -> float:
        """Return where the scale of bits begins."""
        return min([0.0, *(step.end for step in self.steps)])

    @property
    def high(self) -> float:
        """Return where it ends."""
        return max([0.0, *(step.end for step in self.steps)])


@dataclass(frozen=True)
class Waterfalls:
    """Some candidates, with ids and values of their records or without."""

    pairs: list[Waterfall]
    with_names: bool


def section(
    spec: LinkageSpec, linkage: Linkage, sources: pd.Series, samples: int, named: pd.DataFrame | None
) -> Waterfalls:
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
    return Waterfalls([_waterfall(spec, linkage, pair, named) for pair in _typical(found, samples)], named is not None)


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


def _waterfall(spec: LinkageSpec, linkage: Linkage, pair: _Pair, named: pd.DataFrame | None) -> Waterfall:
    both = None if named is None else (named.loc[pair.left], named.loc[pair.right])
    steps: list[Step] = []
    for reason in explain(spec, linkage, pair.row, pair.weight, pair.scenario):
        if reason.code == "absent":
            continue
        values = None if both is None else (_written(both[0].get(reason.field)), _written(both[1].get(reason.field)))
        steps.append(Step(reason.field, reason.sentence, steps[-1].end if steps else 0.0, reason.bits, values))
    return Waterfall(
        scenario=pair.scenario,
        weight=pair.weight,
        score=pair.probability,
        probability=None if math.isnan(pair.calibrated) else pair.calibrated,
        sources=pair.sources,
        records=None if both is None else (pair.left, pair.right),
        steps=steps,
    )


def _written(value: Any) -> str:
    if is_missing(value):
        return ""
    if isinstance(value, str):
        with suppress(DateError):
            days = DateInterval.from_text(value)
            return days.start.isoformat() if days.precision == "day" else value
        return value
    return ", ".join(str(part) for part in value if part) if isinstance(value, tuple | list) else str(value)
