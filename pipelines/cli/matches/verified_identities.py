"""Verified identities held against known truth, for `ridni evaluate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from pipelines.cli.console import out, thousands

if TYPE_CHECKING:
    import pandas as pd

    from matching.evaluation.clusters import ClusterScore
    from pipelines.linkage.churn import Churn


def held_against(truth: pd.DataFrame) -> ClusterScore | None:
    """Return how far the verified identities are the persons of a truth; None when there are none."""
    import pandas as pd

    from matching.evaluation import clusters
    from registry.identities import identities

    rows = pd.DataFrame(identities.rows(), columns=["source", "key", "cluster"])
    return None if rows.empty else clusters.held_against(rows, truth)


def churned() -> Churn | None:
    """Return what became of ids since the newest run over everything began; None when there was none."""
    from pipelines.linkage import churn
    from registry.linkage import runs

    told = runs.events_before()
    return None if told is None else churn.since(told)


def show(score: ClusterScore, ids: Churn | None) -> None:
    """Print how far the verified identities are the persons, and what became of ids since the newest run."""
    table = Table(box=None, header_style="bold", padding=(0, 1, 0, 0))
    table.add_column("verified identities", no_wrap=True)
    for column in ("precision", "recall", "F1"):
        table.add_column(column, justify="right", no_wrap=True)
    for title, one in (("by pairs", score.pairwise), ("as wholes", score.cluster), ("B-cubed", score.b_cubed)):
        table.add_row(title, *("–" if x is None else f"{x:.3f}" for x in (one.precision, one.recall, one.f1)))
    out.print()
    out.print(table)
    out.print(f"{thousands(score.clusters)} identities, {thousands(score.mixed)} of them with records of two children.")
    if ids is not None:
        out.print(
            f"Ids since the newest run over everything: of {thousands(ids.stood)} that stood, {thousands(ids.lost)} "
            f"lost, {thousands(ids.moved)} with other records; {thousands(ids.new)} new."
        )
