"""`ridni link`: candidates from all current records."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from pipelines.cli import ready
from pipelines.cli.console import UserError, err, out, progress, thousands


def link(
    spec: Annotated[Path | None, typer.Option(help="A linkage spec; unset: the deployment's linkage_spec.")] = None,
    model_run: Annotated[
        int | None, typer.Option(help="Score with the model of this earlier run instead of training one.")
    ] = None,
    explain_blocking: Annotated[
        bool, typer.Option("--explain-blocking", help="Print what each blocking rule found.")
    ] = False,
    with_names: Annotated[
        bool, typer.Option("--with-names", help="Let the report show records; then it holds names of children.")
    ] = False,
) -> None:
    """Score the records that families and authorities seek against all lists, and store the candidates for review.

    Writes report.html into the run's folder: weights, waterfalls, blocking, what the lists know; without names.

    Example: ridni link --explain-blocking
    """
    from configs.settings import settings
    from pipelines.linking import load_registry_spec
    from pipelines.reporting import REPORT, WITH_NAMES

    load_registry_spec(spec or settings().linkage_spec)
    if model_run is not None and not (settings().folder("runs") / f"{model_run:06d}" / "model.json").exists():
        raise UserError(
            f"run {model_run} has no model in {settings().folder('runs')}; leave --model-run out to train one"
        )
    ready.flows()
    from pipelines.flows import progress as flow_progress
    from pipelines.flows.link import link as flow

    with progress("Linking") as tell, flow_progress.listening(tell):
        counts = flow(str(spec.resolve()) if spec else None, model_run, with_names)
    out.print(
        f"Run {counts['run_id']}: {thousands(counts['records'])} records, {thousands(counts['compared'])} pairs, "
        f"{thousands(counts['proposed'])} candidates proposed ({thousands(counts['new'])} new, "
        f"{thousands(counts['updated'])} rescored, {thousands(counts['withdrawn'])} withdrawn, "
        f"{thousands(counts['decided'])} already judged)."
    )
    name = WITH_NAMES if with_names else REPORT
    out.print(f"Report: {settings().folder('runs') / format(counts['run_id'], '06d') / name}", soft_wrap=True)
    if not counts["compared"]:
        err.print(
            "No pair was compared. Linking needs records that somebody seeks (source_class family or authority) and "
            "records of another source in which a child may be found; `ridni sources list` shows each source's side."
        )
    if explain_blocking:
        table = Table(box=None, header_style="bold")
        for column in ("blocking rule", "pairs", "pairs no earlier rule found", "buckets over the cap", "their pairs"):
            table.add_column(column, justify="left" if column == "blocking rule" else "right")
        for rule in counts["rules"]:
            figures = ("pairs", "new", "skipped_buckets", "skipped_pairs")
            table.add_row(rule["rule"], *(thousands(rule[figure]) for figure in figures))
        out.print(table)
