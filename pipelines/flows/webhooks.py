"""The flow that delivers webhooks: what is due, one attempt each, until nothing is due any more."""

from __future__ import annotations

from collections import Counter

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from configs import process_guard
from pipelines.flows.redaction import discreet
from registry import database

MOST_ROUNDS = 200
"""Of fifty messages each: another run goes on from there."""


@task(name="deliver due webhooks", cache_policy=NO_CACHE)
@discreet
def deliver_due() -> dict[str, int]:
    """Make one attempt for each message that is due; return how many stand where."""
    from casefeed import webhooks
    from registry.judgements import unions

    unions.settle_due()
    counts: Counter[str] = Counter()
    for _ in range(MOST_ROUNDS):
        made = webhooks.deliver()
        counts += made
        if not made:
            break
    return dict(counts)


@flow(name="deliver webhooks", flow_run_name="deliver webhooks", persist_result=False)
@discreet
def deliver() -> dict[str, int]:
    """Deliver what is due; for a schedule of every minute (`prefect.yaml`)."""
    process_guard.guard()
    database.prepare()
    return deliver_due()
