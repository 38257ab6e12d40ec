"""The nightly retention flow: what the terms of sources no longer allow goes, and killed erasures are finished."""

from __future__ import annotations

from prefect import flow

from configs import process_guard
from keeping import retention
from pipelines.flows.redaction import discreet
from pipelines.keeping import erasures
from registry import database


@flow(name="retention", flow_run_name="retention", persist_result=False)
@discreet
def retire() -> dict[str, int]:
    """Write down the plan of the night, carry it out, and return counts."""
    process_guard.guard()
    database.prepare()
    begun = retention.allow_due()
    finished = erasures.carry_out_all()
    return {"sources": len(begun), "rows": sum(int(one.plan["rows"]) for one in begun), "erasures": finished}
