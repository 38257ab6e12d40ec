"""The report of an evaluation: stored candidates held against known truth."""

from __future__ import annotations

from matching.evaluation import Evaluation
from matching.report.facts import KnownTruth
from matching.report.html.page import Section, page
from matching.report.sections import truth


def render_evaluation(title: str, at: str, evaluation: Evaluation, known: KnownTruth) -> str:
    """Return the page of an evaluation.

    Args:
        title: Heading.
        at: When it was made, in words.
        evaluation: Figures by pair of sources and by scenario.
        known: The scored pairs with their truth.
    """
    by_lists = (*evaluation.by_sources, *evaluation.by_lists, evaluation.overall)
    sections = [
        Section("Held against the truth", "sections/truth.html", truth.section(known)),
        Section("By pair of lists", "sections/scores.html", {"of": "lists", "scores": by_lists}),
        Section(
            "By scenario of the listed record",
            "sections/scores.html",
            {"of": "scenario", "scores": evaluation.by_scenario},
        ),
    ]
    return page(title, at, sections)
