"""`ridni link`: candidates from all current records."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli import startup
from pipelines.cli.console import UserError, err, out, progress, thousands
from pipelines.cli.matches import blocking
from pipelines.cli.matches.candidates import read_truth_file


def link(
    spec: Annotated[Path | None, typer.Option(help="A linkage spec; unset: the deployment's linkage_spec.")] = None,
    model_run: Annotated[
        int | None, typer.Option(help="Score with the model of this earlier run instead of training one.")
    ] = None,
    new: Annotated[
        bool,
        typer.Option("--new", help="Only what came since the last run, with its model: seconds, not minutes."),
    ] = False,
    explain_blocking: Annotated[
        bool, typer.Option("--explain-blocking", help="Print what each blocking rule found, and its largest buckets.")
    ] = False,
    truth: Annotated[
        Path | None,
        typer.Option(help="With --explain-blocking: a CSV source,key,person_id; prints what each rule finds of it."),
    ] = None,
    learn: Annotated[
        bool,
        typer.Option("--learn", help="With --model-run: first learn from verdicts how one child's records differ (m)."),
    ] = False,
    with_names: Annotated[
        bool, typer.Option("--with-names", help="Let the report show records; then it holds names of children.")
    ] = False,
) -> None:
    """Score the records that families and authorities seek against all lists, and store the candidates for review.

    Writes report.html into the run's folder: weights, waterfalls, blocking, what the lists know; without names.

    Example: ridni link --explain-blocking

    Example: ridni link --new
    """
    from configs.settings import settings
    from pipelines.linkage import dask_cluster
    from pipelines.linkage.report_files import REPORT, WITH_NAMES
    from pipelines.linkage.run import load_registry_spec

    load_registry_spec(spec or settings().linkage_spec)
    if model_run is not None and not (settings().folder("runs") / f"{model_run:06d}" / "model.json").exists():
        raise UserError(
            f"run {model_run} has no model in {settings().folder('runs')}; leave --model-run out to train one"
        )
    if new and model_run is not None:
        raise UserError("--new links with the model of the last run; leave --model-run out")
    if learn and model_run is None:
        raise UserError("--learn teaches the model of an earlier run; name the run with --model-run")
    if truth is not None and not explain_blocking:
        raise UserError("--truth tells what the blocking rules find: add --explain-blocking")
    known = read_truth_file(truth) if truth is not None else None
    dask_cluster.check()
    startup.flows()
    from pipelines.flows import progress as flow_progress
    from pipelines.flows.link import link as flow

    with progress("Linking") as tell, flow_progress.listening(tell):
        counts = flow(str(spec.resolve()) if spec else None, model_run, with_names, new, learn)
    if counts["run_id"] is None:
        out.print("Nothing new since the last run.")
        return
    if new and counts["records_new"] is None:
        err.print("No run has gone before with this spec, so everything was linked; the next --new is quick.")
    if new and counts["records_new"] and counts["records_new"] == counts["records"]:
        err.print("No record has been linked by these blocking rules before (the last run may have had another spec).")
    records = (
        f"{thousands(counts['records_new'])} new records against {thousands(counts['records'])}"
        if counts["records_new"] is not None
        else f"{thousands(counts['records'])} records"
    )
    if counts["empty_fields"]:
        err.print(f"No record has a value of {', '.join(counts['empty_fields'])}: said nothing in this run.")
    if counts["unlearned"]:
        err.print(
            f"The model has not been trained on {', '.join(counts['unlearned'])}: scored by the spec's priors. "
            "`ridni link` trains on them."
        )
    out.print(
        f"Run {counts['run_id']}: {records}, {thousands(counts['compared'])} pairs, "
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
    if explain_blocking and known is not None:
        from pipelines.linkage.run import blocking_against

        with progress("Blocking") as tell:
            blocking.show([asdict(rule) for rule in blocking_against(spec or settings().linkage_spec, known, tell)])
    elif explain_blocking:
        blocking.show(counts["rules"])
