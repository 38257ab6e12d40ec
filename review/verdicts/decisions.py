"""The verdicts: two people judge each candidate, the second without knowing the first verdict.

    open --first verdict--> second --same, same--> verified
                                   --different, different--> rejected
                                   --cannot tell, cannot tell--> unresolved
                                   --anything else--> disputed --third person--> verified, rejected or unresolved
    verified, rejected --contradicts other verdicts--> contested --a third person looks at the whole-->
                                                       verified, rejected or unresolved (`registry.judgements`)
    verified, rejected, unresolved --opened again--> open (`reopening`)

    open, second     --handed over--> the same, but an adjudicator gives the next verdict (blind where it was to be)
    any of them      --last verdict withdrawn by who gave it, before others act--> one step back; a verified pair while
                       its identity is not yet made (`undo_seconds`)
    open, second, disputed --a source corrects one of the two rows--> superseded

Only verdicts that stand count. Who withdraws a blind verdict has learnt what it led to and judges the pair no more.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from registry import actors, audit
from registry.access import permissions
from registry.errors import ReviewError
from registry.judgements import notes, unions
from registry.models import (
    ESCALATION_REASONS,
    REASONS,
    AuditEntry,
    Candidate,
    CandidateStatus,
    Escalation,
    GoldItem,
    GoldReview,
    PendingUnion,
    Record,
    Review,
    User,
    Verdict,
    Withdrawal,
)
from registry.models.review import standing as verdicts_that_stand
from review.child import contradiction_view
from review.queue import gold_items, reservation
from review.verdicts import provisional
from review.verdicts.shown import shown_to

BLIND_ORDINAL = 2
ONE_CHILD = (CandidateStatus.VERIFIED, CandidateStatus.TWICE)
HISTORY_SEEN = "candidate.history_seen"
"""Logged when somebody has seen all verdicts of a pair: from then on none of them is withdrawn."""


@dataclass(frozen=True)
class Decision:
    """What a verdict led to: the candidate's status after it, and the identity when it was verified."""

    candidate_id: int
    ordinal: int
    outcome: str
    identity_id: UUID | None = None
    review_id: int | None = None


@dataclass(frozen=True)
class Undone:
    """A withdrawn verdict with what it said, and whether the person holds the pair again."""

    candidate_id: int
    verdict: str
    reason: str
    note: str
    held: bool


def standing(candidate: Candidate) -> QuerySet[Review]:
    """Return the verdicts on a candidate that count, in their order: not withdrawn, and given since it was reopened."""
    return verdicts_that_stand().filter(candidate=candidate).order_by("ordinal")


def decide(user: User, candidate_id: int, verdict: str, reason: str, note: str = "", changed: str = "") -> Decision:
    """Record a person's verdict and draw what follows from it.

    A lease that has run out is no obstacle as long as nobody else took the candidate: a verdict given is not lost.

    Args:
        user: Who judges; must hold the candidate and must not have judged it.
        candidate_id: The candidate.
        verdict: `same` (`twice` where nobody is sought), `different` or `cannot_tell`.
        reason: A code of `REASONS` for this verdict.
        note: Free words for the person who has to judge between two verdicts; at most 1,000 characters.
        changed: A code of `CHANGED_BECAUSE` where the verdict is another than the provisional one (`provisional`).

    Raises:
        ReviewError: Unknown verdict or reason, no reservation, already judged, a record of their own, or a role that
            may not.
    """
    if verdict not in Verdict.values:
        raise ReviewError("unknown_verdict", "There is no such verdict", f"Choose one of {', '.join(Verdict.values)}")
    if reason not in REASONS[verdict]:
        raise ReviewError(
            "unknown_reason", f"'{verdict}' has no such reason", f"Choose one of {', '.join(REASONS[verdict])}"
        )
    note = notes.checked_note(note)
    permissions.require(user, permissions.JUDGE)
    with transaction.atomic():
        candidate = reservation.reserved(user, candidate_id)
        require_right(user, candidate)
        if verdict == (Verdict.SAME if candidate.listed_twice else Verdict.TWICE):
            raise ReviewError("unknown_verdict", f"'{verdict}' is not asked of this pair", "Choose another verdict")
        shown = shown_to(candidate, user) | provisional.followed(candidate, user, verdict, changed)
        if (item := gold_items.item_of(candidate)) is not None:
            return _decide_gold(item, user, candidate, verdict, reason, note, shown)
        return keep(user, candidate, verdict, reason, note, shown)


