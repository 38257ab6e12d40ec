"""A third person settles a contradiction: it is one child after all, or it is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from registry import audit
from registry.access import permissions
from registry.errors import ReviewError
from registry.judgements import contradictions, log, new_evidence, notes, projection, rows, unions
from registry.judgements.changes import lock_pairs, release_pairs
from registry.judgements.contradictions import VERDICTS, WAITS
from registry.judgements.unions import save_status
from registry.models import (
    SETTLE_REASONS,
    Candidate,
    CandidateStatus,
    Contradiction,
    IdentityMember,
    Judgement,
    Review,
    Says,
    Settlement,
    User,
)


def waiting(user: User) -> list[Contradiction]:
    """Return the contradictions that this person may settle, the oldest first.

    Raises:
        ReviewError: The role settles none.
    """
    permissions.require(user, permissions.ADJUDICATE)
    found = Contradiction.objects.filter(settled_at=None).order_by("pk")
    return [one for one in found if not took_part(user, one)]


@dataclass(frozen=True)
class Counted:
    """How many contradictions were found, how many wait, and how the others were settled."""

    found: int
    waiting: int
    one_child: int
    apart: int


def counted() -> Counted:
    """Count the contradictions of all time, but for those whose verdict was taken back."""
    found = Contradiction.objects.exclude(settlement=Settlement.WITHDRAWN)
    return Counted(
        **found.aggregate(
            found=Count("pk"),
            waiting=Count("pk", filter=Q(settled_at=None)),
            one_child=Count("pk", filter=Q(settlement=Settlement.ONE_CHILD)),
            apart=Count("pk", filter=Q(settlement=Settlement.APART)),
        )
    )


def took_part(user: User, contradiction: Contradiction) -> bool:
    """Tell whether a person gave one of the verdicts that contradict each other."""
    if Review.objects.filter(candidate=contradiction.candidate_id, reviewer=user).exists():
        return True
    pairs = Q(pk__in=[])
    for left, right, why in contradiction.against:
        if why == VERDICTS:
            pairs |= Q(left_id=left, right_id=right)
    return Judgement.objects.filter(pairs).filter(Q(first=user) | Q(second=user)).exists()


def settle(
    user: User,
    contradiction_id: int,
    settlement: str,
    reason: str,
    *,
    note: str = "",
    parts: Sequence[Sequence[int]] = (),
) -> Contradiction:
    """Settle a contradiction; what follows from it happens at once, with its events.

    Args:
        user: Who settles it: an adjudicator or lead who gave none of the verdicts.
        contradiction_id: The contradiction.
        settlement: `one_child` or `apart`.
        reason: A code of `SETTLE_REASONS`.
        note: Free words; at most 1,000 characters.
        parts: The rows of each child, where the rows of one identity are told apart.

    Raises:
        ReviewError: The person may not, it is settled, or the parts are not such that each hangs together by verdicts.
    """
    permissions.require(user, permissions.ADJUDICATE)
    if settlement not in (Settlement.ONE_CHILD, Settlement.APART) or reason not in SETTLE_REASONS:
        raise ReviewError("unknown_reason", "There is no such answer or reason", "Choose both")
    note = notes.checked_note(note)
    with transaction.atomic():
        found = Contradiction.objects.filter(pk=contradiction_id).first()
        if found is None:
            raise ReviewError("unknown", "There is no such contradiction")
        # Locked only while it is contested: whoever holds the lock of identities may change a pair that is not.
        contested = Candidate.objects.select_for_update(no_key=True).filter(status=CandidateStatus.CONTESTED)
        candidate = contested.filter(pk=found.candidate_id).first()
        if candidate is None:
            raise ReviewError("settled", "Somebody has settled this already")
        held = IdentityMember.objects.filter(identity__members__row_id=log.pair_of(candidate)[0])
        lock_pairs(held.values_list("row_id", flat=True))
        rows.lock()
        found = Contradiction.objects.select_for_update().get(pk=contradiction_id)
        if found.settled_at is not None:
            raise ReviewError("settled", "Somebody has settled this already")
        if took_part(user, found):
            raise ReviewError("already_reviewed", "This person gave one of the verdicts", "Ask a third person")
        found.settlement, found.reason, found.settled_by, found.settled_at = settlement, reason, user, timezone.now()
        found.save(update_fields=["settlement", "reason", "settled_by", "settled_at"])
        notes.keep(note, contradiction=found)
        if settlement == Settlement.ONE_CHILD:
            _one_child(user, found, candidate)
        else:
            _apart(user, found, candidate, parts)
        facts = {"contradiction": found.pk, "settlement": settlement, "reason": reason, "outcome": candidate.status}
        audit.append(str(user.pk), "candidate.settled", "candidate", str(candidate.pk), facts)
    return found


def _one_child(user: User, found: Contradiction, candidate: Candidate) -> None:
    if found.inside:
        save_status(candidate, CandidateStatus.UNRESOLVED)
        return
    union = contradictions.would_be(candidate)
    if any(one.why == WAITS for one in union.against):
        raise ReviewError("waits", "Another contradiction of these rows waits", "Settle that one first")
    log.take_back(user, [(one.left, one.right) for one in union.against if one.why == VERDICTS], candidate)
    save_status(candidate, unions.joined(candidate))
    unions.enter(candidate)


def _apart(user: User, found: Contradiction, candidate: Candidate, parts: Sequence[Sequence[int]]) -> None:
    if not found.inside:
        save_status(candidate, CandidateStatus.UNRESOLVED)
        return
    left, right = log.pair_of(candidate)
    identities = projection.of_rows([left])
    held = projection.members(identities[0]) if identities else {}
    if right in held:
        part_of = {row: number for number, part in enumerate(parts) for row in part}
        if sorted(row for part in parts for row in part) != sorted(held) or part_of[left] == part_of[right]:
            raise ReviewError("parts", "The parts are not the rows of the identity, or keep the two rows together")
        edges = log.edges(held)
        if any(len(log.parts(part, edges)) > 1 for part in parts):
            raise ReviewError(
                "parts_apart", "A part does not hang together by verdicts of two people", "Take its rows apart as well"
            )
        crossing = [pair for pair in edges if part_of[pair[0]] != part_of[pair[1]]]
        log.take_back(user, crossing, candidate)
        release_pairs(crossing)
        projection.divide(identities[0], held, parts, {"candidate": candidate.pk, "contradiction": found.pk})
    save_status(candidate, CandidateStatus.REJECTED)
    log.by_pair(candidate, Says.DIFFERENT)
    new_evidence.look_again([*held, left, right])
