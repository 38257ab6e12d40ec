"""Where the time went."""

from __future__ import annotations

from collections.abc import Sequence

from matching.report.clock import Step
from matching.report.html import number_format
from matching.report.html.markup import Html, element
from matching.report.html.tables import bars, table


def section(steps: Sequence[Step]) -> Html:
    """Return the seconds of each step."""
    if not steps:
        return element("p", "Nobody took the time.")
    total = sum(step.seconds for step in steps) or 1.0
    most = max(step.seconds for step in steps)
    return table(
        ("step", "time", "share", ""),
        [
            (
                step.name,
                number_format.seconds(step.seconds),
                number_format.share(step.seconds / total),
                bars([(step.seconds, "true")], most),
            )
            for step in steps
        ],
        caption="Time of each step",
        numbers=(1, 2),
        wide=3,
    )
