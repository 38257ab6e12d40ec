"""What waits for people, since when, and how quickly it goes: for the person who leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from registry.models import ESCALATION_REASONS, CandidateStatus, Review
from registry.models.review import standing

DAYS = 7
"""Days of which the pace is told, today among them."""

HANDED_OVER = """
SELECT e.reason, count(*), min(e.at) FROM registry_candidate c
JOIN LATERAL (SELECT reason, at FROM registry_escalation WHERE candidate_id = c.id
              ORDER BY reason <> 'safety', id DESC LIMIT 1) e ON true
WHERE c.status IN ('open', 'second') AND c.escalated GROUP BY e.reason
"""


@dataclass(frozen=True)
class Waiting:
    """Some pairs that wait, and since when the one that has waited longest."""

    pairs: int
    since: datetime | None


@dataclass(frozen=True)
class HandedOver:
    """Pairs handed over for one reason."""

    reason: str
    pairs: int
    since: datetime


def handed_over() -> list[HandedOver]:
    """Return what was handed over and waits, by reason, a child's safety first; a pair counts once."""
    with connection.cursor() as cursor:
        cursor.execute(HANDED_OVER)
        found = {reason: HandedOver(reason, pairs, since) for reason, pairs, since in cursor.fetchall()}
    return [found[reason] for reason in ESCALATION_REASONS if reason in found]


def for_safety() -> HandedOver | None:
    """Return what waits because a child's safety may be at stake, None where nothing does."""
    return next((one for one in handed_over() if one.reason == "safety"), None)


def for_verdict(status: CandidateStatus) -> Waiting:
    """Return the pairs that wait for a second or a third verdict, since the verdict before."""
    newest = standing().filter(candidate__status=status, candidate__escalated=False)
    found = newest.aggregate(pairs=Count("candidate", distinct=True))
    oldest = newest.order_by("decided_at").values_list("decided_at", flat=True).first()
    return Waiting(found["pairs"], oldest)


def pace() -> list[tuple[date, int]]:
    """Return how many verdicts were given on each of the last days, the oldest first."""
    today = timezone.localdate()
    first = today - timedelta(days=DAYS - 1)
    counted = dict(
        Review.objects.filter(decided_at__date__gte=first)
        .annotate(day=TruncDate("decided_at"))
        .values_list("day")
        .annotate(count=Count("pk"))
    )
    return [(day, counted.get(day, 0)) for day in (first + timedelta(days=n) for n in range(DAYS))]
