"""The queue: who gets which pair next, for how long, and in which order.

The order is probability times urgency (`deskfacts`), the highest first; of equal ones second verdicts before first.
A pair is reserved for one person at a time, and a person holds one at a time. Nobody gets a pair that they have judged,
handed over, or entered a record of.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from configs.settings import settings
from registry import audit
from registry.errors import ReviewError
from registry.models import Candidate, CandidateStatus, Skip, User
from registry.models.candidate import UNDECIDED
from review.queue import gold_items

SKIPPED_FOR = timedelta(hours=8)
ROWS = 5
"""So many rows of a meeting of rosters are before a person at once."""
AGES: dict[str, tuple[int, int]] = {"0-5": (0, 5), "6-11": (6, 11), "12-15": (12, 15), "16-17": (16, 17)}
"""Ages in years, first and last, by which the queue may be filtered."""


@dataclass(frozen=True)
class QueueFilter:
    """Which pairs a person wants to be given; empty parts ask for nothing.

    Attributes:
        source: Number of a source of one of the two records.
        scenario: Code of the scenario. Pairs that wait for a blind second verdict are never chosen by it.
        region: Identifier of a region in which a place of either record may lie.
        age: A key of `AGES`, by the age the child has now.
        meeting: Number of two rosters that meet.
    """

    source: int | None = None
    scenario: str = ""
    region: str = ""
    age: str = ""
    meeting: int | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is asked for."""
        return self == QueueFilter()


EVERYTHING = QueueFilter()

FREE = """
  AND (c.reserved_until IS NULL OR c.reserved_until < %(now)s)
"""

# What one person may ever be given; each part looks one row up by an index.
FOR_USER = f"""
  AND NOT EXISTS (SELECT 1 FROM registry_review r LEFT JOIN registry_withdrawal w ON w.review_id = r.id
                  WHERE r.candidate_id = c.id AND r.reviewer_id = %(user)s AND (w.id IS NULL OR r.ordinal = 2))
  AND NOT EXISTS (SELECT 1 FROM registry_escalation e WHERE e.candidate_id = c.id AND e.by_id = %(user)s)
  AND NOT EXISTS (SELECT 1 FROM registry_record o WHERE o.id IN (c.left_id, c.right_id) AND o.entered_by_id = %(user)s)
{gold_items.NOT_GOLD_FOR_USER}"""  # noqa: S608

NOT_SKIPPED = """
  AND NOT EXISTS (SELECT 1 FROM registry_skip s
                  WHERE s.candidate_id = c.id AND s.reviewer_id = %(user)s AND s.at > %(skipped_since)s)
"""

CHOSEN: dict[str, str] = {
    "source": "AND {of}.sources @> ARRAY[%(source)s]::bigint[]",
    "scenario": "AND {of}.scenario = %(scenario)s AND {of}.status <> 'second'",
    "region": "AND {of}.regions @> ARRAY[%(region)s]::varchar[]",
    "age": "AND {of}.born_from <= %(born_to)s AND {of}.born_to >= %(born_from)s",
    "meeting": "AND {of}.meeting_id = %(meeting)s",
}
"""What each part of a filter adds to the statement."""

# Each statement walks its partial index in order and stops at the first free row. That probability times urgency is no
# less than probability says nothing new; it lets the walk end where nothing likely enough follows.
ORDINARY = """
SELECT c.id FROM registry_candidate c
WHERE c.status IN ('open', 'second') AND NOT c.escalated AND c.probability >= %(review_from)s
  AND c.probability * c.urgency >= %(review_from)s {conditions}
ORDER BY c.probability * c.urgency DESC, c.status DESC, c.id
"""

# The inner query is answered from the index `candidate_by_wish` alone, so that looking in vain is quick as well; the
# table's wide rows are read for what it finds.
WISHED = """
SELECT c.id FROM (
    SELECT q.id, q.probability * q.urgency AS priority, q.status FROM registry_candidate q
    WHERE q.status IN ('open', 'second') AND NOT q.escalated AND q.probability >= %(review_from)s
      AND q.probability * q.urgency >= %(review_from)s {wished}
    ORDER BY q.probability * q.urgency DESC, q.status DESC, q.id OFFSET 0
) q JOIN registry_candidate c ON c.id = q.id
WHERE c.status IN ('open', 'second') AND NOT c.escalated {conditions}
ORDER BY q.priority DESC, q.status DESC, q.id
"""

UNLIKELY_SECOND = """
SELECT c.id FROM registry_candidate c
WHERE c.status = 'second' AND NOT c.escalated AND c.probability < %(review_from)s {conditions}
ORDER BY c.probability DESC, c.id
"""

DISPUTED = """
SELECT c.id FROM registry_candidate c WHERE c.status = 'disputed' {conditions}
ORDER BY c.probability DESC, c.id
"""

