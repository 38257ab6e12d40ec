"""The report of an evaluation: stored candidates held against known truth."""

from __future__ import annotations

from collections.abc import Sequence

from matching.evaluation import Evaluation, Score
from matching.report.facts import KnownTruth
from matching.report.html import number_format
from matching.report.html.markup import Html, element, join
from matching.report.html.page import page
from matching.report.html.tables import bars, table
from matching.report.sections import truth

_COLUMNS = ("", "true pairs", "recall@1", "recall@5", "best F1", "precision", "recall", "recall at precision 0.99", "")


def render_evaluation(title: str, at: str, evaluation: Evaluation, known: KnownTruth) -> str:
    """Return the page of an evaluation.

    Args:
        title: Heading.
        at: When it was made, in words.
        evaluation: Figures by pair of sources and by scenario.
        known: The scored pairs with their truth.
    """
    sections = [
        ("Held against the truth", truth.section(known)),
        ("By pair of lists", _scores((*evaluation.by_sources, *evaluation.by_lists, evaluation.overall), "lists")),
        ("By scenario of the listed record", _scores(evaluation.by_scenario, "scenario")),
    ]
    return page(title, at, sections)


def _scores(scores: Sequence[Score], what: str) -> Html:
    rows = [
        (
            number_format.words(score.group),
            number_format.count(score.true_pairs),
            *(
                f"{value:.3f}"
                for value in (
                    score.recall_at_1,
                    score.recall_at_5,
                    score.best_f1,
                    score.precision,
                    score.recall,
                    score.recall_at_precision_99,
                )
            ),
            bars([(score.best_f1, "true")], 1.0),
        )
        for score in scores
    ]
    return join(
        [
            element(
                "p",
                "recall@1, recall@5: share of records whose best 1 or 5 candidates hold a true one. Precision and "
                "recall stand where F1 is best, which is what the bar shows.",
                class_="soft",
            ),
            table((what, *_COLUMNS[1:]), rows, caption=f"Figures by {what}", numbers=range(1, 8), wide=8),
        ]
    )
