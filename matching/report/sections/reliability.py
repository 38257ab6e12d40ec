"""Whether scores are probabilities: held against what two people agreed on."""

from __future__ import annotations

from dataclasses import dataclass

from matching.calibration import Assessment, Calibration
from matching.calibration.reliability import Reliability
from matching.report.facts import RunFacts
from matching.report.html import number_format
from matching.report.html.charts import Axis, Plot, Series
from matching.report.html.shapes import Chart


@dataclass(frozen=True)
class Worth:
    """The reliability before and after calibration: as a chart, and by name."""

    chart: Chart
    held: list[tuple[str, Reliability]]


@dataclass(frozen=True)
class Probabilities:
    """The calibration and what it is worth, or why there is none."""

    calibration: Calibration | None
    worth: Worth | None
    why_not: str


def section(facts: RunFacts) -> Probabilities:
    """Return the reliability before and after calibration, or why there is none."""
    worth = _worth(facts.assessment) if facts.calibration and facts.assessment else None
    return Probabilities(facts.calibration, worth, facts.why_not)


def _worth(assessment: Assessment) -> Worth:
    plot = Plot(
        Axis(0.0, 1.0, "predicted", number_format.percent),
        Axis(0.0, 1.0, "judged to be one child", number_format.percent),
        height=360.0,
    )
    plot.line(Series("as it should be", "ideal", (0.0, 1.0), (0.0, 1.0)))
    for name, kind, found in (("model’s own", "against", assessment.before), ("calibrated", "true", assessment.after)):
        plot.line(
            Series(
                name,
                kind,
                [b.predicted for b in found.bins],
                [b.share for b in found.bins],
                [b.share_low for b in found.bins],
                [b.share_high for b in found.bins],
                points=True,
            )
        )
    chart = plot.chart(
        "Predicted and judged",
        "Pairs in bins of equal size, with 95 % intervals. Each pair was predicted by a curve that had not "
        "seen it. On the diagonal a prediction holds.",
    )
    return Worth(chart, [("model’s own", assessment.before), ("calibrated, held out", assessment.after)])
