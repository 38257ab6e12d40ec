"""`ridni link`: candidates from all current records."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli import startup
from pipelines.cli.console import UserError, err, out, progress, thousands
from pipelines.cli.matches import blocking
from pipelines.cli.matches.candidates import read_truth_file

if TYPE_CHECKING:
    from pipelines.linkage.outcome import LinkOutcome, LinkRequest


def link(
    spec: Annotated[Path | None, typer.Option(help="A linkage spec; unset: the deployment's linkage_spec.")] = None,
    model_run: Annotated[
        int | None, typer.Option(help="Score with the model of this earlier run instead of training one.")
    ] = None,
    new: Annotated[
        bool,
        typer.Option("--new", help="Only what came since the last run, with its model: seconds, not minutes."),
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Score everything anew, even when nothing has changed since the last run.")
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
    request = _checked(spec, model_run, new=new, learn=learn, with_names=with_names, again=again)
    if truth is not None and not explain_blocking:
        raise UserError("--truth tells what the blocking rules find: add --explain-blocking")
    known = read_truth_file(truth) if truth is not None else None
    outcome = _run(request)
    if outcome is None:
        out.print("Nothing new since the last run.")
        return
    _show(request, outcome)
    if explain_blocking and known is not None:
        from pipelines.linkage.run import blocking_against

        with progress("Blocking") as tell:
            blocking.show(blocking_against(request.spec, known, tell))
    elif explain_blocking:
        blocking.show(outcome.rules)


def _checked(
    spec: Path | None, model_run: int | None, *, new: bool, learn: bool, with_names: bool, again: bool
) -> LinkRequest:
    """Return what is asked for, once spec, model and options are known to go together."""
    from configs.settings import settings
    from pipelines.linkage import dask_cluster, run_folder
    from pipelines.linkage.outcome import LinkRequest
    from pipelines.linkage.run import load_registry_spec

    path = spec.resolve() if spec else settings().linkage_spec
    load_registry_spec(path)
    if model_run is not None:
        run_folder.with_model(model_run, mend="Leave --model-run out to train one")
    if new and model_run is not None:
        raise UserError("--new links with the model of the last run; leave --model-run out")
    if learn and model_run is None:
        raise UserError("--learn teaches the model of an earlier run; name the run with --model-run")
    dask_cluster.check()
    return LinkRequest(path, model_run, new, learn, with_names, again)


def _run(request: LinkRequest) -> LinkOutcome | None:
    startup.flows()
    from pipelines.flows import progress as flow_progress
    from pipelines.flows.link import link as flow

    with progress("Linking") as tell, flow_progress.listening(tell):
        options = (request.model_run, request.with_names, request.only_new, request.learn, request.again)
        return flow(str(request.spec), *options)


def _show(request: LinkRequest, outcome: LinkOutcome) -> None:
    """Print what the run found, and what a person should know of it."""
    if request.only_new and outcome.new is None:
        err.print("No run has gone before with this spec, so everything was linked; the next --new is quick.")
    if outcome.new and outcome.new == outcome.records:
        err.print("No record has been linked by these blocking rules before (the last run may have had another spec).")
    if outcome.empty_fields:
        err.print(f"No record has a value of {', '.join(outcome.empty_fields)}: said nothing in this run.")
    for doubt in outcome.doubts:
        err.print(f"Does the model make sense? {doubt}.")
    if outcome.unsearched:
        lists = ", ".join(outcome.unsearched)
        err.print(f"Not searched for children who stand in one list twice (`within` in the spec): {lists}.")
    if outcome.unlearned:
        err.print(
            f"The model has not been trained on {', '.join(outcome.unlearned)}: scored by the spec's priors. "
            "`ridni link` trains on them."
        )
    if outcome.listed_twice:
        out.print(
            f"Listed twice? {thousands(outcome.listed_twice)} pairs in which nobody is sought are probably one child: "
            "they wait in a queue of their own; `ridni candidates listed-twice OUT.csv` writes them."
        )
    records = f"{thousands(outcome.records)} records"
    if outcome.new is not None:
        records = f"{thousands(outcome.new)} new records against {thousands(outcome.records)}"
    if outcome.unchanged:
        out.print(
            "Nothing has changed since the last run: its candidates stand. `ridni link --again` scores them anew."
        )
    counts = outcome.candidates
    out.print(
        f"Run {outcome.run_id}: {records}, {thousands(outcome.compared)} pairs, "
        f"{thousands(counts.proposed)} candidates proposed ({thousands(counts.new)} new, "
        f"{thousands(counts.updated)} rescored, {thousands(counts.withdrawn)} withdrawn, "
        f"{thousands(counts.decided)} already judged)."
    )
    if outcome.reopened:
        numbers = ", ".join(map(str, outcome.reopened[:10])) + (", …" if len(outcome.reopened) > 10 else "")
        err.print(
            f"Opened again: {thousands(len(outcome.reopened))} verified pairs leaned on a pair that was refused since "
            f"({numbers}). Their identities stand until people have looked anew."
        )
    if counts.moved:
        err.print(
            f"{thousands(counts.moved)} pairs that people have decided look otherwise to this model. They stay so, "
            "and nobody is asked again: `ridni identities moved` says which, and why."
        )
    if outcome.left_out:
        out.print(f"{thousands(outcome.left_out)} weak pairs were counted and not stored; the report has them by list.")
    folder = outcome.folder
    out.print(f"Report: {folder.report_with_names if request.with_names else folder.report}", soft_wrap=True)
    if not outcome.compared:
        err.print(
            "No pair was compared. Linking needs records that somebody seeks (source_class family or authority) and "
            "records of another source in which a child may be found; `ridni sources list` shows each source's side."
        )
