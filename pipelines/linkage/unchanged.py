"""A run over everything when nothing has changed since the last one: its candidates stand, and nothing is written."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from matching.blocking.report import RuleReport
from matching.spec import LinkageSpec
from pipelines.linkage.outcome import LinkOutcome, LinkRequest
from pipelines.linkage.run_folder import RunFolder

if TYPE_CHECKING:
    from registry.models import Run


def depends_on(request: LinkRequest, spec: LinkageSpec, state: str) -> dict[str, Any]:
    """Return what a run over everything with a model of its own depends on."""
    return {
        "code": version("ridni"),
        "spec": hashlib.sha256(request.spec.read_bytes()).hexdigest(),
        "spec_name": spec.name,
        "seed": spec.seed,
        "store": spec.store.model_dump(),
        "state": state,
        "model_given": None,
        "records_new": None,
    }


def outcome(request: LinkRequest, spec: LinkageSpec, state: str) -> LinkOutcome | None:
    """Return the outcome of the last run when another would do the same, with the urgency of today."""
    from registry.judgements import follow
    from registry.linkage import candidates
    from registry.linkage.candidates import CandidateCounts

    last = _last_run(depends_on(request, spec, state))
    if last is None:
        return None
    candidates.refresh()
    follow.run(None)
    counts, manifest = last.counts, RunFolder(last.pk).read_manifest()
    proposed, decided, superseded = counts["proposed"], counts["decided"], counts["superseded"]
    stand = proposed - decided - superseded
    return LinkOutcome(
        run_id=last.pk,
        records=last.manifest["records"],
        new=None,
        compared=counts["compared"],
        candidates=CandidateCounts(proposed, 0, 0, stand, decided, 0, superseded),
        left_out=counts["left_out"],
        rules=tuple(_rule(rule) for rule in manifest["blocking"]),
        empty_fields=tuple(manifest["empty_fields"]),
        unlearned=(),
        doubts=tuple(manifest["doubts"]),
        unsearched=tuple(manifest["unsearched"]),
        listed_twice=counts["listed_twice"],
        unchanged=True,
    )


def _rule(written: dict[str, Any]) -> RuleReport:
    return RuleReport(**{name: _as_tuples(value) for name, value in written.items()})


def _as_tuples(value: Any) -> Any:
    """Return a value as it was before it was written as JSON: its lists were tuples."""
    return tuple(map(_as_tuples, value)) if isinstance(value, list) else value


def _last_run(manifest: dict[str, Any]) -> Run | None:
    """Return the last run if it depended on just this and left all that a run leaves, else None."""
    from registry.models import Run, RunStatus

    last = Run.objects.filter(kind="link").order_by("-pk").first()
    if last is None or last.status != RunStatus.FINISHED:
        return None
    folder = RunFolder(last.pk)
    whole = folder.has_model and folder.terms.exists() and folder.report.exists()
    same = all(name in last.manifest and last.manifest[name] == value for name, value in manifest.items())
    return last if whole and same else None