def keep(user: User, candidate: Candidate, verdict: str, reason: str, note: str, shown: dict[str, Any]) -> Decision:
    """Write one verdict on a locked candidate and draw what follows from it."""
    earlier = list(standing(candidate))
    review = Review.objects.create(
        candidate=candidate,
        reviewer=user,
        ordinal=len(earlier) + 1,
        verdict=verdict,
        reason=reason,
        decided_at=timezone.now(),
        shown=shown,
    )
    notes.keep(note, review=review)
    candidate.status = outcome([review.verdict for review in [*earlier, review]])
    candidate.escalated = False
    reservation.free(candidate)
    identity_id = None
    if candidate.status in ONE_CHILD:
        identity = unions.verified(candidate)
        identity_id = identity.pk if identity is not None else None
    elif candidate.status == CandidateStatus.REJECTED:
        unions.rejected(candidate)
    elif candidate.status == CandidateStatus.UNRESOLVED:
        unions.look_again(candidate)
    facts = {"verdict": verdict, "reason": reason, "ordinal": review.ordinal, "outcome": candidate.status}
    audit.append(str(user.pk), "candidate.decided", "candidate", str(candidate.pk), facts)
    return Decision(candidate.pk, review.ordinal, str(candidate.status), identity_id, review.pk)


def _decide_gold(
    item: GoldItem, user: User, candidate: Candidate, verdict: str, reason: str, note: str, shown: dict[str, Any]
) -> Decision:
    """Keep a verdict on a gold item apart and answer as after any first verdict; the candidate stays open."""
    given = gold_items.judge(item, user, verdict, reason, note=note, shown=shown)
    candidate.escalated = False
    reservation.free(candidate)
    facts = {"verdict": verdict, "reason": reason, "ordinal": 1, "outcome": str(CandidateStatus.SECOND), "gold": True}
    audit.append(str(user.pk), "candidate.decided", "candidate", str(candidate.pk), facts)
    return Decision(candidate.pk, 1, str(CandidateStatus.SECOND), None, given.pk)


def escalate(user: User, candidate_id: int, reason: str, note: str = "") -> None:
    """Hand a candidate over: an adjudicator gives the next verdict, and this person never judges it.

    No verdict is given by it, and what was blind stays blind for the adjudicator.

    Raises:
        ReviewError: Unknown reason, no reservation, or the candidate is with the adjudicators already.
    """
    if reason not in ESCALATION_REASONS:
        raise ReviewError("unknown_reason", "There is no such reason", f"Choose one of {', '.join(ESCALATION_REASONS)}")
    note = notes.checked_note(note)
    permissions.require(user, permissions.JUDGE)
    with transaction.atomic():
        candidate = reservation.reserved(user, candidate_id)
        if candidate.status == CandidateStatus.DISPUTED:
            raise ReviewError("with_adjudicators", "The candidate is with the adjudicators already", "Skip it instead")
        escalation = Escalation.objects.create(candidate=candidate, by=user, reason=reason, at=timezone.now())
        notes.keep(note, escalation=escalation)
        candidate.escalated = True
        reservation.free(candidate)
        audit.append(str(user.pk), "candidate.escalated", "candidate", str(candidate_id), {"reason": reason})


def undoable(user: User, review_id: int) -> str:
    """Say why a verdict cannot be withdrawn any more: the code of the rule, '' when it can."""
    if (on_gold := gold_items.own(user, review_id)) is not None:
        return gold_items.obstacle(on_gold, user)
    review = Review.objects.select_related("candidate").filter(pk=review_id, reviewer=user).first()
    return "unknown" if review is None else _obstacle(review, user)


def withdraw(user: User, review_id: int) -> Undone:
    """Take back one's own verdict while nobody has acted upon it; both stay in the history.

    The candidate goes one step back. After a first or third verdict the person holds it again, unless they hold
    another; after a blind one somebody else gets it.

    Raises:
        ReviewError: The verdict is not theirs, or others have acted upon it.
    """
    permissions.require(user, permissions.JUDGE)
    if (on_gold := gold_items.own(user, review_id)) is not None:
        return _withdraw_gold(on_gold, user)
    with transaction.atomic():
        review = Review.objects.filter(pk=review_id, reviewer=user).first()
        if review is None:
            raise ReviewError("unknown", "There is no such verdict of this person")
        candidate = Candidate.objects.select_for_update(no_key=True).get(pk=review.candidate_id)
        if code := _obstacle(review, user):
            raise ReviewError(code, "Others have acted upon this verdict, or it was withdrawn")
        Withdrawal.objects.create(review=review, by=user, at=timezone.now())
        unions.forget(candidate, user)
        left = [verdict.verdict for verdict in standing(candidate)]
        candidate.status = outcome(left) if left else CandidateStatus.OPEN
        reservation.free(candidate)
        unions.look_again(candidate)
        facts = {"ordinal": review.ordinal, "outcome": candidate.status}
        audit.append(str(user.pk), "candidate.withdrawn", "candidate", str(candidate.pk), facts)
        held = review.ordinal != BLIND_ORDINAL and reservation.reserve_again(user, candidate)
    return Undone(candidate.pk, review.verdict, review.reason, notes.words_of(review), held)


