"""The pairs that speak for a pair, as far as one person may know of them: numbers, lists and standing, no names."""

from __future__ import annotations

from dataclasses import dataclass

from registry.access import permissions
from registry.linkage import support
from registry.models import Candidate, CandidateStatus, Review, User

DECIDED = (CandidateStatus.VERIFIED, CandidateStatus.REJECTED, CandidateStatus.UNRESOLVED)


@dataclass(frozen=True)
class SupporterView:
    """A supporting pair.

    Attributes:
        term: The collective term by which it speaks.
        candidate_id: Its number, None where it is no candidate.
        status: How it stands, '' where it is no candidate.
        sources: The lists of its two records.
        readable: Whether this person may read its history: a pair of their own verdict, or any for an adjudicator.
    """

    term: str
    candidate_id: int | None
    status: str
    sources: tuple[str, str]
    readable: bool


def behind(user: User, candidate: Candidate) -> tuple[SupporterView, ...]:
    """Return the pairs that speak for a candidate."""
    found = support.behind(candidate)
    decided = {one.candidate_id for one in found if one.candidate_id is not None and one.status in DECIDED}
    readable = decided
    if decided and not permissions.may(user, permissions.ADJUDICATE):
        own = Review.objects.filter(reviewer=user, candidate__in=decided, withdrawal=None)
        readable = set(own.values_list("candidate_id", flat=True))
    return tuple(
        SupporterView(one.term, one.candidate_id, one.status, one.sources, one.candidate_id in readable)
        for one in found
    )