ESCALATED = """
SELECT c.id FROM registry_candidate c WHERE c.status IN ('open', 'second') AND c.escalated {conditions}
ORDER BY c.probability DESC, c.id
"""

LOCKED = "LIMIT 1 FOR NO KEY UPDATE OF c SKIP LOCKED"


def take_next(user: User, chosen: QueueFilter = EVERYTHING) -> Candidate | None:
    """Reserve the next candidate for a person and return it, or None when nothing waits for them.

    First the one they hold already; then, for those who adjudicate, disputed and escalated ones; then by probability
    times urgency. Never one that somebody else holds, that they passed over within 8 hours, or that they must not
    judge; and no first review of one less probable than the setting `review_from`.

    Args:
        user: Who takes it.
        chosen: What they want to be given; what they hold already comes first in any case.

    Raises:
        ReviewError: The person's role does not judge candidates.
    """
    require_reviewer(user)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two windows of one person take one candidate
        candidate = _held(user) or _next(user, chosen)
        return _reserve(user, candidate) if candidate else None


def take(user: User, candidate_id: int, *, meeting: int | None = None) -> Candidate:
    """Reserve one certain candidate and give back the one this person holds.

    Only what stands before this person can be asked for, so that nobody walks through the registry by numbers: a
    candidate that shares a record or a meeting of rosters with the one they hold, or one of the next rows of `meeting`.

    Raises:
        ReviewError: The candidate is in other hands, not theirs to judge, or has nothing to do with the one they hold.
    """
    require_reviewer(user)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        held = _held(user)
        if held is not None and held.pk == candidate_id:
            return _reserve(user, held)
        wanted = Candidate.objects.filter(pk=candidate_id).first()
        beside = held is not None and wanted is not None and _beside(held, wanted)
        if wanted is None or not (beside or _is_next_row(user, wanted, meeting)):
            raise ReviewError("not_beside", "The candidate does not stand beside the one this person holds")
        candidate = _first(user, QueueFilter(), f"AND c.id = {int(candidate_id)}", skipped=True)
        if candidate is None:
            raise ReviewError("taken", "The candidate is in other hands or not this person's to judge")
        if held is not None:
            free(held)
        return _reserve(user, candidate)


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
    """Give a candidate back and keep it out of this person's queue for 8 hours.

    Raises:
        ReviewError: The person does not hold the candidate.
    """
    with transaction.atomic():
        candidate = reserved(user, candidate_id)
        Skip.objects.update_or_create(candidate=candidate, reviewer=user, defaults={"at": timezone.now()})
        free(candidate)
        audit.append(str(user.pk), "candidate.skipped", "candidate", str(candidate_id), {})


def peek(user: User, chosen: QueueFilter, limit: int = 1) -> list[Candidate]:
    """Return what this person would be given next under a filter, without taking it; what they hold is not counted."""
    with connection.cursor() as cursor:
        for statement in _statements(user, chosen):
            cursor.execute(_written(statement, chosen) + f"LIMIT {int(limit)}", _facts(user, chosen, timezone.now()))
            if numbers := [number for (number,) in cursor.fetchall()]:
                found = Candidate.objects.in_bulk(numbers)
                return [found[number] for number in numbers if number in found]
    return []


COUNT_UP_TO = """
SELECT (SELECT count(*) FROM (SELECT 1 FROM registry_candidate WHERE status = 'open' AND NOT escalated
                              AND probability >= %(from)s LIMIT %(most)s) first),
       (SELECT count(*) FROM (SELECT 1 FROM registry_candidate WHERE status = 'second' AND NOT escalated
                              LIMIT %(most)s) second),
       (SELECT count(*) FROM (SELECT 1 FROM registry_candidate WHERE status = 'disputed' LIMIT %(most)s) third)
"""


def waiting(most: int) -> dict[str, int]:
    """Count what waits for a first, second and third verdict, but not beyond `most`: nobody needs to know more.

    What was handed over waits for adjudicators only and is not counted (`handed_over`).
    """
    with connection.cursor() as cursor:
        cursor.execute(COUNT_UP_TO, {"from": settings().review_from, "most": most})
        found = cursor.fetchone()
    return dict(zip(map(str, UNDECIDED), found, strict=True))


def handed_over(user: User, most: int) -> int:
    """Count what was handed over to this person and colleagues, up to `most`; 0 for whoever does not adjudicate."""
    if not user.may_adjudicate:
        return 0
    found = ESCALATED.format(conditions=FOR_USER) + "LIMIT %(most)s"
    with connection.cursor() as cursor:
        facts = {**_facts(user, EVERYTHING, timezone.now()), "most": most}
        cursor.execute(f"SELECT count(*) FROM ({found}) handed_over", facts)  # noqa: S608
        return int(cursor.fetchone()[0])


