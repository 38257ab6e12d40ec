"""An identity as a whole: the one place where it is decided what a person sees of it, and where each look is logged."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from registry import audit
from registry.access import field_access, permissions
from registry.errors import ReviewError
from registry.identities import answers, holders, identities
from registry.identities.holders import Held
from registry.judgements import changes, log, notes
from registry.models import (
    Candidate,
    ConsumerAnswer,
    Identity,
    IdentityChange,
    IdentityEvent,
    IdentityMember,
    Judgement,
    Review,
    User,
)
from registry.models.review import standing
from review.child import news, siblings
from review.child.columns import Column, columns
from review.child.news import News
from review.child.siblings import Sibling
from review.queue import budget


@dataclass(frozen=True)
class Verdict:
    """One verdict on a pair of the identity's rows, with the words written to it.

    Attributes:
        by: Name of the account for whoever leads the work, a number for others.
        counts: Whether it stands: neither withdrawn nor given before the pair was opened again.
    """

    candidate_id: int
    rows: tuple[int, int]
    verdict: str
    reason: str
    note: str
    by: str
    at: datetime
    counts: bool


@dataclass(frozen=True)
class IdentityPage:
    """Everything the page of an identity shows.

    `asked_by` names who asked for the change that waits: for those who may decide on it, and for that person.
    """

    id: UUID
    status: str
    created_at: datetime
    withheld: bool
    aliases: tuple[UUID, ...]
    handling_codes: tuple[str, ...]
    columns: tuple[Column, ...]
    news: tuple[News, ...]
    more_news: int
    siblings: tuple[Sibling, ...]
    verdicts: tuple[Verdict, ...]
    events: tuple[IdentityEvent, ...]
    held: tuple[Held, ...]
    answers: tuple[ConsumerAnswer, ...]
    change: IdentityChange | None
    change_note: str
    asked_by: str
    may_ask: bool
    may_decide: bool


def look(user: User, identity_id: UUID, *, printed: bool = False) -> IdentityPage:
    """Return an identity as a whole, as far as this person may see it, and log that they saw it.

    Args:
        user: Who looks.
        identity_id: Its id; of a merged one, what it was merged into is shown.
        printed: Whether they print it, which the log says apart.

    Raises:
        ReviewError: The role may not and the person has judged none of its pairs (`role`), there is no such identity
            (`unknown`), or they have opened as much as one person may.
    """
    current = Identity.objects.filter(pk=identity_id).first()
    if current is None or not changes.may_open(user, identities.resolve(identity_id)):
        if current is None and permissions.may(user, permissions.IDENTITIES):
            raise ReviewError("unknown", "There is no such identity")
        raise ReviewError("role", "This person has had nothing to do with the identity")
    current = current.merged_into or current
    members = {
        member.row_id: member
        for member in IdentityMember.objects.filter(identity=current)
        .select_related("record", "shown__source", "shown__evidence", "shown__batch")
        .order_by("row_id")
    }
    budget.open_child(user, members)
    with transaction.atomic():
        page = _page(user, current, members)
        records = [column.side.record_id for column in page.columns]
        facts = {"records": records, "beside": [one.record_id for one in page.siblings]}
        action = "identity.printed" if printed else "identity.seen"
        audit.append(str(user.pk), action, "identity", str(current.pk), facts)
    return page


def _page(user: User, current: Identity, members: dict[int, IdentityMember]) -> IdentityPage:
    seen = field_access.of_person(user)
    records = [member.shown for member in members.values()]
    found = IdentityEvent.objects.filter(identity=current).order_by("seq")
    events = tuple(found)
    change = IdentityChange.objects.filter(identity=current, allowed=None).select_related("asked_by", "note").first()
    decides = permissions.may(user, permissions.IDENTITIES)
    new, more = news.of_identity(current.pk, seen)
    return IdentityPage(
        id=current.pk,
        status=str(current.status),
        created_at=current.created_at,
        withheld=current.withheld,
        aliases=tuple(current.aliases.order_by("created_at", "pk").values_list("pk", flat=True)),
        handling_codes=tuple(sorted({record.batch.handling_code for record in records})),
        columns=columns(records, seen, {row: member.record.version for row, member in members.items()}),
        news=new,
        more_news=more,
        siblings=siblings.of_records(user, [record.pk for record in records]) if records else (),
        verdicts=verdicts(user, members),
        events=events,
        held=tuple(holders.of_identity(current.pk)),
        answers=tuple(answers.of_identity(current.pk)),
        change=change,
        change_note=notes.words_of(change) if change is not None else "",
        asked_by=change.asked_by.username if change is not None and (decides or change.asked_by_id == user.pk) else "",
        may_ask=bool(members) and change is None,
        may_decide=change is not None and decides and change.asked_by_id != user.pk,
    )


def verdicts(user: User, rows: Collection[int], *more: Candidate) -> tuple[Verdict, ...]:
    """Return all verdicts on decided pairs of some rows, the oldest first; whoever leads the work sees by whom.

    Args:
        user: Who looks.
        rows: The rows.
        more: Further pairs of these rows, of which nothing has followed yet.
    """
    judged = Judgement.objects.filter(left_id__in=rows, right_id__in=rows, candidate__isnull=False)
    pairs = {number: (left, right) for number, left, right in judged.values_list("candidate_id", "left_id", "right_id")}
    pairs |= {candidate.pk: log.pair_of(candidate) for candidate in more}
    numbers = set(pairs)
    named = permissions.may(user, permissions.QUALITY)
    found = list(
        Review.objects.filter(candidate_id__in=numbers)
        .select_related("note", *(("reviewer",) if named else ()))
        .order_by("decided_at", "pk")
    )
    counting = set(standing().filter(candidate_id__in=numbers).values_list("pk", flat=True))
    people = list(dict.fromkeys(review.reviewer_id for review in found))
    return tuple(
        Verdict(
            review.candidate_id,
            pairs[review.candidate_id],
            review.verdict,
            review.reason,
            notes.words_of(review),
            review.reviewer.username if named else str(people.index(review.reviewer_id) + 1),
            review.decided_at,
            review.pk in counting,
        )
        for review in found
    )


def of_pair(user: User, candidate_rows: tuple[int, int]) -> UUID | None:
    """Return the identity that holds both rows of a pair, when this person may open it."""
    held = list(IdentityMember.objects.filter(row_id__in=candidate_rows).values_list("identity_id", flat=True))
    both = len(held) == 2 and held[0] == held[1]
    return held[0] if both and changes.may_open(user, held[0]) else None
