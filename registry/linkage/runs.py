"""Runs of flows with their manifests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from registry import audit
from registry.models import Run, RunStatus

_PRIORS = "prior_bits"


def start(kind: str, manifest: Mapping[str, Any]) -> Run:
    """Open a run; the manifest holds input hashes, code version, config, model, thresholds and seed."""
    with transaction.atomic():
        run = Run.objects.create(kind=kind, manifest=dict(manifest), started_at=timezone.now())
        audit.append("system", "run.started", "run", str(run.pk), {"kind": kind})
    return run


def events_before() -> int | None:
    """Return the last event of identities before the newest finished run over everything; None when there was none."""
    whole = Run.objects.filter(kind="link", status=RunStatus.FINISHED, manifest__records_new=None)
    told = whole.filter(counts__has_key="events_before").order_by("-pk").first()
    return None if told is None else int(told.counts["events_before"])


def finish(run: Run, counts: Mapping[str, Any]) -> None:
    """Close a run with its counts."""
    _close(run, RunStatus.FINISHED, counts)


def prior_bits_of(lists: Iterable[tuple[str, str, float]]) -> dict[str, dict[str, float]]:
    """Return what a run keeps of its model: log2 of the odds that a random pair of two lists is one child."""
    return {_PRIORS: {"|".join(sorted((left, right))): round(bits, 3) for left, right, bits in lists}}


def prior_bits(run: Run, left: str, right: str) -> float | None:
    """Return the same for the lists of a pair; None for a run of an earlier version, which did not keep it."""
    found: float | None = run.counts.get(_PRIORS, {}).get("|".join(sorted((left, right))))
    return found


def fail(run: Run) -> None:
    """Close a run that did not come to its end."""
    _close(run, RunStatus.FAILED, {})


def _close(run: Run, status: RunStatus, counts: Mapping[str, Any]) -> None:
    with transaction.atomic():
        run.status = status
        run.counts = dict(counts)
        run.finished_at = timezone.now()
        run.save(update_fields=["status", "counts", "finished_at"])
        audit.append("system", f"run.{status}", "run", str(run.pk), {"counts": dict(counts)})
