"""Evidence before the machine's opinion: a verdict by the records alone (linear sequential unmasking).

Where a source of the pair asks for it (`evidence_first`), a first look begins without score, bits and surroundings. The
person's provisional verdict is written down; then the opinion is shown, and the verdict that counts is given. Where it
is another one, it says what changed the mind. A second look is blind throughout, a third sees both verdicts.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from registry import audit
from registry.access import permissions
from registry.errors import ReviewError
from registry.models import CHANGED_BECAUSE, REASONS, Candidate, CandidateStatus, Provisional, Review, User, Verdict
from review.pair import unmasking
from review.queue import reservation
from review.verdicts.shown import shown_to


@dataclass(frozen=True)
class Changes:
    """How often the machine's opinion changed a mind.

    Attributes:
        given: Provisional verdicts with a verdict that counts after them.
        changed: Of them, those whose verdict is another.
        to_score: Of these, how many went where the score points (above one half: one child).
    """

    given: int
    changed: int
    to_score: int


def give(user: User, candidate_id: int, verdict: str, reason: str) -> Provisional:
    """Write down what a person says before the opinion is shown.

    Raises:
        ReviewError: Unknown verdict or reason, no reservation, or the pair's opinion is not hidden from them.
    """
    if verdict not in Verdict.values or reason not in REASONS[verdict]:
        raise ReviewError("unknown_verdict", "There is no such verdict or reason", "Choose another")
    permissions.require(user, permissions.JUDGE)
    with transaction.atomic():
        candidate = reservation.reserved(user, candidate_id)
        if not unmasking.is_hidden(candidate, user):
            raise ReviewError("not_hidden", "Nothing is hidden of this pair", "Give the verdict itself")
        if verdict == (Verdict.SAME if candidate.listed_twice else Verdict.TWICE):
            raise ReviewError("unknown_verdict", f"'{verdict}' is not asked of this pair", "Choose another verdict")
        given = Provisional.objects.create(
            candidate=candidate,
            reviewer=user,
            verdict=verdict,
            reason=reason,
            given_at=timezone.now(),
            shown=shown_to(candidate, user),
        )
        facts = {"verdict": verdict, "reason": reason}
        audit.append(str(user.pk), "candidate.provisional", "candidate", str(candidate_id), facts)
    return given


def followed(candidate: Candidate, user: User, verdict: str, changed: str) -> dict[str, object]:
    """Return what a verdict that counts keeps of the provisional one before it; part of the caller's transaction.

    Raises:
        ReviewError: It was to be given first (`evidence_first`), or the verdict is another and no reason says why.
    """
    if unmasking.is_hidden(candidate, user):
        raise ReviewError("evidence_first", "A provisional verdict comes first", "Look at the records alone first")
    given = Provisional.objects.filter(candidate=candidate, reviewer=user).first()
    if given is None or candidate.status != CandidateStatus.OPEN:
        return {}
    kept: dict[str, object] = {"verdict": given.verdict, "reason": given.reason, "at": given.given_at.isoformat()}
    if verdict != given.verdict:
        if changed not in CHANGED_BECAUSE:
            raise ReviewError("changed", "The verdict is another than the first", "Say what changed your mind")
        kept["changed"] = changed
    return {"provisional": kept}


def changes(since: object = None) -> Changes:
    """Count how often the opinion changed minds, of verdicts given since a moment."""
    found = Review.objects.filter(shown__has_key="provisional")
    if since is not None:
        found = found.filter(decided_at__gte=since)
    moved = found.filter(shown__provisional__has_key="changed")
    to_score = moved.filter(
        Q(verdict=Verdict.SAME, shown__probability__gte=0.5) | Q(verdict=Verdict.DIFFERENT, shown__probability__lt=0.5)
    )
    return Changes(found.count(), moved.count(), to_score.count())
