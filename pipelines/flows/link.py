"""The link flow: current records → scored candidates. Prefect sees the spec's name, ids, counts and hashes."""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from configs import process_guard
from configs.settings import settings
from matching.engine.backend import Backend
from pipelines.flows import progress
from pipelines.flows.redaction import discreet
from pipelines.linkage import dask_cluster, run
from registry import database

# The cluster's client belongs to the flow; Prefect would try to record it as a parameter of the task.
_backend: ContextVar[Backend | None] = ContextVar("backend", default=None)


@task(name="link records", cache_policy=NO_CACHE)
@discreet
def link_records(spec: str, model_run: int | None, with_names: bool, only_new: bool, learn: bool) -> dict[str, Any]:
    """Block, compare, train, score and store; return the run's id and counts, no id when there was nothing new."""
    model = settings().folder("runs") / f"{model_run:06d}" / "model.json" if model_run is not None else None
    outcome = run.run(
        Path(spec),
        model_path=model,
        only_new=only_new,
        learn=learn,
        with_names=with_names,
        backend=_backend.get(),
        progress=progress.tell,
    )
    if outcome is None:
        return {"run_id": None}
    return {
        "run_id": outcome.run_id,
        "records": outcome.records,
        "records_new": outcome.new,
        "compared": outcome.compared,
        "rules": outcome.rules,
        "empty_fields": outcome.empty_fields,
        "unlearned": outcome.unlearned,
        **outcome.candidates,
    }


@flow(name="link", flow_run_name="link", persist_result=False, task_runner=dask_cluster.task_runner())  # type: ignore[arg-type]
@discreet
def link(
    spec: str | None = None,
    model_run: int | None = None,
    with_names: bool = False,
    only_new: bool = False,
    learn: bool = False,
) -> dict[str, Any]:
    """Link current records and return the run's counts.

    Args:
        spec: Path of a linkage spec; unset: the deployment's `linkage_spec`.
        model_run: Score with the model of this run instead of training one.
        with_names: Whether the run's report may show records.
        only_new: Link what came since the last run.
        learn: Let the model of that run first learn from verdicts.
    """
    process_guard.guard()
    database.prepare()
    with dask_cluster.backend() as backend:
        _backend.set(backend)
        return link_records(spec or str(settings().linkage_spec), model_run, with_names, only_new, learn)
