"""Gold items: pairs whose answer the lead knows, judged like any other without anybody being able to tell.

A gold item is an open candidate. Verdicts on it go to a table of their own, under numbers from the one sequence that
all verdicts share, and never lead to an identity: the candidate stays open and goes to everybody in turn. Who planted
it is not given it. When it is retired, it is an ordinary open candidate again.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils import timezone
from psycopg.sql import SQL

from configs.settings import settings
from registry import audit
from registry.access import permissions
from registry.errors import ReviewError
from registry.models import Candidate, CandidateStatus, GoldItem, GoldReview, Review, User, Verdict
from review.queue import reservation

UNDONE_WITHIN = timedelta(hours=1)
"""Ordinary verdicts can be withdrawn until somebody acts upon them, which on a gold item nobody does."""

NOT_GOLD_FOR_USER = SQL("""
  AND NOT EXISTS (
      SELECT 1 FROM registry_golditem gi WHERE gi.candidate_id = c.id AND gi.retired_at IS NULL
        AND (gi.planted_by_id = %(user)s OR EXISTS (
            SELECT 1 FROM registry_goldreview gr
            WHERE gr.item_id = gi.id AND gr.reviewer_id = %(user)s AND gr.withdrawn_at IS NULL)))
""")
"""Keeps from a person's queue the gold items that they have judged or planted."""

IS_GOLD = SQL("""
  AND EXISTS (SELECT 1 FROM registry_golditem gi WHERE gi.candidate_id = c.id AND gi.retired_at IS NULL)
""")


@dataclass(frozen=True)
class Planted:
    """A gold item as the lead sees it: how many people have judged it, and how many as the known answer says."""

    item_id: int
    candidate_id: int
    answer: str
    planted_at: datetime
    retired: bool
    judged: int
    right: int


@dataclass(frozen=True)
class GoldVerdict:
    """One person's verdict on a gold item, with what the answer is."""

    reviewer_id: int
    verdict: str
    answer: str
    decided_at: datetime


def plant(user: User, candidate_id: int, answer: str) -> GoldItem:
    """Make an open candidate that nobody has judged a gold item with a known answer.

    Args:
        user: The lead.
        candidate_id: The candidate.
        answer: `same` or `different`.

    Raises:
        ReviewError: Not a lead, an unknown answer, or a candidate that has been judged or does not exist.
    """
    permissions.require(user, permissions.QUALITY)
    if answer not in (Verdict.SAME, Verdict.DIFFERENT):
        raise ReviewError("unknown_verdict", "A gold item is known to be 'same' or 'different'")
    with transaction.atomic():
        candidate = Candidate.objects.select_for_update(no_key=True).filter(pk=candidate_id).first()
        if candidate is None:
            raise ReviewError("unknown", "There is no such candidate", "The number stands above the pair")
        if candidate.listed_twice:
            raise ReviewError(
                "judged", "Nobody is sought in this candidate", "Choose one in which a child may be found"
            )
        if candidate.status != CandidateStatus.OPEN or Review.objects.filter(candidate=candidate).exists():
            raise ReviewError("judged", "Somebody has judged this candidate", "Choose one that nobody has judged")
        item, _ = GoldItem.objects.update_or_create(
            candidate=candidate,
            defaults={"answer": answer, "planted_by": user, "planted_at": timezone.now(), "retired_at": None},
        )
        audit.append(str(user.pk), "gold.planted", "candidate", str(candidate_id), {"answer": answer})
    return item


def retire(user: User, item_id: int) -> None:
    """Make a gold item an ordinary open candidate again; verdicts given on it stay where they are and never count.

    Raises:
        ReviewError: Not a lead, or there is no such item.
    """
    permissions.require(user, permissions.QUALITY)
    with transaction.atomic():
        item = GoldItem.objects.select_for_update().filter(pk=item_id, retired_at=None).first()
        if item is None:
            raise ReviewError("unknown", "There is no such gold item")
        item.retired_at = timezone.now()
        item.save(update_fields=["retired_at"])
        audit.append(str(user.pk), "gold.retired", "candidate", str(item.candidate_id), {})


