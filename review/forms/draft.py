"""What a person had chosen when something came between: the end of their session, or of their reservation.

It waits in the session on the server, never in an address, for the same person and the same pair, for an hour.
"""

from __future__ import annotations

import time

from django.core import signing
from django.http import HttpRequest

from registry.models import User
from review.forms.verdict import Choice

KEY = "review.draft"
LASTS = 60 * 60
_SALT = "review.draft"


def signature(user: User) -> str:
    """Return the mark by which a form says whose it is, also after the session has ended."""
    return signing.dumps(user.pk, salt=_SALT)


def keep(request: HttpRequest, candidate_id: int, choice: Choice, owner: int | None = None) -> None:
    """Keep a choice for the person who sent it.

    Args:
        request: The request; its session may be that of a stranger.
        candidate_id: The pair.
        choice: What was chosen.
        owner: Whose it is; None reads it from the form's mark.
    """
    if owner is None:
        try:
            owner = signing.loads(request.POST.get("who", ""), salt=_SALT, max_age=24 * 60 * 60)
        except signing.BadSignature:
            return
    request.session[KEY] = {
        "candidate": candidate_id,
        "owner": owner,
        "at": int(time.time()),
        "verdict": choice.verdict,
        "reason": choice.reason,
        "note": choice.note,
    }


def recall(request: HttpRequest, candidate_id: int, user: User) -> Choice:
    """Return what this person had chosen for this pair; what belongs to somebody else is dropped."""
    kept = request.session.get(KEY)
    if not isinstance(kept, dict):
        return Choice()
    if kept.get("owner") != user.pk or time.time() - kept.get("at", 0) > LASTS:
        del request.session[KEY]
        return Choice()
    if kept.get("candidate") != candidate_id:
        return Choice()
    return Choice(kept["verdict"], kept["reason"], kept["note"])


def drop(request: HttpRequest) -> None:
    """Forget what was kept."""
    request.session.pop(KEY, None)
