"""The queue: who gets which pair next, and in which order.

The order is probability times urgency (`registry.linkage.urgency`), the highest first; of equal ones second verdicts
before first. Nobody gets a pair that somebody else holds, or that they have judged, handed over, passed over lately or
entered a record of.
"""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from psycopg.sql import Composable

from registry.access import permissions
from registry.errors import ReviewError
from registry.models import Candidate, CandidateStatus, Support, User
from review.queue import budget, gold_items, reservation, statements
from review.queue.filters import EVERYTHING, QueueFilter

ROWS = 5
"""So many rows of a meeting of rosters are before a person at once."""


def take_next(user: User, chosen: QueueFilter = EVERYTHING) -> Candidate | None:
    """Reserve the next candidate for a person and return it, or None when nothing waits for them.

    First the one they hold already; then, for those who adjudicate, those handed over for a child's safety, disputed
    and other escalated ones; then by probability times urgency. Never one that somebody else holds, that they passed
    over within 8 hours, or that they must not judge; and no first review of one less probable than the setting
    `review_from`.

    Args:
        user: Who takes it.
        chosen: What they want to be given; what they hold already comes first in any case.

    Raises:
        ReviewError: The person's role does not judge candidates, or the queue is closed for them (`budget`).
    """
    permissions.require(user, permissions.JUDGE)
    with transaction.atomic():
        _lock(user)
        candidate = reservation.held_by(user)
        if candidate is None:
            budget.require_open(user)
            candidate = _next(user, chosen)
        return reservation.reserve(user, candidate) if candidate else None


def take(user: User, candidate_id: int, *, meeting: int | None = None) -> Candidate:
    """Reserve one certain candidate and give back the one this person holds.

    Only what stands before this person can be asked for, so that nobody walks through the registry by numbers: a
    candidate that shares a record or a meeting of rosters with the one they hold or speaks for it, or one of the next
    rows of `meeting`.

    Raises:
        ReviewError: The candidate is in other hands, not theirs to judge, or has nothing to do with the one they hold.
    """
    permissions.require(user, permissions.JUDGE)
    with transaction.atomic():
        _lock(user)
        held = reservation.held_by(user)
        if held is not None and held.pk == candidate_id:
            return reservation.reserve(user, held)
        budget.require_open(user)
        wanted = Candidate.objects.filter(pk=candidate_id).first()
        beside = held is not None and wanted is not None and _beside(held, wanted)
        if wanted is None or not (beside or _is_next_row(user, wanted, meeting)):
            raise ReviewError("not_beside", "The candidate does not stand beside the one this person holds")
        conditions = statements.for_user(statements.THIS_CANDIDATE, skipped=True)
        candidate = _first(user, EVERYTHING, conditions, candidate_id)
        if candidate is None:
            raise ReviewError("taken", "The candidate is in other hands or not this person's to judge")
        if held is not None:
            reservation.free(held)
        return reservation.reserve(user, candidate)


def peek(user: User, chosen: QueueFilter, limit: int = 1) -> list[Candidate]:
    """Return what this person would be given next under a filter, without taking it; what they hold is not counted."""
    values = statements.parameters(user, chosen, timezone.now()) | {"limit": limit}
    with connection.cursor() as cursor:
        for queue in statements.queues_of(user, chosen):
            cursor.execute(queue(chosen, statements.for_user()) + statements.LIMITED, values)
            if numbers := [number for (number,) in cursor.fetchall()]:
                candidates = Candidate.objects.in_bulk(numbers)
                return [candidates[number] for number in numbers if number in candidates]
    return []


def _lock(user: User) -> None:
    """Let two windows of one person take one candidate."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _next(user: User, chosen: QueueFilter) -> Candidate | None:
    """Lock and return the next candidate; now and then a gold item in the place of another first look."""
    candidate = _first(user, chosen, statements.for_user())
    if candidate is None or candidate.escalated or candidate.status != CandidateStatus.OPEN or not gold_items.is_due():
        return candidate
    return _first(user, chosen, statements.for_user(gold_items.IS_GOLD)) or candidate


def _first(
    user: User, chosen: QueueFilter, conditions: Composable, candidate_id: int | None = None
) -> Candidate | None:
    """Lock and return the first candidate of this person's queues that meets the conditions, or a certain one."""
    asked_for = () if candidate_id is None else (statements.unlikely_first,)
    values = statements.parameters(user, chosen, timezone.now()) | {"candidate": candidate_id}
    with connection.cursor() as cursor:
        for queue in (*statements.queues_of(user, chosen), *asked_for):
            cursor.execute(queue(chosen, conditions) + statements.LOCKED, values)
            if (row := cursor.fetchone()) is not None:
                return Candidate.objects.get(pk=row[0])
    return None


def _is_next_row(user: User, wanted: Candidate, meeting: int | None) -> bool:
    return meeting is not None and wanted in peek(user, QueueFilter(meeting=meeting), ROWS)


def _beside(held: Candidate, wanted: Candidate) -> bool:
    shared = {held.left_id, held.right_id} & {wanted.left_id, wanted.right_id}
    if shared or (held.meeting_id is not None and held.meeting_id == wanted.meeting_id):
        return True
    # Its page names the pairs that speak for it, except to whoever judges blind.
    sides = Q(by_left=wanted.left_id, by_right=wanted.right_id) | Q(by_left=wanted.right_id, by_right=wanted.left_id)
    return held.status != CandidateStatus.SECOND and Support.objects.filter(sides, candidate=held).exists()
