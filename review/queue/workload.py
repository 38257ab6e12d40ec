"""What lies on one reviewer's desk: the day, the candidate they hold, their own verdicts. Ids, codes and times only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, F
from django.utils import timezone

from configs.settings import settings
from registry.access import permissions
from registry.models import Candidate, CandidateStatus, GoldReview, NewEvidence, Review, User
from registry.models.candidate import UNDECIDED
from review.queue import gold_items, statements
from review.queue.filters import EVERYTHING

COUNTED = 10_000
"""What waits is counted so far: beyond it the page says that there is more."""


@dataclass(frozen=True)
class Day:
    """A reviewer's day.

    Attributes:
        decided_today: Verdicts this person has given since midnight, local time.
        first: Candidates that wait for a first verdict and are likely enough to be offered.
        second: Candidates that wait for a second verdict, without those whose first verdict is this person's.
        disputed: Disputed candidates that this person has not judged.
        handed_over: Candidates that colleagues handed over and that this person may judge; neither first nor second.
        listed_twice: Pairs in which nobody is sought that wait for a verdict, whoever gave the first.
        news: Records that wait beside verified children: new ones that may belong to them, and corrected members.

    None but the first is counted beyond `COUNTED`.
    """

    decided_today: int
    first: int
    second: int
    disputed: int
    handed_over: int = 0
    listed_twice: int = 0
    news: int = 0


@dataclass(frozen=True)
class Held:
    """The candidate that a person holds; `expired` when the lease has run out and nobody else has taken it yet."""

    candidate_id: int
    reserved_until: datetime
    expired: bool


@dataclass(frozen=True)
class OwnVerdict:
    """A verdict that this person has given.

    `superseded` when a row of the pair was corrected before the decision, `withdrawn` when they have taken it back.
    """

    review_id: int
    candidate_id: int
    ordinal: int
    verdict: str
    reason: str
    decided_at: datetime
    superseded: bool = False
    withdrawn: bool = False


def day(user: User) -> Day:
    """Count what this person has decided today and what waits for them."""
    own = Review.objects.filter(reviewer=user, withdrawal=None)
    judged = dict(
        own.filter(candidate__status__in=[CandidateStatus.SECOND, CandidateStatus.DISPUTED], candidate__escalated=False)
        .exclude(candidate__status=CandidateStatus.SECOND, candidate__listed_twice=True)
        .values_list("candidate__status")
        .annotate(count=Count("pk"))
    )
    now_waiting = waiting(COUNTED)
    first = now_waiting[CandidateStatus.OPEN]
    return Day(
        decided_today=decided_today(user),
        first=first if first >= COUNTED else max(0, first - gold_items.judged_by(user)),  # a count cut short stays so
        second=now_waiting[CandidateStatus.SECOND] - judged.get(CandidateStatus.SECOND, 0),
        disputed=now_waiting[CandidateStatus.DISPUTED] - judged.get(CandidateStatus.DISPUTED, 0),
        handed_over=handed_over(user, COUNTED),
        listed_twice=now_waiting["listed_twice"],
        news=NewEvidence.objects.values("row_id").distinct()[:COUNTED].count(),
    )


def waiting(most: int) -> dict[str, int]:
    """Count what waits for a first, second and third verdict, and `listed_twice`, but not beyond `most`.

    What was handed over waits for adjudicators only and is not counted (`handed_over`).
    """
    with connection.cursor() as cursor:
        cursor.execute(statements.COUNT_UP_TO, {"review_from": settings().review_from, "limit": most})
        counts = cursor.fetchone()
    return dict(zip([*map(str, UNDECIDED), "listed_twice"], counts, strict=True))


def handed_over(user: User, most: int) -> int:
    """Count what was handed over to this person and colleagues, up to `most`; 0 for whoever does not adjudicate."""
    if not permissions.may(user, permissions.ADJUDICATE):
        return 0
    handed = statements.escalated(EVERYTHING, statements.FOR_USER + gold_items.NOT_GOLD_FOR_USER) + statements.LIMITED
    with connection.cursor() as cursor:
        cursor.execute(statements.count(handed), {"user": user.pk, "limit": most})
        return int(cursor.fetchone()[0])


def decided_today(user: User) -> int:
    """Count the verdicts that this person has given since midnight, local time, and not taken back."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    own = Review.objects.filter(reviewer=user, withdrawal=None, decided_at__gte=midnight).count()
    return own + GoldReview.objects.filter(reviewer=user, decided_at__gte=midnight, withdrawn_at=None).count()


def held(user: User) -> Held | None:
    """Return the candidate that this person holds, also when its lease has run out."""
    candidate = Candidate.objects.filter(reserved_by=user, status__in=UNDECIDED).only("reserved_until").first()
    if candidate is None or candidate.reserved_until is None:
        return None
    return Held(candidate.pk, candidate.reserved_until, candidate.reserved_until <= timezone.now())


def own_verdicts(user: User, *, before: int | None = None, limit: int = 20) -> list[OwnVerdict]:
    """Return this person's verdicts, the newest first.

    Args:
        user: Whose verdicts.
        before: Only verdicts older than the one of this `review_id`.
        limit: At most so many.
    """
    own = Review.objects.filter(reviewer=user).order_by("-pk").select_related("withdrawal")
    own = own.annotate(standing=F("candidate__status"))
    if before is not None:
        own = own.filter(pk__lt=before)
    found = [
        OwnVerdict(
            *(r.pk, r.candidate_id, r.ordinal, r.verdict, r.reason, r.decided_at),
            superseded=r.standing == CandidateStatus.SUPERSEDED,
            withdrawn=hasattr(r, "withdrawal"),
        )
        for r in own[:limit]
    ]
    golden = GoldReview.objects.select_related("item__candidate").filter(reviewer=user)
    if before is not None:
        golden = golden.filter(pk__lt=before)
    found += [
        OwnVerdict(
            *(g.pk, g.item.candidate_id, 1, g.verdict, g.reason, g.decided_at),
            superseded=g.item.candidate.status == CandidateStatus.SUPERSEDED,
            withdrawn=g.withdrawn_at is not None,
        )
        for g in golden.order_by("-pk")[:limit]
    ]
    return sorted(found, key=lambda verdict: -verdict.review_id)[:limit]
