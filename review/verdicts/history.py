"""What has happened to a pair, step by step, as the log has it; people are numbered, not named.

All steps are shown once the pair is decided, to those who took part and to adjudicators, and of a disputed pair to
adjudicators. Until then everybody sees their own steps only, so that a second verdict stays blind.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from registry import actors, audit
from registry.access import field_access, permissions
from registry.errors import ReviewError
from registry.judgements import log, notes
from registry.models import AuditEntry, Candidate, CandidateStatus, Note, Record, Review, User
from registry.models.candidate import UNDECIDED
from review.child import identity_view
from review.child.columns import Column
from review.child.columns import columns as columns_of
from review.queue import budget
from review.verdicts import reopening
from review.verdicts.decisions import HISTORY_SEEN

STEPS = {
    "candidate.taken": "taken",
    "candidate.released": "released",
    "candidate.skipped": "skipped",
    "candidate.provisional": "provisional",
    "candidate.decided": "decided",
    "candidate.withdrawn": "withdrawn",
    "candidate.escalated": "escalated",
    "candidate.original_seen": "original_seen",
    "candidate.reopened": "reopened",
    "candidate.settled": "settled",
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
        verdict: Of a decision; `reason` likewise, or of handing over, opening again and settling.
        settlement: How a contradiction was settled.
        outcome: The status that a decision or its withdrawal led to.
    """

    at: datetime
    step: str
    person: int
    own: bool
    verdict: str = ""
    reason: str = ""
    settlement: str = ""
    outcome: str = ""


@dataclass(frozen=True)
class History:
    """The steps of a pair, the oldest first, and whether they are all there are.

    Attributes:
        columns: The two records, once the pair is decided.
        notes: The words written to verdicts, hand-overs and reopenings, the oldest first; likewise.
        identity: The identity that holds both, where this person may open it.
        reopenable: Whether this person may open the pair again.
    """

    candidate_id: int
    status: str
    whole: bool
    steps: tuple[Step, ...]
    columns: tuple[Column, ...] = ()
    notes: tuple[str, ...] = ()
    identity: UUID | None = None
    reopenable: bool = False


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
    columns: tuple[Column, ...] = ()
    if whole:
        budget.open_pair(user, candidate_id)
        columns = _records(user, candidate)
        shown = {"records": [column.side.record_id for column in columns]}
        audit.append(str(user.pk), HISTORY_SEEN, "candidate", str(candidate_id), shown)
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
                settlement=str(entry.data.get("settlement", "")),
                outcome=str(entry.data.get("outcome", "")),
            )
            for entry in found
        ),
        columns=columns,
        notes=_notes(candidate) if whole else (),
        identity=identity_view.of_pair(user, log.pair_of(candidate)) if whole else None,
        reopenable=whole and not reopening.obstacle(user, candidate),
    )


def _records(user: User, candidate: Candidate) -> tuple[Column, ...]:
    pair = Record.objects.select_related("source", "evidence", "batch").filter(
        pk__in=[candidate.left_id, candidate.right_id]
    )
    return columns_of(list(pair), field_access.of_person(user))


def _notes(candidate: Candidate) -> tuple[str, ...]:
    about = Q(pk__in=[])
    for part in ("review", "escalation", "reopening", "contradiction"):
        about |= Q(**{f"{part}__candidate": candidate})
    return tuple(notes.text_of(note) for note in Note.objects.filter(about).order_by("pk"))


def _is_open_to(user: User, candidate: Candidate) -> bool:
    adjudicates = permissions.may(user, permissions.ADJUDICATE)
    if candidate.status == CandidateStatus.DISPUTED:
        return adjudicates
    if candidate.status in UNDECIDED:
        return False
    return adjudicates or Review.objects.filter(candidate=candidate, reviewer=user, withdrawal=None).exists()
