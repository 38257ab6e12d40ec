"""The link flow: current records → scored candidates. Prefect sees the spec's name, ids, counts and hashes."""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from configs import process_guard
from configs.settings import settings
from matching.engine.backend import Backend
from pipelines.flows import progress
from pipelines.flows.redaction import discreet
from pipelines.linkage import dask_cluster, run
from pipelines.linkage.outcome import LinkOutcome, LinkRequest
from registry import database

# The cluster's client belongs to the flow; Prefect would try to record it as a parameter of the task.
_backend: ContextVar[Backend | None] = ContextVar("backend", default=None)


@task(name="link records", cache_policy=NO_CACHE)
@discreet
def link_records(request: LinkRequest) -> LinkOutcome | None:
    """Block, compare, train, score and store; None when only new records were asked for and none came."""
    return run.run(request, backend=_backend.get(), progress=progress.tell)


@flow(name="link", flow_run_name="link", persist_result=False, task_runner=dask_cluster.task_runner())  # type: ignore[arg-type]
@discreet
def link(
    spec: str | None = None,
    model_run: int | None = None,
    with_names: bool = False,
    only_new: bool = False,
    learn: bool = False,
    again: bool = False,
) -> LinkOutcome | None:
    """Link current records; None when only new ones were asked for and none came.

    Args:
        spec: Path of a linkage spec; unset: the deployment's `linkage_spec`.
        model_run: Score with the model of this run instead of training one.
        with_names: Whether the run's report may show records.
        only_new: Link what came since the last run.
        learn: Let the model of that run first learn from verdicts.
        again: Score everything anew even when nothing has changed since the last run.
    """
    process_guard.guard()
    database.prepare()
    with dask_cluster.backend() as backend:
        _backend.set(backend)
        path = Path(spec) if spec else settings().linkage_spec
        return link_records(LinkRequest(path, model_run, only_new, learn, with_names, again))
