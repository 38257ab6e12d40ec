"""The last verdict of a person, kept in their session: codes and numbers, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from registry.models import User
from review.forms.verdict import Choice
from review.presentation.labels import reason_label, verdict_label
from review.queue import statements
from review.verdicts import decisions
from review.verdicts.decisions import Decision

KEY = "review.decided"
FRESH = "review.kept"
"""Set from a verdict until the next page has said that it is kept."""


@dataclass(frozen=True)
class Kept:
    """A verdict as the page after it says: what it was, and by which number it is taken back; None when it cannot."""

    candidate_id: int
    verdict: str
    reason: str
    review_id: int | None
    seconds: int


def remember(request: HttpRequest, choice: Choice, decision: Decision) -> None:
    """Keep what the person has just said and what it led to."""
    request.session[KEY] = {
        "candidate": decision.candidate_id,
        "review": decision.review_id,
        "verdict": choice.verdict,
        "reason": choice.reason,
        "outcome": decision.outcome,
        "ordinal": decision.ordinal,
    }
    request.session[FRESH] = True


def last(request: HttpRequest) -> dict[str, Any] | None:
    """Return what was kept."""
    found = request.session.get(KEY)
    return found if isinstance(found, dict) else None


def forget(request: HttpRequest) -> None:
    """Drop what was kept."""
    request.session.pop(KEY, None)
    request.session.pop(FRESH, None)


def kept(request: HttpRequest, user: User) -> Kept | None:
    """Return, once, what the page after a verdict says of it; never what it led to, so that each stays one's own."""
    found = last(request)
    if found is None or not request.session.pop(FRESH, False):
        return None
    undoable = found["review"] is not None and not decisions.undoable(user, found["review"])
    return Kept(
        found["candidate"],
        verdict_label(found["verdict"]),
        reason_label(found["verdict"], found["reason"]),
        found["review"] if undoable else None,
        statements.grace_seconds() if undoable else 0,
    )
