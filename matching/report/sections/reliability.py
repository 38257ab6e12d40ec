"""Whether scores are probabilities: held against what two people agreed on."""

from __future__ import annotations

from collections.abc import Sequence

from matching.calibration import Assessment, Calibration
from matching.calibration.reliability import Bin, Reliability
from matching.report.facts import RunFacts
from matching.report.html import number_format
from matching.report.html.charts import Axis, Plot, Series
from matching.report.html.markup import Html, element, join
from matching.report.html.tables import slug, table


def section(facts: RunFacts) -> Html:
    """Return the reliability before and after calibration, or why there is none."""
    if facts.calibration is None:
        why = f" {facts.why_not}" if facts.why_not else ""
        return element(
            "p",
            "No. The estimates in this report are scores of the model between 0 and 1: a higher one is likelier, but "
            f"of a hundred pairs with a score of 0.9 nobody has shown that ninety are one child.{why}",
        )
    return join([_said(facts.calibration), _worth(facts.assessment) if facts.assessment else None])


def _said(calibration: Calibration) -> Html:
    same, different = number_format.count(calibration.same), number_format.count(calibration.different)
    judged = number_format.count(calibration.same + calibration.different)
    said = element(
        "p",
        f"Yes, where people have looked: between {number_format.bits(calibration.lowest_bits)} and "
        f"{number_format.bits(calibration.highest_bits)} bits of log-odds, for pairs of lists of which at least 20 "
        f"pairs were judged. Learnt ({calibration.method}) from {judged} "
        f"pairs on which two people agreed: {same} same, {different} different. Pairs on which people could not agree "
        "are not among them, and everywhere else a score stays a score.",
    )
    lists = table(
        ("lists", "pairs judged"),
        [(slug(name), number_format.count(number)) for name, number in calibration.sources.items()],
        caption="Verdicts by pair of lists",
        numbers=(1,),
    )
    return join([said, element("details", element("summary", "Verdicts by pair of lists"), lists)])


def _worth(assessment: Assessment) -> Html:
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
    return join(
        [
            plot.svg(
                "Predicted and judged",
                "Pairs in bins of equal size, with 95 % intervals. Each pair was predicted by a curve that had not "
                "seen it. On the diagonal a prediction holds.",
            ),
            table(
                ("", "calibration error", "95 %", "Brier score", "log-loss, bits"),
                [_summary("model’s own", assessment.before), _summary("calibrated, held out", assessment.after)],
                caption="Calibration error before and after",
                numbers=(1, 2, 3, 4),
            ),
            element(
                "details",
                element("summary", "The figures"),
                _bins("model’s own", assessment.before.bins),
                _bins("calibrated, held out", assessment.after.bins),
            ),
        ]
    )


def _summary(name: str, found: Reliability) -> tuple[str, ...]:
    return (
        name,
        f"{found.ece:.3f}",
        f"{found.ece_low:.3f}–{found.ece_high:.3f}",
        f"{found.brier:.3f}",
        f"{found.log_loss:.3f}",
    )


def _bins(name: str, bins: Sequence[Bin]) -> Html:
    return table(
        (name, "pairs", "predicted", "judged one child", "95 %"),
        [
            (
                f"{number_format.bits(b.low_bits)} to {number_format.bits(b.high_bits)} bits",
                number_format.count(b.pairs),
                number_format.share(b.predicted),
                number_format.share(b.share),
                number_format.interval(b.share_low, b.share_high),
            )
            for b in bins
        ],
        caption=f"Reliability, {name}",
        numbers=(1, 2, 3, 4),
    )
