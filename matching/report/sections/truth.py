"""Scores held against known truth: precision and recall with intervals, and thresholds that one may choose."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.calibration.scale import log_odds, share
from matching.evaluation.thresholds import (
    OperatingPoint,
    operating_points,
    pairs_per_thousand,
    threshold_curve,
)
from matching.report.facts import KnownTruth
from matching.report.html import number_format
from matching.report.html.charts import Axis, Plot, Series, round_up, thinned
from matching.report.html.shapes import Chart

_BIN_BITS = 2.0
_WIDEST = 60.0
_TICKS = (0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999)
_FIGURES = [
    "threshold",
    "shown",
    "precision",
    "precision_low",
    "precision_high",
    "recall",
    "recall_low",
    "recall_high",
]


@dataclass(frozen=True)
class HeldAgainstTruth:
    """Scored pairs and what is known about them.

    Attributes:
        known: The pairs.
        found: How many true ones are among them.
        weights, by_threshold, precision_recall, load: Charts.
        figures: Some thresholds: `threshold`, `shown`, `precision` and `recall` with `_low` and `_high`.
        points: Thresholds that one may choose.
    """

    known: KnownTruth
    found: int
    weights: Chart
    by_threshold: Chart
    precision_recall: Chart
    load: Chart
    figures: list[dict[str, float]]
    points: tuple[OperatingPoint, ...]


def section(known: KnownTruth) -> HeldAgainstTruth | None:
    """Return weights of true and false pairs, precision and recall, the load on reviewers, and operating points.

    None when no scored pair has a known truth.
    """
    scored = known.scored
    if scored.empty:
        return None
    curve = threshold_curve(scored["probability"], scored["same"], known.true_pairs)
    points = operating_points(curve, scored["probability"], known.reports)
    few = curve[_FIGURES].iloc[thinned(len(curve), 25)].astype(float)
    return HeldAgainstTruth(
        known=known,
        found=int(scored["same"].sum()),
        weights=_weights(known),
        by_threshold=_by_threshold(curve, points),
        precision_recall=_precision_recall(curve),
        load=_load(known, points),
        figures=[dict(zip(_FIGURES, row, strict=True)) for row in few.to_numpy().tolist()],
        points=points,
    )


def _weights(known: KnownTruth) -> Chart:
    weight = np.clip(known.scored["weight"].to_numpy(dtype=float), -_WIDEST, _WIDEST)
    same = known.scored["same"].to_numpy(dtype=bool)
    low, high = math.floor(weight.min() / _BIN_BITS) * _BIN_BITS, math.ceil(weight.max() / _BIN_BITS) * _BIN_BITS
    edges = np.arange(low, max(high, low + _BIN_BITS) + _BIN_BITS / 2, _BIN_BITS)
    true, false = (np.histogram(weight[kind], edges)[0] for kind in (same, ~same))
    top = round_up(float((true + false).max()))
    plot = Plot(
        Axis(float(edges[0]), float(edges[-1]), "weight, bits", number_format.tick),
        Axis(0.0, top, "candidates", number_format.count),
    )
    for i in range(len(edges) - 1):
        plot.column(edges[i], edges[i + 1], 0.0, float(true[i]), "true")
        plot.column(edges[i], edges[i + 1], float(true[i]), float(true[i] + false[i]), "other")
    plot.legend("one child", "true")
    plot.legend("two children", "other")
    return plot.chart("Weights of true and false candidates", "Columns of two bits each, parted by the truth.")


def _threshold_axis() -> Axis:
    """Return an axis of thresholds on which the ends, where it matters, are as wide as the middle."""
    ticks = tuple(float(log_odds(share)) for share in _TICKS)
    return Axis(
        ticks[0], ticks[-1], "threshold on the score", lambda value: number_format.percent(float(share(value))), ticks
    )


def _on_axis(threshold: npt.ArrayLike) -> npt.NDArray[np.float64]:
    return np.clip(log_odds(threshold), log_odds(_TICKS[0]), log_odds(_TICKS[-1]))


def _by_threshold(curve: pd.DataFrame, points: tuple[OperatingPoint, ...]) -> Chart:
    rows = curve.iloc[thinned(len(curve))]
    rows = rows[(rows["threshold"] >= _TICKS[0]) & (rows["threshold"] <= _TICKS[-1])]
    plot = Plot(_threshold_axis(), Axis(0.0, 1.0, "share", number_format.percent), height=320.0)
    for name, kind in (("precision", "true"), ("recall", "against")):
        low, high = (rows[f"{name}_{end}"].tolist() for end in ("low", "high"))
        plot.line(Series(name, kind, _on_axis(rows["threshold"]).tolist(), rows[name].tolist(), low, high))
    _mark(plot, points)
    return plot.chart(
        "Precision and recall by threshold",
        "What is shown from each threshold on: the share that is true, and the share of true pairs that is shown, with "
        "95 % intervals.",
    )


def _mark(plot: Plot, points: tuple[OperatingPoint, ...]) -> None:
    for row, point in enumerate(points):
        plot.upright(float(_on_axis(point.threshold)), point.name, row)


def _precision_recall(curve: pd.DataFrame) -> Chart:
    rows = curve.iloc[thinned(len(curve))]
    plot = Plot(
        Axis(0.0, 1.0, "recall: share of true pairs that are shown", number_format.percent),
        Axis(0.0, 1.0, "precision: share of shown that are true", number_format.percent),
        height=360.0,
    )
    plot.line(
        Series(
            "",
            "true",
            rows["recall"].tolist(),
            rows["precision"].tolist(),
            rows["precision_low"].tolist(),
            rows["precision_high"].tolist(),
        )
    )
    return plot.chart("Precision and recall", "Each point is a threshold; the band is the 95 % interval of precision.")


def _load(known: KnownTruth, points: tuple[OperatingPoint, ...]) -> Chart:
    axis = _threshold_axis()
    grid = np.linspace(axis.low, axis.high, 161)
    load = pairs_per_thousand(known.scored["probability"], share(grid), known.reports)
    plot = Plot(
        axis, Axis(0.0, round_up(float(load.max())), "pairs for 1,000 reports", number_format.count), height=260.0
    )
    plot.line(Series("", "true", grid.tolist(), load.tolist()))
    _mark(plot, points)
    return plot.chart(
        "Load on reviewers", "How many pairs each threshold shows for 1,000 reports; two people judge each."
    )
