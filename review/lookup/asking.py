"""Who may ask, how often, and what they are told; each question stands in the log, also the refused ones."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from configs.settings import settings
from registry import audit
from registry.access import permissions
from registry.errors import ReviewError
from registry.judgements import rows
from registry.models import PURPOSES, Candidate, IdentityMember, Lookup, LookupAnswer, Record, User
from registry.models.candidate import UNDECIDED
from review.lookup import search
from review.lookup.search import Question

DAY = timedelta(hours=24)
WARN_AT = 0.8
CASE = re.compile(r"(?=.*\d)[\w./-]{1,40}")
"""A case number has a digit and no space, so that nobody writes a name there."""

_LETTERS = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True)
class Answer:
    """A record as a caller may hear of it.

    Attributes:
        number: Of the answer, by which it is put before the reviewers.
        source_class: The kind of list; never which.
        observed: The month for which it speaks.
        slip: Whether the surname is a slip apart from the one asked for.
        stands: `verified` in an identity that two people confirmed, `waits` before reviewers, `alone` otherwise.
        lead: Whether it has been put before the reviewers.
    """

    number: int
    source_class: str
    observed: date | None
    slip: bool
    stands: str
    lead: bool = False


@dataclass(frozen=True)
class Much:
    """Somebody who has asked much in the last 24 hours."""

    username: str
    count: int
    limit: int


def left(user: User) -> int:
    """Return how many questions a person has left."""
    return max(0, settings().lookups_per_day - _asked(user))


def ask(user: User, question: Question, purpose: str, case: str) -> list[Answer]:
    """Answer a question; it counts whether anything is found or not.

    Raises:
        ReviewError: `role`; `purpose` or `case`: not stated; `too_little`: the name is not whole, or nothing else is
            known; `lookups`: the day's measure is used up. Only the last two are refused after a look at the question.
    """
    permissions.require(user, permissions.LOOKUP)
    case = case.strip()
    if purpose not in PURPOSES:
        raise ReviewError("purpose", "No purpose is stated", f"Choose one of {', '.join(PURPOSES)}")
    if not CASE.fullmatch(case) or _LETTERS.search(case):
        raise ReviewError("case", "The case has no number", "Give the number of the case or call, without a name")
    if not search.is_enough(question):
        raise ReviewError(
            "too_little",
            "Surname, given name, and the year of birth, a known town or the institution are needed",
            "Ask the caller for one of them",
        )
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two windows share one measure
        spent = left(user) == 0
        if spent:
            audit.append(str(user.pk), "lookup.refused", "user", str(user.pk), {"purpose": purpose, "case": case})
        else:
            answers = _answer(user, question, purpose, case)
    if spent:
        raise ReviewError("lookups", "The questions of this day are used up", "Hand the caller to the lead")
    return answers


def put_forward(user: User, number: int) -> None:
    """Put a record that one was told of before the reviewers: its pairs come first in the queue.

    Raises:
        ReviewError: There is no such answer to this person.
    """
    permissions.require(user, permissions.LOOKUP)
    with transaction.atomic():
        found = LookupAnswer.objects.select_for_update().filter(pk=number, lookup__asked_by=user).first()
        if found is None:
            raise ReviewError("unknown", "There is no such answer to this person")
        if found.lead_at is None:
            found.lead_at = timezone.now()
            found.save(update_fields=["lead_at"])
            audit.append(str(user.pk), "lookup.lead", "record", str(found.record_id), {"lookup": found.lookup_id})


def is_asked_for(candidate: Candidate) -> bool:
    """Tell whether somebody has put a record of a pair before the reviewers."""
    pair = [candidate.left_id, candidate.right_id]
    return LookupAnswer.objects.filter(record__in=pair, lead_at__isnull=False).exists()


def much() -> list[Much]:
    """Return who has used four fifths of the day's measure or more, for people who are to hear of it."""
    limit = settings().lookups_per_day
    found = (
        Lookup.objects.filter(asked_at__gt=_since())
        .values("asked_by__username")
        .annotate(count=Count("pk"))
        .filter(count__gte=math.ceil(WARN_AT * limit))
        .order_by("-count", "asked_by__username")
    )
    return [Much(one["asked_by__username"], one["count"], limit) for one in found]


def _answer(user: User, question: Question, purpose: str, case: str) -> list[Answer]:
    hits = search.find(question)
    records = Record.objects.select_related("source").in_bulk([hit.record_id for hit in hits])
    asked = Lookup.objects.create(
        asked_by=user, asked_at=timezone.now(), purpose=purpose, case=case, answers=len(records)
    )
    told = [
        (hit, records[hit.record_id], LookupAnswer.objects.create(lookup=asked, record=records[hit.record_id]))
        for hit in hits
        if hit.record_id in records
    ]
    facts = {"purpose": purpose, "case": case, "known": list(question.known), "records": sorted(records)}
    audit.append(str(user.pk), "lookup.asked", "lookup", str(asked.pk), facts)
    return [
        Answer(answer.pk, record.source.source_class, _month(record), bool(hit.slips), _stands(record))
        for hit, record, answer in told
    ]


def _stands(record: Record) -> str:
    row = rows.of_records([record.pk])[record.pk]
    if IdentityMember.objects.filter(row_id=row).exists():
        return "verified"
    pairs = Candidate.objects.filter(Q(left=record) | Q(right=record), status__in=UNDECIDED)
    return "waits" if pairs.exists() else "alone"


def _month(record: Record) -> date | None:
    return record.observed_on.replace(day=1) if record.observed_on else None


def _asked(user: User) -> int:
    return Lookup.objects.filter(asked_by=user, asked_at__gt=_since()).count()


def _since() -> datetime:
    return timezone.now() - DAY
