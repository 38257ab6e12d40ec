"""Who holds which pair: a pair is reserved for one person at a time, and a person holds one at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from configs.settings import settings
from registry import actors, audit
from registry.errors import ReviewError
from registry.models import AuditEntry, Candidate, CandidateStatus, Skip, User
from registry.models.candidate import UNDECIDED
from review.queue import budget

STEPS = ("taken", "released", "skipped", "decided", "withdrawn", "escalated")
"""What a person does with a candidate they hold, as the log calls it."""


def is_held_by_another(candidate: Candidate, user: User) -> bool:
    """Tell whether somebody else holds a candidate now."""
    until = candidate.reserved_until
    return candidate.reserved_by_id not in (None, user.pk) and until is not None and until > timezone.now()


def last_step(user: User, candidate_id: int) -> str:
    """Return what this person did last with a candidate that they do not hold now.

    `taken` (the lease has run out, and others have it or have judged it), `released`, `skipped`, `decided`,
    `withdrawn` or `escalated`; '' where they never held it, or there is no such candidate.
    """
    steps = AuditEntry.objects.filter(
        object_type="candidate",
        object_id=str(candidate_id),
        action__in=[f"candidate.{step}" for step in STEPS],
        actor__in=actors.all_forms(user.pk),
    )
    action = steps.order_by("-seq").values_list("action", flat=True).first()
    return action.removeprefix("candidate.") if action else ""


def renew(user: User, candidate_id: int) -> Candidate:
    """Prolong a reservation by the full lease.

    Raises:
        ReviewError: The person does not hold the candidate.
    """
    with transaction.atomic():
        candidate = reserved(user, candidate_id)
        candidate.reserved_until = lease_end()
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
    """Give a candidate back and keep it out of this person's queue for a while (`statements.SKIPPED_FOR`).

    Raises:
        ReviewError: The person does not hold the candidate.
    """
    with transaction.atomic():
        candidate = reserved(user, candidate_id)
        Skip.objects.update_or_create(candidate=candidate, reviewer=user, defaults={"at": timezone.now()})
        free(candidate)
        audit.append(str(user.pk), "candidate.skipped", "candidate", str(candidate_id), {})
    budget.pass_over(user, candidate_id)


def held_by(user: User) -> Candidate | None:
    """Lock the undecided candidate that this person holds and return it; part of the caller's transaction."""
    held = Candidate.objects.select_for_update(no_key=True).filter(reserved_by=user, status__in=UNDECIDED)
    return held.order_by("pk").first()


def reserved(user: User, candidate_id: int) -> Candidate:
    """Lock a candidate that this person holds and return it; part of the caller's transaction.

    Raises:
        ReviewError: They do not hold it, or it is not to be judged any more.
    """
    candidate = Candidate.objects.select_for_update(no_key=True).filter(pk=candidate_id).first()
    if candidate is not None and candidate.status == CandidateStatus.SUPERSEDED:
        raise ReviewError("superseded", "A record of the pair was corrected by its source", "Take the next one")
    if candidate is None or candidate.reserved_by_id != user.pk or candidate.status not in UNDECIDED:
        raise ReviewError("not_reserved", "The candidate is not reserved for this person", "Take the next one")
    return candidate


def reserve(user: User, candidate: Candidate) -> Candidate:
    """Reserve a locked candidate for a person, for the full lease."""
    taken = candidate.reserved_by_id != user.pk
    candidate.reserved_by = user
    candidate.reserved_until = lease_end()
    candidate.save(update_fields=["reserved_by", "reserved_until"])
    if taken:
        audit.append(str(user.pk), "candidate.taken", "candidate", str(candidate.pk), {"status": candidate.status})
    return candidate


def reserve_again(user: User, candidate: Candidate) -> bool:
    """Reserve a locked candidate for a person who holds no other; tell whether that was so."""
    if Candidate.objects.filter(reserved_by=user).exclude(pk=candidate.pk).exists():
        return False
    reserve(user, candidate)
    return True


def free(candidate: Candidate) -> None:
    """Write a locked candidate back without a reservation."""
    candidate.reserved_by = None
    candidate.reserved_until = None
    candidate.save(update_fields=["status", "escalated", "reserved_by", "reserved_until"])


def lease_end() -> datetime:
    """Return when a reservation made now runs out."""
    return timezone.now() + timedelta(minutes=settings().lease_minutes)
