"""Verdicts on a would-be identity as a whole: what is said of each unit becomes verdicts on the pairs between them."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from registry.access import permissions
from registry.errors import ReviewError
from registry.judgements.notes import checked_note
from registry.models import REASONS, Candidate, CandidateStatus, User, Verdict
from review.child import would_be
from review.queue import reservation
from review.verdicts import decisions
from review.verdicts.decisions import Decision


def decide_child(
    user: User, seed_id: int, said: Mapping[int, str], reasons: Mapping[str, str], note: str = ""
) -> list[Decision]:
    """Record what a person said of all units of a would-be identity, as verdicts on the pairs between them.

    Args:
        user: Who judges; must hold the pair by which the would-be identity was taken.
        seed_id: That pair.
        said: By unit (`would_be.Unit`), a verdict: whether it is this child.
        reasons: A code of `REASONS` for each verdict that was given.
        note: As for `decide`; kept with the first verdict.

    Raises:
        ReviewError: As for `decide`; or what was said decides nothing (`nothing_said`).
    """
    for verdict in set(said.values()):
        if verdict not in Verdict.values or reasons.get(verdict) not in REASONS[verdict]:
            raise ReviewError("unknown_reason", f"'{verdict}' has no such reason", "Choose the reason, too")
    note = checked_note(note)
    permissions.require(user, permissions.JUDGE)
    with transaction.atomic():
        seed = reservation.reserved(user, seed_id)
        decisions.require_right(user, seed)
        whole = would_be.around(user, seed)
        given = would_be.verdicts(whole, said)
        if not given:
            raise ReviewError("nothing_said", "What was said decides nothing", "Say of two records whether they belong")
        # All at once and in order, before identities are locked: nobody waits for a pair while holding that lock.
        locked = Candidate.objects.select_for_update(no_key=True).filter(pk__in=given).order_by("pk")
        rows = [number for unit in whole.units for number in unit.rows]
        made: list[Decision] = []
        for candidate in list(locked):
            candidate.refresh_from_db()  # a verdict before may have made this one follow
            waits = candidate.status in (CandidateStatus.OPEN, CandidateStatus.SECOND)
            if not waits or reservation.is_held_by_another(candidate, user):
                continue
            pair = [candidate.left_id, candidate.right_id]
            shown = {"run": candidate.run_id, "records": pair, "blind": True, "child": rows}
            verdict, words = given[candidate.pk], "" if made else note
            made.append(decisions.keep(user, candidate, verdict, reasons[verdict], words, shown))
        seed.refresh_from_db()
        if seed.reserved_by_id == user.pk:
            reservation.free(seed)
    return made