def listing(user: User) -> list[Planted]:
    """Return the gold items, the newest first.

    Raises:
        ReviewError: Not a lead.
    """
    permissions.require(user, permissions.QUALITY)
    standing = Q(reviews__isnull=False, reviews__withdrawn_at=None)
    found = GoldItem.objects.annotate(
        judged=Count("reviews", filter=standing),
        same=Count("reviews", filter=standing & Q(reviews__verdict=Verdict.SAME)),
        different=Count("reviews", filter=standing & Q(reviews__verdict=Verdict.DIFFERENT)),
    ).order_by("-planted_at")
    return [
        Planted(
            item.pk,
            item.candidate_id,
            item.answer,
            item.planted_at,
            item.retired_at is not None,
            item.judged,
            item.same if item.answer == Verdict.SAME else item.different,
        )
        for item in found
    ]


def is_due() -> bool:
    """Draw by lot whether the next first look is to be a gold item, if there is any."""
    every = settings().gold_every
    return every > 0 and secrets.randbelow(every) == 0 and GoldItem.objects.filter(retired_at=None).exists()


def item_of(candidate: Candidate) -> GoldItem | None:
    """Return the gold item that a candidate is just now."""
    return GoldItem.objects.filter(candidate=candidate, retired_at=None).first()


def judge(
    item: GoldItem, user: User, verdict: str, reason: str, *, note: str = "", shown: dict[str, Any] | None = None
) -> GoldReview:
    """Keep a verdict on a gold item; part of the caller's transaction, which holds the candidate.

    Raises:
        ReviewError: The person has judged it already.
    """
    if GoldReview.objects.filter(item=item, reviewer=user, withdrawn_at=None).exists():
        raise ReviewError("already_reviewed", "This person has judged the candidate already")
    return GoldReview.objects.create(
        pk=_next_number(),
        item=item,
        reviewer=user,
        verdict=verdict,
        reason=reason,
        decided_at=timezone.now(),
        note=note,
        shown=shown or {},
    )


def own(user: User, number: int) -> GoldReview | None:
    """Return a person's standing verdict on a gold item by its number."""
    found = GoldReview.objects.select_related("item__candidate")
    return found.filter(pk=number, reviewer=user, withdrawn_at=None).first()


def obstacle(review: GoldReview, user: User) -> str:
    """Say why a verdict on a gold item cannot be withdrawn any more, as if it were any other; '' when it can."""
    candidate = review.item.candidate
    if candidate.status == CandidateStatus.SUPERSEDED:
        return str(candidate.status)
    now = timezone.now()
    later = GoldReview.objects.filter(item=review.item, pk__gt=review.pk, withdrawn_at=None)
    if later.exists() or review.item.retired_at is not None or now - review.decided_at > UNDONE_WITHIN:
        return "judged_since"
    if reservation.is_held_by_another(candidate, user):
        return "in_other_hands"
    return ""


def withdraw(review: GoldReview) -> None:
    """Take a verdict on a gold item back; part of the caller's transaction."""
    review.withdrawn_at = timezone.now()
    review.save(update_fields=["withdrawn_at"])


def judged_by(user: User) -> int:
    """Count the planted gold items that a person has judged."""
    return GoldReview.objects.filter(reviewer=user, withdrawn_at=None, item__retired_at=None).count()


def judged_among(user: User, candidates: Iterable[Candidate]) -> set[int]:
    """Return the numbers of those candidates that are planted and that a person has judged."""
    found = GoldReview.objects.filter(
        reviewer=user, withdrawn_at=None, item__retired_at=None, item__candidate__in=candidates
    )
    return set(found.values_list("item__candidate_id", flat=True))


def verdicts(since: datetime) -> list[GoldVerdict]:
    """Return all standing verdicts on gold items since a time, the oldest first."""
    found = GoldReview.objects.filter(withdrawn_at=None, decided_at__gte=since).order_by("decided_at")
    return [GoldVerdict(*row) for row in found.values_list("reviewer_id", "verdict", "item__answer", "decided_at")]


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('registry_review', 'id'))")
        (number,) = cursor.fetchone()
    return int(number)
