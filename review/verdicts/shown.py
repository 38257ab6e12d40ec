"""What a person had before them when they gave a verdict: ids, scores and hashes only."""

from __future__ import annotations

from typing import Any

from registry import actors
from registry.models import AuditEntry, Candidate, User
from review.pair import blinding, unmasking


def shown_to(candidate: Candidate, user: User) -> dict[str, Any]:
    """Describe what the person saw: run, records, whether the score was hidden, and what their last look contained."""
    blind = blinding.is_blind(candidate)
    shown: dict[str, Any] = {
        "run": candidate.run_id,
        "records": [candidate.left_id, candidate.right_id],
        "blind": blind,
    }
    look = (
        AuditEntry.objects.filter(
            object_type="candidate",
            object_id=str(candidate.pk),
            action="candidate.seen",
            actor__in=actors.all_forms(user.pk),
        )
        .order_by("-seq")
        .first()
    )
    if look is not None:
        shown["look"] = {"seq": look.seq, **{name: part for name, part in look.data.items() if name != "records"}}
    if blind:
        return shown | {"swapped": blinding.is_swapped(candidate, user)}
    if unmasking.is_hidden(candidate, user):
        return shown | {"opinion": unmasking.HIDDEN}
    return shown | {"weight": candidate.weight, "probability": candidate.probability, "scenario": candidate.scenario}
