"""Whether the machine's opinion of a pair is still hidden from the person who looks at it."""

from __future__ import annotations

from registry.models import Candidate, CandidateStatus, Provisional, User

HIDDEN, SHOWN = "hidden", "shown"

OF_OTHER_PAIRS = frozenset({"transfer", "kin_transfer", "own_transfer", "kin_listed"})
"""What the machine concludes from other pairs: it is opinion, not what the two records say."""


def stage(candidate: Candidate, user: User) -> str:
    """Return `hidden` before a person's provisional verdict, `shown` after it, '' where none is asked."""
    asked = candidate.left.source.evidence_first or candidate.right.source.evidence_first
    if candidate.status != CandidateStatus.OPEN or not asked:
        return ""
    given = Provisional.objects.filter(candidate=candidate, reviewer=user).exists()
    return SHOWN if given else HIDDEN


def is_hidden_from(user: User, candidate_id: int) -> bool:
    """Tell the same of the candidate of a number, which the person may not hold."""
    found = Candidate.objects.select_related("left__source", "right__source").filter(pk=candidate_id)
    candidate = found.filter(reserved_by=user).first()
    return candidate is not None and is_hidden(candidate, user)


def is_hidden(candidate: Candidate, user: User) -> bool:
    """Tell whether a provisional verdict comes first."""
    return stage(candidate, user) == HIDDEN
