"""Splitting, merging and retracting identities: one person asks, another allows, and the event goes out at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import combinations, product
from uuid import UUID

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from registry import audit
from registry.access import permissions
from registry.errors import ReviewError
from registry.judgements import contradictions, log, new_evidence, notes, projection, rows
from registry.models import (
    CHANGE_REASONS,
    Candidate,
    CandidateStatus,
    Identity,
    IdentityChange,
    IdentityChangeKind,
    IdentityMember,
    IdentityStatus,
    Judgement,
    Review,
    Says,
    User,
)

HOLDING = (CandidateStatus.VERIFIED, CandidateStatus.TWICE)
"""How a pair stands that holds two rows together."""


def may_open(user: User, identity_id: UUID) -> bool:
    """Tell whether a person may look at an identity as a whole: by right, or because they judged a pair of it."""
    if permissions.may(user, permissions.IDENTITIES):
        return True
    if not permissions.may(user, permissions.JUDGE):
        return False
    held = IdentityMember.objects.filter(identity_id=identity_id).values("row_id")
    judged = Judgement.objects.filter(left_id__in=held, right_id__in=held, candidate__isnull=False)
    return Review.objects.filter(
        reviewer=user, withdrawal__isnull=True, candidate__in=judged.values("candidate_id")
    ).exists()


def ask(
    user: User,
    kind: str,
    identity_id: UUID,
    reason: str,
    *,
    note: str = "",
    parts: Sequence[Sequence[int]] = (),
    other: UUID | None = None,
) -> IdentityChange:
    """Ask for a change of an identity; nothing happens until another person allows it.

    Args:
        user: Who asks.
        kind: `split`, `merge` or `retract`.
        identity_id: The identity.
        reason: A code of `CHANGE_REASONS` for this kind.
        note: Free words for the person who decides; at most 1,000 characters.
        parts: Of a split: all rows of the identity, each in one part.
        other: Of a merge: the other identity.

    Raises:
        ReviewError: The person may not, the identity is unknown or ended, something is missing, or a request waits.
    """
    if kind not in IdentityChangeKind.values or reason not in CHANGE_REASONS[kind]:
        known = ", ".join(CHANGE_REASONS.get(kind, IdentityChangeKind.values))
        raise ReviewError("unknown_reason", "There is no such change or reason", f"Choose one of {known}")
    note = notes.checked_note(note)
    if not may_open(user, identity_id):
        permissions.require(user, permissions.IDENTITIES)
    with transaction.atomic():
        identity = _standing(identity_id)
        taken_in = None
        if kind == IdentityChangeKind.SPLIT:
            _require_partition(projection.members(identity), parts)
        elif kind == IdentityChangeKind.MERGE:
            taken_in = _standing(other) if other else None
            if taken_in is None or taken_in == identity:
                raise ReviewError("other", "A merge needs two identities", "Name the id of the other one")
            _require_together(identity, taken_in)
        try:
            with transaction.atomic():
                change = IdentityChange.objects.create(
                    kind=kind,
                    identity=identity,
                    other=taken_in,
                    parts=[sorted(part) for part in parts],
                    reason=reason,
                    asked_by=user,
                    asked_at=timezone.now(),
                )
        except IntegrityError as fault:
            raise ReviewError("waits", "A change of this identity waits to be decided") from fault
        notes.keep(note, change=change)
        facts = {"kind": kind, "reason": reason, "change": change.pk}
        audit.append(str(user.pk), "identity.change_asked", "identity", str(identity.pk), facts)
    return change


def decide(user: User, change_id: int, *, allowed: bool) -> IdentityChange:
    """Allow or refuse a change that somebody else has asked for; what is allowed happens at once.

    Raises:
        ReviewError: The person may not, it is their own request, it is decided, or the identity has changed since.
    """
    permissions.require(user, permissions.IDENTITIES)
    with transaction.atomic():
        asked = IdentityMember.objects.filter(identity__changes=change_id)
        lock_pairs(asked.values_list("row_id", flat=True))
        rows.lock()
        change = IdentityChange.objects.select_for_update().filter(pk=change_id).first()
        if change is None:
            raise ReviewError("unknown", "There is no such request")
        if change.asked_by_id == user.pk:
            raise ReviewError("own_request", "Nobody allows their own request", "Ask another person")
        if change.allowed is not None:
            raise ReviewError("decided", "This request has been decided already")
        change.allowed, change.decided_by, change.decided_at = allowed, user, timezone.now()
        change.save(update_fields=["allowed", "decided_by", "decided_at"])
        if allowed:
            _carry_out(change)
        action = "identity.change_allowed" if allowed else "identity.change_refused"
        facts = {"kind": change.kind, "reason": change.reason, "change": change.pk}
        audit.append(str(user.pk), action, "identity", str(change.identity_id), facts)
    return change


def waiting() -> list[IdentityChange]:
    """Return the requests that wait for another person, the oldest first."""
    return list(IdentityChange.objects.filter(allowed=None).select_related("asked_by").order_by("pk"))


def lock_pairs(held: Iterable[int]) -> None:
    """Lock the pairs that hold some rows together; before `rows.lock`, which whoever has such a pair may wait for.

    A delivery has them too for a moment: PostgreSQL locks a row that somebody changed meanwhile before it sees that it
    is none of those that were asked for.
    """
    found = list(held)
    judged = Judgement.objects.filter(left_id__in=found, right_id__in=found, candidate__isnull=False)
    pairs = Candidate.objects.filter(pk__in=judged.values("candidate_id"), status__in=HOLDING)
    list(pairs.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def release_pairs(pairs: Sequence[tuple[int, int]]) -> None:
    """Let verified pairs of these rows count as undecided in the end: what they held together does not stand.

    Raises:
        ReviewError: Somebody is at a pair that came after `lock_pairs`: nobody waits for a pair here.
    """
    held = Q(pk__in=[])
    for left, right in pairs:
        held |= Q(left_id=min(left, right), right_id=max(left, right))
    judged = Judgement.objects.filter(held, candidate__status__in=HOLDING)
    numbers = list(judged.values_list("candidate_id", flat=True))
    released = Candidate.objects.filter(pk__in=numbers)
    try:
        list(released.select_for_update(no_key=True, nowait=True).values_list("pk"))
    except OperationalError as fault:
        raise ReviewError("busy", "Somebody is at a pair of this identity just now", "Try again in a moment") from fault
    released.update(status=CandidateStatus.UNRESOLVED)


def _carry_out(change: IdentityChange) -> None:
    identity = _standing(change.identity_id)
    said = {"change": change.pk, "reason": change.reason}
    if change.kind == IdentityChangeKind.MERGE:
        _merge(change, identity, said)
        return
    held = projection.members(identity)
    if change.kind == IdentityChangeKind.RETRACT:  # rows that list one child twice still do
        found = [(one.left, one.right) for one in log.among(held, Says.SAME)]
        log.by_change(change, found, Says.OPEN)
        release_pairs(found)
        projection.end(identity, said)
        new_evidence.look_again(held)
        return
    _require_partition(held, change.parts)
    edges = log.edges(held)
    part_of = {row: number for number, part in enumerate(change.parts) for row in part}
    apart = [pair for one, other in combinations(change.parts, 2) for pair in product(one, other)]
    log.by_change(change, apart, Says.DIFFERENT)
    release_pairs([pair for pair in edges if part_of[pair[0]] != part_of[pair[1]]])
    for part in change.parts:
        pieces = log.parts(part, edges)
        log.by_change(change, [(pieces[0][0], piece[0]) for piece in pieces[1:]], Says.SAME)
    projection.divide(identity, held, change.parts, said)
    new_evidence.look_again(held)


def _merge(change: IdentityChange, identity: Identity, said: dict[str, object]) -> None:
    assert change.other_id is not None
    taken_in = _standing(change.other_id)
    _require_together(identity, taken_in)
    ends = [min(projection.members(one)) for one in (identity, taken_in)]
    log.by_change(change, [(ends[0], ends[1])], Says.SAME)
    elder, younger = sorted((identity, taken_in), key=lambda one: (one.created_at, one.pk))
    projection.absorb(younger, elder)
    projection.extend(elder, {}, said)
    new_evidence.look_again(ends)


def _standing(identity_id: UUID) -> Identity:
    identity = Identity.objects.select_for_update().filter(pk=identity_id).first()
    if identity is None or identity.status != IdentityStatus.VERIFIED:
        state = identity.status if identity else "unknown"
        raise ReviewError("not_standing", f"This identity is {state}", "`ridni identities list` shows those that stand")
    return identity


def _require_partition(held: Collection[int], parts: Sequence[Sequence[int]]) -> None:
    named = [row for part in parts for row in part]
    if len(parts) < 2 or not all(parts) or sorted(named) != sorted(held):
        raise ReviewError(
            "parts", "The parts are not the rows of the identity as it is now", "Put each row into one of two parts"
        )


def _require_together(one: Identity, other: Identity) -> None:
    union = contradictions.of_sides(list(projection.members(one)), list(projection.members(other)))
    if union.against:
        raise ReviewError(
            "contradicts",
            f"{len(union.against)} pairs of their rows cannot be one child",
            "Open those pairs again first",
        )
