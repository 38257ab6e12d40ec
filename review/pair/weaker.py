"""Pairs of the two records before somebody that a run found too weak to store: found again when they ask.

Scoring is work of a room above: whoever serves the app and can score says how (`provide`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from django.db import transaction

from registry import audit
from registry.errors import ReviewError
from registry.models import Candidate, User
from review.pair import blinding, surroundings
from review.pair.surroundings import OtherPair
from review.queue import budget, reservation

MOST: Final = 20
"""Other pairs on the page: the handful of the pair's own page and some of what was found."""

Finder = Callable[[Sequence[int]], int]
"""Stores the likeliest pairs of records that are not stored yet; returns how many came."""

_provided: list[Finder] = []


def provide(finder: Finder) -> None:
    """Say how weaker pairs are found; the last to say so counts."""
    _provided[:] = [finder]


def can_look() -> bool:
    """Tell whether this process can look for weaker pairs."""
    return bool(_provided)


def look(user: User, candidate_id: int) -> int:
    """Find weaker pairs of the two records that a person holds; returns how many came.

    Raises:
        ReviewError: They do not hold the pair, have reached their limit, or nobody here can look.
    """
    with transaction.atomic():
        pair = reservation.reserved(user, candidate_id)
    budget.require_open(user)
    if not _provided:
        raise ReviewError("cannot_look", "Nothing in this process can score pairs", "Serve the app by `ridni serve`")
    came = _provided[0]([pair.left_id, pair.right_id])
    audit.append(str(user.pk), "candidate.weaker_found", "candidate", str(candidate_id), {"pairs": came})
    return came


def listed(user: User, candidate_id: int) -> list[OtherPair]:
    """Return all other pairs of the two records that a person holds, the likeliest first.

    Raises:
        ReviewError: They do not hold the pair.
    """
    with transaction.atomic():
        pair: Candidate = reservation.reserved(user, candidate_id)
    left, right = (pair.right_id, pair.left_id) if blinding.is_swapped(pair, user) else (pair.left_id, pair.right_id)
    found = surroundings.others_of(user, pair, left, right, blind=blinding.is_blind(pair), most=MOST)
    audit.append(
        str(user.pk),
        "candidate.others_seen",
        "candidate",
        str(candidate_id),
        {"pairs": [o.candidate_id for o in found]},
    )
    return found
