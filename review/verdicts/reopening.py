"""A decided pair opened again: earlier verdicts stay on file and no longer count, and what they led to stands for now.

New people judge it; only what they decide changes the identity, or goes to a third person where it contradicts.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from registry import audit
from registry.access import permissions
from registry.errors import ReviewError
from registry.judgements import notes, unions
from registry.models import (
    REOPEN_REASONS,
    Candidate,
    CandidateStatus,
    PendingUnion,
    Reopening,
    Review,
    Role,
    User,
)
from review.queue import gold_items

DECIDED = (CandidateStatus.VERIFIED, CandidateStatus.TWICE, CandidateStatus.REJECTED, CandidateStatus.UNRESOLVED)


def obstacle(user: User, candidate: Candidate) -> str:
    """Say why this person cannot open a pair again: the code of the rule, '' when they can."""
    if not permissions.may(user, permissions.JUDGE):
        return "role"
    judged = Review.objects.filter(candidate=candidate, reviewer=user).exists()
    if user.role != Role.LEAD and not judged:
        return "role"
    if candidate.status not in DECIDED or PendingUnion.objects.filter(candidate=candidate).exists():
        return "not_decided"
    if gold_items.item_of(candidate) is not None:
        return "not_decided"
    return "newer" if _is_followed(candidate) else ""


def reopen(user: User, candidate_id: int, reason: str, note: str = "") -> None:
    """Open a decided pair again; it goes back to the queue for people who have not judged it.

    Args:
        user: A lead, or somebody who judged the pair.
        candidate_id: The pair.
        reason: A code of `REOPEN_REASONS`.
        note: Free words for those who judge anew; at most 1,000 characters.

    Raises:
        ReviewError: With the code of the rule (`obstacle`), or of an unknown reason.
    """
    if reason not in REOPEN_REASONS:
        raise ReviewError("unknown_reason", "There is no such reason", f"Choose one of {', '.join(REOPEN_REASONS)}")
    note = notes.checked_note(note)
    with transaction.atomic():
        candidate = Candidate.objects.select_for_update(no_key=True).filter(pk=candidate_id).first()
        if candidate is None:
            raise ReviewError("unknown", "There is no such candidate")
        if code := obstacle(user, candidate):
            raise ReviewError(code, "This pair cannot be opened again by this person")
        last = Review.objects.filter(candidate=candidate).aggregate(last=Max("pk"))["last"]
        made = Reopening.objects.create(
            candidate=candidate, after_review=last or 0, by=user, reason=reason, at=timezone.now()
        )
        notes.keep(note, reopening=made)
        candidate.status, candidate.escalated = CandidateStatus.OPEN, False
        candidate.reserved_by, candidate.reserved_until = None, None
        candidate.save(update_fields=["status", "escalated", "reserved_by", "reserved_until"])
        unions.look_again(candidate)
        audit.append(str(user.pk), "candidate.reopened", "candidate", str(candidate.pk), {"reason": reason})


def _is_followed(candidate: Candidate) -> bool:
    """Tell whether a newer version of a row made the pair anew: that one is judged instead."""
    return Candidate.objects.filter(reopens=candidate).exists()
