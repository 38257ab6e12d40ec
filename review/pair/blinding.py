"""What a reviewer may see of a candidate before deciding."""

from __future__ import annotations

import hashlib

import keys
from registry.models import Candidate, CandidateStatus, User


def is_blind(candidate: Candidate) -> bool:
    """Tell whether the verdict to come is the second one: given without the score and without the first verdict."""
    return candidate.status == CandidateStatus.SECOND


def is_swapped(candidate: Candidate, user: User) -> bool:
    """Tell whether a blind reviewer sees the right record on the left: drawn once for each person and pair."""
    if not is_blind(candidate):
        return False
    drawn = hashlib.blake2b(
        f"{candidate.pk} {user.pk}".encode(), key=keys.newest(keys.Purpose.FINGERPRINTS)[:64], digest_size=1
    )
    return bool(drawn.digest()[0] & 1)
