"""The queue and the verdicts: two people judge each candidate, the second without knowing the first verdict.

    open --first verdict--> second --same, same--> verified
                                   --different, different--> rejected
                                   --cannot tell, cannot tell--> unresolved
                                   --anything else--> disputed --third person--> verified, rejected or unresolved

    any of open, second, disputed --a source corrects one of the two rows--> superseded

A candidate is reserved for one person at a time, and a person holds one at a time.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from configs.settings import settings
from registry.errors import ReviewError
from registry.models import REASONS, Candidate, CandidateStatus, Review, Skip, User, Verdict
from registry.models.candidate import UNDECIDED
from registry.services import audit, blinding, verification

SKIPPED_FOR = timedelta(hours=8)


@dataclass(frozen=True)
class Decision:
    """What a verdict led to: the candidate's status after it, and the identity when it was verified."""

    candidate_id: int
    ordinal: int
    outcome: str
    identity_id: UUID | None = None


# Written so that each statement walks its partial index in order and stops at the first free row.
FREE_FOR_USER = """
  AND (c.reserved_until IS NULL OR c.reserved_until < %(now)s)
  AND NOT EXISTS (SELECT 1 FROM registry_review r WHERE r.candidate_id = c.id AND r.reviewer_id = %(user)s)
  AND NOT EXISTS (SELECT 1 FROM registry_skip s
                  WHERE s.candidate_id = c.id AND s.reviewer_id = %(user)s AND s.at > %(skipped_since)s)
"""

NEXT_ORDINARY = f"""
SELECT c.id FROM registry_candidate c
WHERE c.status IN ('open', 'second') AND c.probability >= %(review_from)s {FREE_FOR_USER}
ORDER BY c.probability DESC, c.status DESC, c.id
LIMIT 1 FOR NO KEY UPDATE OF c SKIP LOCKED
"""  # noqa: S608

NEXT_UNLIKELY_SECOND = f"""
SELECT c.id FROM registry_candidate c
WHERE c.status = 'second' AND c.probability < %(review_from)s {FREE_FOR_USER}
ORDER BY c.probability DESC, c.id
LIMIT 1 FOR NO KEY UPDATE OF c SKIP LOCKED
"""  # noqa: S608

NEXT_DISPUTED = f"""
SELECT c.id FROM registry_candidate c
WHERE c.status = 'disputed' {FREE_FOR_USER}
ORDER BY c.probability DESC, c.id
LIMIT 1 FOR NO KEY UPDATE OF c SKIP LOCKED
"""  # noqa: S608


def take_next(user: User) -> Candidate | None:
    """Reserve the next candidate for a person and return it, or None when nothing waits for them.

    First the one they hold already; then, for those who adjudicate, disputed ones; then the likeliest, a second
    review before a first one of the same probability. Never one that they have judged, passed over within 8 hours, or
    that somebody else holds; and no first review of one less probable than the setting `review_from`.

    Raises:
        ReviewError: The person's role does not judge candidates.
    """
    _require_reviewer(user)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two windows of one person take one candidate
        candidate = _held(user)
        if candidate is None:
            candidate = _next(user, timezone.now())
        if candidate is None:
            return None
        taken = candidate.reserved_by_id != user.pk
        candidate.reserved_by = user
        candidate.reserved_until = _lease_end()
        candidate.save(update_fields=["reserved_by", "reserved_until"])
        if taken:
            audit.append(str(user.pk), "candidate.taken", "candidate", str(candidate.pk), {"status": candidate.status})
    return candidate


def renew(user: User, candidate_id: int) -> Candidate:
    """Prolong a reservation by the full lease.

    Raises:
        ReviewError: The person does not hold the candidate.
    """
    with transaction.atomic():
        candidate = _reserved(user, candidate_id)
        candidate.reserved_until = _lease_end()
        candidate.save(update_fields=["reserved_until"])
    return candidate


def release(user: User, candidate_id: int) -> None:
    """Give a candidate back to the queue; nothing happens when the person does not hold it."""
    with transaction.atomic():
        freed = Candidate.objects.filter(pk=candidate_id, reserved_by=user).update(
            reserved_by=None, reserved_until=None
        )
        if freed:
            audit.append(str(user.pk), "candidate.released", "candidate", str(candidate_id), {})


def skip(user: User, candidate_id: int) -> None:
    """Give a candidate back and keep it out of this person's queue for 8 hours.

    Raises:
        ReviewError: The person does not hold the candidate.
    """
    with transaction.atomic():
        candidate = _reserved(user, candidate_id)
        Skip.objects.update_or_create(candidate=candidate, reviewer=user, defaults={"at": timezone.now()})
        _free(candidate)
        audit.append(str(user.pk), "candidate.skipped", "candidate", str(candidate_id), {})


