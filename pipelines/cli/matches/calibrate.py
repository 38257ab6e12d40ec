"""`ridni calibrate`: what scores are worth by what people have judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from pipelines.cli import startup
from pipelines.cli.console import out, thousands, waiting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matching.calibration import Assessment
    from matching.calibration.reliability import Bin


def calibrate(
    run: Annotated[int | None, typer.Option(help="Calibrate the model of this run; unset: the newest.")] = None,
    method: Annotated[
        str, typer.Option(help="platt, isotonic, or auto: isotonic only where many verdicts show that it is better.")
    ] = "auto",
) -> None:
    """Hold the scores of a run against pairs on which two people agreed, and make probabilities of them.

    Writes calibration.json beside the run's model and gives the candidates that wait for verdicts their probabilities.
    A score stays a score where nobody has looked: outside the range of judged scores, and for pairs of lists of which
    few were judged. Gold items do not count.

    Example: ridni calibrate
    """
    startup.database()
    from pipelines.linkage import calibration

    with waiting("Calibrating"):
        made = calibration.recalibrate(run, method)
    known = made.calibration
    pairs = thousands(known.same + known.different)
    out.print(
        f"Run {made.run_id}: calibrated ({known.method}) on {pairs} pairs on which two people agreed, "
        f"{thousands(known.same)} same and {thousands(known.different)} different."
    )
    if made.other_models:
        out.print(f"Left out: {thousands(made.other_models)} agreed pairs that this run's model has no score of.")
    show(made.assessment)
    out.print(
        f"Holds between {known.lowest_bits:+.1f} and {known.highest_bits:+.1f} bits of log-odds, for pairs of lists of "
        f"which 20 or more pairs were judged.\n{thousands(made.candidates)} waiting candidates have a new probability. "
        f"Written to {made.file}"
    )


def show(assessment: Assessment) -> None:
    """Print the reliability before and after, each pair predicted by a curve that had not seen it."""
    for name, bins in (("the model's own score", assessment.before.bins), ("calibrated", assessment.after.bins)):
        out.print(_bins(name, bins))
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for column in ("on held-out verdicts", "calibration error", "95 %", "Brier score", "log-loss, bits"):
        table.add_column(column, justify="left" if column.startswith("on ") else "right")
    for name, found in (("the model's own score", assessment.before), ("calibrated", assessment.after)):
        span = f"{found.ece_low:.3f}–{found.ece_high:.3f}"
        table.add_row(name, f"{found.ece:.3f}", span, f"{found.brier:.3f}", f"{found.log_loss:.3f}")
    out.print(table)


def _bins(name: str, bins: Sequence[Bin]) -> Table:
    table = Table(title=name, title_justify="left", box=None, header_style="bold", padding=(0, 2, 0, 0))
    for column in ("score, bits", "pairs", "predicted", "judged one child", "95 %"):
        table.add_column(column, justify="right")
    for b in bins:
        table.add_row(
            f"{b.low_bits:+.1f} to {b.high_bits:+.1f}",
            thousands(b.pairs),
            f"{b.predicted:.1%}",
            f"{b.share:.1%}",
            f"{b.share_low:.0%}–{b.share_high:.0%}",
            style="" if b.holds else "yellow",
        )
    return table
