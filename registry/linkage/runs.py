"""Runs of flows with their manifests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from registry import audit
from registry.models import Run, RunStatus


def start(kind: str, manifest: Mapping[str, Any]) -> Run:
    """Open a run; the manifest holds input hashes, code version, config, model, thresholds and seed."""
    with transaction.atomic():
        run = Run.objects.create(kind=kind, manifest=dict(manifest), started_at=timezone.now())
        audit.append("system", "run.started", "run", str(run.pk), {"kind": kind})
    return run


def finish(run: Run, counts: Mapping[str, Any]) -> None:
    """Close a run with its counts."""
    _close(run, RunStatus.FINISHED, counts)


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
