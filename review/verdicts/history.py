"""What has happened to a pair, step by step, as the log has it; people are numbered, not named.

All steps are shown once the pair is decided, to those who took part and to adjudicators, and of a disputed pair to
adjudicators. Until then everybody sees their own steps only, so that a second verdict stays blind.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from registry import actors, audit
from registry.access import permissions
from registry.errors import ReviewError
from registry.models import AuditEntry, Candidate, CandidateStatus, Review, User
from registry.models.candidate import UNDECIDED
from review.verdicts.decisions import HISTORY_SEEN

STEPS = {
    "candidate.taken": "taken",
    "candidate.released": "released",
    "candidate.skipped": "skipped",
    "candidate.decided": "decided",
    "candidate.withdrawn": "withdrawn",
    "candidate.escalated": "escalated",
    "candidate.original_seen": "original_seen",
}
"""Actions of the log that are steps of a pair's history."""

LONGEST = 60


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        at: When.
        step: One of the values of `STEPS`.
        person: 1 for the first person in this history, 2 for the second, …
        own: Whether it was the reader.
        verdict: Of a decision; `reason` likewise, or of handing over.
        outcome: The status that a decision or its withdrawal led to.
    """

    at: datetime
    step: str
    person: int
    own: bool
    verdict: str = ""
    reason: str = ""
    outcome: str = ""


@dataclass(frozen=True)
class History:
    """The steps of a pair, the oldest first, and whether they are all there are."""

    candidate_id: int
    status: str
    whole: bool
    steps: tuple[Step, ...]


def of_candidate(user: User, candidate_id: int) -> History:
    """Return the history of a pair as far as this person may know it, and log that they saw all of it.

    Raises:
        ReviewError: The person's role judges nothing, or they have had nothing to do with the pair.
    """
    permissions.require(user, permissions.JUDGE)
    candidate = Candidate.objects.filter(pk=candidate_id).first()
    if candidate is None:
        raise ReviewError("unknown", "There is no such candidate")
    whole = _is_open_to(user, candidate)
    entries = AuditEntry.objects.filter(object_type="candidate", object_id=str(candidate_id), action__in=STEPS)
    if not whole:
        entries = entries.filter(actor__in=actors.all_forms(user.pk))
    found = list(entries.order_by("-seq")[:LONGEST])[::-1]
    if not found:
        raise ReviewError("unknown", "This person has had nothing to do with the candidate")
    people = list(dict.fromkeys(actors.typed(entry.actor) for entry in found))
    if whole:
        audit.append(str(user.pk), HISTORY_SEEN, "candidate", str(candidate_id), {})
    return History(
        candidate_id,
        str(candidate.status) if whole else "",
        whole,
        tuple(
            Step(
                at=entry.at,
                step=STEPS[entry.action],
                person=people.index(actors.typed(entry.actor)) + 1,
                own=entry.actor in actors.all_forms(user.pk),
                verdict=str(entry.data.get("verdict", "")),
                reason=str(entry.data.get("reason", "")),
                outcome=str(entry.data.get("outcome", "")),
            )
            for entry in found
        ),
    )


def _is_open_to(user: User, candidate: Candidate) -> bool:
    adjudicates = permissions.may(user, permissions.ADJUDICATE)
    if candidate.status == CandidateStatus.DISPUTED:
        return adjudicates
    if candidate.status in UNDECIDED:
        return False
    return adjudicates or Review.objects.filter(candidate=candidate, reviewer=user, withdrawal=None).exists()
