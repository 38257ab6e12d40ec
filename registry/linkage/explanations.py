"""Explanations of stored candidates: made when somebody looks, from the candidate's small row and its run's layout."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache

from registry.linkage.explanation_rows import Layout, Reason, own_level, read, stored_bits, stored_levels
from registry.models import Candidate, ExplanationLayout


def register(layout: Layout) -> ExplanationLayout:
    """Keep a layout, once for each content, and return it."""
    text = json.dumps(layout, sort_keys=True, ensure_ascii=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    kept, _ = ExplanationLayout.objects.get_or_create(digest=digest, defaults={"layout": layout})
    return kept


def reasons(candidate: Candidate) -> list[Reason]:
    """Return what each field says of a candidate: `field`, `level`, `bits`, `code`, `sentence`; the scenario last."""
    layout_id = candidate.run.layout_id
    return [] if layout_id is None else read(_layout(layout_id), bytes(candidate.reasons))


def as_compared(candidate: Candidate) -> list[Reason]:
    """Return the same for whoever must not learn the scenario: nothing of it, and no field is called replaced.

    A field that the scenario takes as replaced says what its own level says.
    """
    layout_id = candidate.run.layout_id
    found = [reason for reason in reasons(candidate) if reason["field"] != "scenario"]
    if layout_id is None:
        return found
    return [own_level(_layout(layout_id), reason) for reason in found]


def worth(layout_id: int | None, stored: bytes) -> dict[str, float]:
    """Return the bits of each field of a candidate that states them."""
    return {} if layout_id is None else stored_bits(_layout(layout_id), stored)


def levels(layout_id: int | None, stored: bytes) -> dict[str, int]:
    """Return the level of each field that both records of a candidate fill."""
    return {} if layout_id is None else stored_levels(_layout(layout_id), stored)


@lru_cache(maxsize=64)  # a layout never changes, and a deployment has as many as it had specs
def _layout(layout_id: int) -> Layout:
    layout: Layout = ExplanationLayout.objects.values_list("layout", flat=True).get(pk=layout_id)
    return layout
