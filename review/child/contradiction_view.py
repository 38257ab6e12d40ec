"""A contradiction before a third person: the whole would-be identity, what speaks against it, and every verdict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from registry import audit
from registry.access import field_access, permissions
from registry.errors import ReviewError
from registry.judgements import contradictions, log, rows, settling
from registry.judgements.contradictions import Against
from registry.models import Contradiction, Record, User
from review.child import identity_view
from review.child.columns import Column, columns
from review.child.identity_view import Verdict
from review.queue import budget

SEEN = "candidate.contradiction_seen"
"""Logged when a third person has seen what contradicts a pair: from then on no verdict on it is withdrawn."""


@dataclass(frozen=True)
class ContradictionPage:
    """Everything that a third person sees of a contradiction.

    Attributes:
        inside: Whether two people hold two rows of one standing identity for two children.
        pair: The two rows on whose pair the newest verdicts were given.
        against: The pairs of rows that cannot be one child, and why.
        left, right: The rows on either side of the pair: what stands together already.
    """

    id: int
    candidate_id: int
    inside: bool
    found_at: datetime
    pair: tuple[int, int]
    left: tuple[int, ...]
    right: tuple[int, ...]
    against: tuple[Against, ...]
    columns: tuple[Column, ...]
    verdicts: tuple[Verdict, ...]


def look(user: User, contradiction_id: int) -> ContradictionPage:
    """Return a contradiction as a whole, and log that this person saw it.

    Raises:
        ReviewError: The role settles none (`role`), there is none of this number or it is settled (`settled`), or the
            person gave one of its verdicts (`already_reviewed`).
    """
    permissions.require(user, permissions.ADJUDICATE)
    found = Contradiction.objects.select_related("candidate").filter(pk=contradiction_id, settled_at=None).first()
    if found is None:
        raise ReviewError("settled", "There is no such contradiction, or it is settled")
    if settling.took_part(user, found):
        raise ReviewError("already_reviewed", "This person gave one of the verdicts")
    union = contradictions.would_be(found.candidate)
    held = union.rows
    budget.open_child(user, held)
    with transaction.atomic():
        newest = rows.current(held)
        records = Record.objects.select_related("source", "evidence", "batch").filter(pk__in=newest.values())
        seen = field_access.of_person(user)
        against = union.against or tuple(Against(left, right, why) for left, right, why in found.against)
        page = ContradictionPage(
            id=found.pk,
            candidate_id=found.candidate_id,
            inside=found.inside,
            found_at=found.found_at,
            pair=log.pair_of(found.candidate),
            left=union.left,
            right=union.right,
            against=against,
            columns=columns(list(records), seen),
            verdicts=identity_view.verdicts(user, held, found.candidate),
        )
        facts = {"records": sorted(newest.values()), "contradiction": found.pk}
        audit.append(str(user.pk), SEEN, "candidate", str(found.candidate_id), facts)
    return page