def require_reviewer(user: User) -> None:
    """Refuse whoever does not judge candidates."""
    if not user.may_review:
        raise ReviewError(
            "role", "This account does not judge candidates", "Sign in as a verifier, adjudicator or lead"
        )


def reserved(user: User, candidate_id: int) -> Candidate:
    """Lock a candidate that this person holds and return it."""
    candidate = Candidate.objects.select_for_update(no_key=True).filter(pk=candidate_id).first()
    if candidate is not None and candidate.status == CandidateStatus.SUPERSEDED:
        raise ReviewError("superseded", "A record of the pair was corrected by its source", "Take the next one")
    if candidate is None or candidate.reserved_by_id != user.pk or candidate.status not in UNDECIDED:
        raise ReviewError("not_reserved", "The candidate is not reserved for this person", "Take the next one")
    return candidate


def reserve_again(user: User, candidate: Candidate) -> bool:
    """Reserve a locked candidate for a person who holds no other; tell whether that was so."""
    if Candidate.objects.filter(reserved_by=user).exclude(pk=candidate.pk).exists():
        return False
    _reserve(user, candidate)
    return True


def free(candidate: Candidate) -> None:
    """Write a locked candidate back without a reservation."""
    candidate.reserved_by = None
    candidate.reserved_until = None
    candidate.save(update_fields=["status", "escalated", "reserved_by", "reserved_until"])


def _held(user: User) -> Candidate | None:
    return (
        Candidate.objects.select_for_update(no_key=True)
        .filter(reserved_by=user, status__in=UNDECIDED)
        .order_by("pk")
        .first()
    )


def _next(user: User, chosen: QueueFilter) -> Candidate | None:
    """Lock and return the next candidate; now and then a gold item in the place of another first look."""
    candidate = _first(user, chosen, "")
    if candidate is None or candidate.escalated or candidate.status != CandidateStatus.OPEN or not gold_items.is_due():
        return candidate
    return _first(user, chosen, gold_items.IS_GOLD) or candidate


def _first(user: User, chosen: QueueFilter, more: str, *, skipped: bool = False) -> Candidate | None:
    """Lock and return the first free candidate of the queues that this person works on."""
    facts = _facts(user, chosen, timezone.now())
    with connection.cursor() as cursor:
        for statement in _statements(user, chosen):
            cursor.execute(_written(statement, chosen, more, skipped=skipped) + LOCKED, facts)
            if (row := cursor.fetchone()) is not None:
                return Candidate.objects.get(pk=row[0])
    return None


def _statements(user: User, chosen: QueueFilter) -> tuple[str, ...]:
    ordinary = (ORDINARY if chosen.is_empty or chosen.meeting else WISHED, UNLIKELY_SECOND)
    return (DISPUTED, ESCALATED, *ordinary) if user.may_adjudicate else ordinary


def _written(statement: str, chosen: QueueFilter, more: str = "", *, skipped: bool = False) -> str:
    wishes = " ".join(CHOSEN[name] for name, value in asdict(chosen).items() if value not in (None, ""))
    outer = "" if statement is WISHED else wishes.format(of="c")
    conditions = " ".join([outer, more, FREE, FOR_USER, "" if skipped else NOT_SKIPPED])
    return statement.format(conditions=conditions, wished=wishes.format(of="q"))


def _facts(user: User, chosen: QueueFilter, now: datetime) -> dict[str, Any]:
    youngest, oldest = AGES.get(chosen.age, (0, 0))
    year = timezone.localdate(now).year
    return {
        **asdict(chosen),
        "user": user.pk,
        "now": now,
        "skipped_since": now - SKIPPED_FOR,
        "review_from": settings().review_from,
        "born_from": year - oldest - 1,
        "born_to": year - youngest,
    }


def _is_next_row(user: User, wanted: Candidate, meeting: int | None) -> bool:
    return meeting is not None and wanted in peek(user, QueueFilter(meeting=meeting), ROWS)


def _beside(held: Candidate, wanted: Candidate) -> bool:
    shared = {held.left_id, held.right_id} & {wanted.left_id, wanted.right_id}
    return bool(shared) or (held.meeting_id is not None and held.meeting_id == wanted.meeting_id)


def _reserve(user: User, candidate: Candidate) -> Candidate:
    taken = candidate.reserved_by_id != user.pk
    candidate.reserved_by = user
    candidate.reserved_until = lease_end()
    candidate.save(update_fields=["reserved_by", "reserved_until"])
    if taken:
        audit.append(str(user.pk), "candidate.taken", "candidate", str(candidate.pk), {"status": candidate.status})
    return candidate


def lease_end() -> datetime:
    """Return when a reservation made now runs out."""
    return timezone.now() + timedelta(minutes=settings().lease_minutes)