def _withdraw_gold(given: GoldReview, user: User) -> Undone:
    with transaction.atomic():
        candidate = Candidate.objects.select_for_update(no_key=True).get(pk=given.item.candidate_id)
        if code := gold_items.obstacle(given, user):
            raise ReviewError(code, "Others have acted upon this verdict, or it was withdrawn")
        gold_items.withdraw(given)
        facts = {"ordinal": 1, "outcome": str(CandidateStatus.OPEN), "gold": True}
        audit.append(str(user.pk), "candidate.withdrawn", "candidate", str(candidate.pk), facts)
        held = candidate.reserved_by_id in (None, user.pk) and reservation.reserve_again(user, candidate)
    return Undone(candidate.pk, given.verdict, given.reason, given.note, held)


def outcome(verdicts: list[str]) -> CandidateStatus:
    """Return the status that the verdicts of one, two or three different people lead to, in their order."""
    if len(verdicts) == 1:
        return CandidateStatus.SECOND
    counts = Counter(verdicts)
    if counts[Verdict.SAME] >= 2:
        return CandidateStatus.VERIFIED
    if counts[Verdict.TWICE] >= 2:
        return CandidateStatus.TWICE
    if len(verdicts) == 2:
        if counts[Verdict.DIFFERENT] == 2:
            return CandidateStatus.REJECTED
        return CandidateStatus.UNRESOLVED if counts[Verdict.CANNOT_TELL] == 2 else CandidateStatus.DISPUTED
    return CandidateStatus.REJECTED if verdicts[-1] == Verdict.DIFFERENT else CandidateStatus.UNRESOLVED


def require_right(user: User, candidate: Candidate) -> None:
    """Refuse whoever must not judge this candidate, whatever they hold."""
    if (candidate.status == CandidateStatus.DISPUTED or candidate.escalated) and not permissions.may(
        user, permissions.ADJUDICATE
    ):
        raise ReviewError("adjudicators_only", "Only an adjudicator or lead decides such candidates")
    own = Review.objects.filter(candidate=candidate, reviewer=user)
    if own.filter(withdrawal__isnull=True).exists() or own.filter(ordinal=BLIND_ORDINAL).exists():
        raise ReviewError("already_reviewed", "This person has judged the candidate already")
    if Escalation.objects.filter(candidate=candidate, by=user).exists():
        raise ReviewError("handed_over", "This person has handed the candidate over")
    if Record.objects.filter(pk__in=[candidate.left_id, candidate.right_id], entered_by=user).exists():
        raise ReviewError("own_record", "This person has entered a record of the candidate")


def _obstacle(review: Review, user: User) -> str:
    candidate = review.candidate
    if Withdrawal.objects.filter(review=review).exists():
        return "withdrawn"
    if candidate.status == CandidateStatus.SUPERSEDED:
        return str(candidate.status)
    waits = PendingUnion.objects.filter(candidate=candidate, due_at__gt=timezone.now())
    if candidate.status in ONE_CHILD and not waits.exists():
        return str(candidate.status)
    if not standing(candidate).filter(pk=review.pk).exists():
        return "reopened"
    if standing(candidate).filter(ordinal__gt=review.ordinal).exists():
        return "judged_since"
    read = Q(action__in=[HISTORY_SEEN, contradiction_view.SEEN]) | Q(action="candidate.seen", data__stage="third")
    looks = AuditEntry.objects.filter(read, object_type="candidate", object_id=str(candidate.pk))
    if looks.exclude(actor__in=actors.all_forms(user.pk)).filter(at__gt=review.decided_at).exists():
        return "seen_since"
    if reservation.is_held_by_another(candidate, user):
        return "in_other_hands"
    return ""
