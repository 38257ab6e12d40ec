"""The nightly publish flow: what the case feed serves is checked down to the bytes, and the check is written down.

A case system that stores the checkpoint can prove later what it was served: event position, audit position and hash.
"""

from __future__ import annotations

from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from configs import process_guard
from pipelines.flows.redaction import discreet
from registry import database


@task(name="check audit log", cache_policy=NO_CACHE)
@discreet
def check_audit() -> None:
    """Recompute the audit chain; fail at the first broken row."""
    from registry import audit
    from registry.errors import RegistryError

    report = audit.verify()
    if not report.sound:
        raise RegistryError(f"Audit row {report.first_broken_seq} is broken", "audit log", "Run `ridni audit verify`")


@task(name="check evidence of the feed", cache_policy=NO_CACHE)
@discreet
def check_evidence() -> dict[str, int]:
    """Check that each value of each verified identity leads to sound bytes and a locator."""
    from registry.access import field_access
    from registry.errors import EvidenceError
    from registry.evidence import store
    from registry.identities import identities

    sound: set[str] = set()
    count, after = 0, None
    while page := identities.page(after=after):
        for identity in page:
            for values in identities.values(identity.id, seen=field_access.EVERYTHING).values():
                for value in values:
                    if value.evidence_sha256 not in sound and not store.is_sound(value.evidence_sha256):
                        raise EvidenceError("Bytes behind a verified identity are damaged", value.evidence_sha256[:12])
                    sound.add(value.evidence_sha256)
        count += len(page)
        after = page[-1].id
    return {"identities": count, "evidence_files": len(sound)}


@flow(name="publish", flow_run_name="publish", persist_result=False)
@discreet
def publish() -> dict[str, Any]:
    """Check the feed and write a signed checkpoint (`registry.checkpoints`); return it."""
    process_guard.guard()
    database.prepare()
    from registry import checkpoints
    from registry.judgements import events, unions

    unions.settle_due()
    last_event = events.last_seq()
    check_audit()
    return checkpoints.write(last_event=last_event, **check_evidence())
