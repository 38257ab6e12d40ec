"""The ingest flow: stored bytes → records and quarantine. Prefect sees a job's id and counts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from configs import process_guard
from pipelines.flows import progress
from pipelines.flows.redaction import discreet
from pipelines.ingestion import jobs
from registry import database


@task(name="verify evidence", cache_policy=NO_CACHE)
@discreet
def verify_evidence(job_id: str) -> str:
    """Check that the stored bytes still have their hash; return it."""
    from registry.errors import EvidenceError
    from registry.evidence import store

    sha256 = jobs.load_job(job_id).evidence_sha256
    if not store.is_sound(sha256):
        raise EvidenceError("The stored bytes do not have their SHA-256 any more", sha256[:12], "Restore from a backup")
    return sha256


@task(name="store batch", cache_policy=NO_CACHE)
@discreet
def store_batch(job_id: str) -> dict[str, Any]:
    """Read, extract, normalise and store the rows in one transaction; return the batch's counts."""
    job = jobs.load_job(job_id)
    return asdict(jobs.run(job, progress.tell))


@flow(name="ingest", flow_run_name="ingest-{job_id}", persist_result=False, validate_parameters=True)
@discreet
def ingest(job_id: str) -> dict[str, Any]:
    """Ingest one prepared job and return its counts."""
    process_guard.guard()
    database.prepare()
    verify_evidence(job_id)
    return store_batch(job_id)
