"""What an erased child leaves in files beside the database: what runs learnt, reports, profiles, jobs that wait."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from pathlib import Path

from configs.settings import settings
from pipelines.ingestion import jobs
from pipelines.linkage import run_folder
from registry.models import Batch, Redaction


def remove(erasure: int) -> dict[str, int]:
    """Remove them, and return how many files of each kind there were; what is gone already costs nothing."""
    originals = set(Redaction.objects.filter(erasure_id=erasure).values_list("original__sha256", flat=True))
    return {
        "learnt": _learnt(),
        "profiles": _profiles(originals),
        "jobs": _jobs(originals),
        "inbox": _inbox(originals),
    }


def _learnt() -> int:
    """Forget what all runs so far have learnt: models, how common values are, scores, reports that show records.

    Their manifests and reports without names stay; the next `ridni link` learns anew from what is left.
    """
    return sum(
        _gone(file)
        for folder in run_folder.newest_first()
        for file in (
            folder.model, folder.terms, folder.calibration, folder.scores_of_judged, folder.listed_twice,
            folder.support, folder.report_with_names, folder.evaluation,
        )
    )  # fmt: skip


def _profiles(originals: Collection[str]) -> int:
    batches = Batch.objects.filter(evidence__sha256__in=originals).select_related("source")
    folder = settings().folder("profiles")
    return sum(_gone(folder / f"{batch.source.slug}-{batch.pk}.html") for batch in batches)


def _jobs(originals: Collection[str]) -> int:
    removed = 0
    for number in jobs.unfinished():
        job = jobs.load_job(number)
        if job.evidence_sha256 in originals:
            removed += _gone(job.notes_path) + _gone(job.path)
    return removed


def _inbox(originals: Collection[str]) -> int:
    removed = 0
    for file in settings().folder("inbox").rglob("*"):
        if file.is_file() and originals:
            with file.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            removed += digest in originals and _gone(file)
    return removed


def _gone(file: Path) -> int:
    there = file.exists()
    file.unlink(missing_ok=True)
    return int(there)