def decide(user: User, candidate_id: int, verdict: str, reason: str) -> Decision:
    """Record a person's verdict and draw what follows from it.

    A lease that has run out is no obstacle as long as nobody else took the candidate: a verdict given is not lost.

    Args:
        user: Who judges; must hold the candidate and must not have judged it.
        candidate_id: The candidate.
        verdict: `same`, `different` or `cannot_tell`.
        reason: A code of `REASONS` for this verdict.

    Raises:
        ReviewError: Unknown verdict or reason, no reservation, already judged, or a role that may not.
    """
    if verdict not in Verdict.values:
        raise ReviewError("unknown_verdict", "There is no such verdict", f"Choose one of {', '.join(Verdict.values)}")
    if reason not in REASONS[verdict]:
        raise ReviewError(
            "unknown_reason", f"'{verdict}' has no such reason", f"Choose one of {', '.join(REASONS[verdict])}"
        )
    _require_reviewer(user)
    with transaction.atomic():
        candidate = _reserved(user, candidate_id)
        if candidate.status == CandidateStatus.DISPUTED and not user.may_adjudicate:
            raise ReviewError("adjudicators_only", "Only an adjudicator or lead decides disputed candidates")
        earlier = list(Review.objects.filter(candidate=candidate).order_by("ordinal"))
        if any(review.reviewer_id == user.pk for review in earlier):
            raise ReviewError("already_reviewed", "This person has judged the candidate already")
        review = Review.objects.create(
            candidate=candidate,
            reviewer=user,
            ordinal=len(earlier) + 1,
            verdict=verdict,
            reason=reason,
            decided_at=timezone.now(),
            shown=_shown(candidate, user),
        )
        candidate.status = outcome([review.verdict for review in [*earlier, review]])
        _free(candidate)
        identity_id = None
        if candidate.status == CandidateStatus.VERIFIED:
            identity_id = verification.verify(candidate).pk
        facts = {"verdict": verdict, "reason": reason, "ordinal": review.ordinal, "outcome": candidate.status}
        audit.append(str(user.pk), "candidate.decided", "candidate", str(candidate_id), facts)
    return Decision(candidate.pk, review.ordinal, str(candidate.status), identity_id)


def outcome(verdicts: list[str]) -> CandidateStatus:
    """Return the status that the verdicts of one, two or three different people lead to, in their order."""
    if len(verdicts) == 1:
        return CandidateStatus.SECOND
    counts = Counter(verdicts)
    if counts[Verdict.SAME] >= 2:
        return CandidateStatus.VERIFIED
    if len(verdicts) == 2:
        if counts[Verdict.DIFFERENT] == 2:
            return CandidateStatus.REJECTED
        return CandidateStatus.UNRESOLVED if counts[Verdict.CANNOT_TELL] == 2 else CandidateStatus.DISPUTED
    return CandidateStatus.REJECTED if verdicts[-1] == Verdict.DIFFERENT else CandidateStatus.UNRESOLVED


COUNT_OTHERS = "SELECT status, count(*) FROM registry_candidate WHERE status <> 'open' GROUP BY status"
COUNT_OFFERED = "SELECT 'open', count(*) FROM registry_candidate WHERE status = 'open' AND probability >= %s"


def queue_counts() -> dict[str, int]:
    """Count the candidates of each status; of the open ones, those that are likely enough to be offered."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_OTHERS)
        found = dict(cursor.fetchall())
        cursor.execute(COUNT_OFFERED, [settings().review_from])
        found |= dict(cursor.fetchall())
    return {str(status): int(found.get(str(status), 0)) for status in CandidateStatus}


def _require_reviewer(user: User) -> None:
    if not user.may_review:
        raise ReviewError(
            "role", "This account does not judge candidates", "Sign in as a verifier, adjudicator or lead"
        )


def _held(user: User) -> Candidate | None:
    return (
        Candidate.objects.select_for_update(no_key=True)
        .filter(reserved_by=user, status__in=UNDECIDED)
        .order_by("pk")
        .first()
    )


def _next(user: User, now: datetime) -> Candidate | None:
    facts: dict[str, Any] = {
        "user": user.pk,
        "now": now,
        "skipped_since": now - SKIPPED_FOR,
        "review_from": settings().review_from,
    }
    queues = (NEXT_ORDINARY, NEXT_UNLIKELY_SECOND)
    with connection.cursor() as cursor:
        for statement in (NEXT_DISPUTED, *queues) if user.may_adjudicate else queues:
            cursor.execute(statement, facts)
            if (row := cursor.fetchone()) is not None:
                return Candidate.objects.get(pk=row[0])
    return None


def _reserved(user: User, candidate_id: int) -> Candidate:
    """Lock a candidate that this person holds."""
    candidate = Candidate.objects.select_for_update(no_key=True).filter(pk=candidate_id).first()
    if candidate is not None and candidate.status == CandidateStatus.SUPERSEDED:
        raise ReviewError("superseded", "A record of the pair was corrected by its source", "Take the next one")
    if candidate is None or candidate.reserved_by_id != user.pk or candidate.status not in UNDECIDED:
        raise ReviewError("not_reserved", "The candidate is not reserved for this person", "Take the next one")
    return candidate


def _free(candidate: Candidate) -> None:
    candidate.reserved_by = None
    candidate.reserved_until = None
    candidate.save(update_fields=["status", "reserved_by", "reserved_until"])


def _lease_end() -> datetime:
    return timezone.now() + timedelta(minutes=settings().lease_minutes)


def _shown(candidate: Candidate, user: User) -> dict[str, Any]:
    """Describe what the person saw: which run's values, and whether the score and earlier verdicts were hidden."""
    blind = blinding.is_blind(candidate)
    shown: dict[str, Any] = {
        "run": candidate.run_id,
        "records": [candidate.left_id, candidate.right_id],
        "blind": blind,
    }
    if blind:
        return shown | {"swapped": blinding.is_swapped(candidate, user)}
    return shown | {"weight": candidate.weight, "probability": candidate.probability, "scenario": candidate.scenario}
