"""How weights are spread, and which share of each the model holds for true."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from matching.evaluation.thresholds import expected_true
from matching.linker import Linkage
from matching.report.html import number_format
from matching.report.html.charts import Axis, Plot, Series, round_up
from matching.report.html.shapes import Chart

_BIN_BITS = 2.0
_WIDEST = 60.0


@dataclass(frozen=True)
class Weights:
    """Columns of weights.

    Attributes:
        counts, shares: Charts.
        rows: Both ends in bits, candidates, and how many of them are expected to be one child.
    """

    counts: Chart
    shares: Chart
    rows: list[list[float]]


def section(linkage: Linkage) -> Weights | None:
    """Return the distribution of the candidates' weights and the expected share of true pairs; None without any."""
    weight = np.clip(linkage.candidates["weight"].to_numpy(dtype=float), -_WIDEST, _WIDEST)
    if not len(weight):
        return None
    low, high = math.floor(weight.min() / _BIN_BITS) * _BIN_BITS, math.ceil(weight.max() / _BIN_BITS) * _BIN_BITS
    edges = np.arange(low, max(high, low + _BIN_BITS) + _BIN_BITS / 2, _BIN_BITS)
    bins = expected_true(linkage.candidates["probability"], edges, weight)
    ends = float(edges[0]), float(edges[-1])
    top = round_up(float(bins["pairs"].max()))
    counts = Plot(Axis(*ends, "weight, bits", number_format.tick), Axis(0.0, top, "candidates", number_format.count))
    rows: list[list[float]] = bins[["low", "high", "pairs", "expected"]].to_numpy(dtype=float).tolist()
    for low, high, pairs, expected in rows:
        counts.column(low, high, 0.0, expected, "true")
        counts.column(low, high, expected, pairs, "other")
    counts.legend("expected one child", "true")
    counts.legend("expected two children", "other")
    filled = [row for row in rows if row[2]]
    shares = Plot(
        Axis(*ends, "weight, bits", number_format.tick),
        Axis(0.0, 1.0, "share expected", number_format.percent, (0.0, 0.25, 0.5, 0.75, 1.0)),
        height=190.0,
    )
    middles, means = [(row[0] + row[1]) / 2 for row in filled], [row[3] / row[2] for row in filled]
    shares.line(Series("", "true", middles, means))
    return Weights(
        counts.chart("Candidates by weight", "Columns of two bits each, parted by the model’s own estimate."),
        shares.chart("Expected share of one child by weight", "The mean of the model’s estimates in each column."),
        filled,
    )
