"""Allowed erasures from their first step to their certificates; a killed one is taken up where it was."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from keeping.erasure import again, carrying_out, requests
from keeping.erasure.again import Again
from pipelines.backup import data_key_copies, restoring
from pipelines.keeping import compaction, traces
from registry.models import Erasure

STEPS = ("the registry", "the evidence store", "what runs have learnt", "PostgreSQL's own files", "copies of keys")

Told = Callable[[str], None]


def carry_out(numbers: Sequence[int], told: Told = lambda step: None) -> list[Erasure]:
    """Carry out allowed erasures, and return them finished.

    Args:
        numbers: The erasures.
        told: Called with the name of each step before it begins.

    Raises:
        RegistryError: One is not allowed, or a hold was placed since.
    """
    told(STEPS[0])
    for number in numbers:
        carrying_out.in_tables(number)
    told(STEPS[1])
    for number in numbers:
        carrying_out.in_store(number)
    told(STEPS[2])
    files = {number: traces.remove(number) for number in numbers}
    told(STEPS[3])
    facts: dict[str, Any] = {"written_anew": compaction.compact()}
    told(STEPS[4])
    reached = data_key_copies.forget_erased()
    facts["keys_in_copies"] = (
        f"gone from {reached} copies"
        if reached is not None
        else f"the copies were not reached: gone with backup number {data_key_copies.KEPT} from now"
    )
    return [carrying_out.finish(number, files=files[number], **facts) for number in numbers]


def carry_out_all(told: Told = lambda step: None) -> int:
    """Go on with every erasure that is allowed and not finished; return how many there were."""
    _after_restore()
    waiting = [erasure.pk for erasure in requests.under_way()]
    if waiting:
        carry_out(waiting, told)
    return len(waiting)


def after_restore(told: Told = lambda step: None) -> Again:
    """Erase again what a restored backup has brought back; a killed run is finished by `carry_out_all`."""
    found = _after_restore()
    carry_out_all(told)
    return found


def _after_restore() -> Again:
    file = restoring.erased_since()
    if not file.exists():
        return Again(0, 0)
    found = again.allow(json.loads(file.read_bytes()))
    file.unlink()
    return found
