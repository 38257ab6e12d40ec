"""The log as the auditor reads it: who did and saw what, and when; ids and codes, no names of children."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from registry import actors, audit
from registry.access import permissions
from registry.models import AuditEntry, User

KINDS = ("candidate", "record", "identity", "testimony", "meeting", "export", "user", "run")
"""Kinds of objects that the log is searched for by number."""


@dataclass(frozen=True)
class Step:
    """One row of the log; `actor` is a user name, or a token, account of the machine or role with its kind."""

    seq: int
    at: datetime
    actor: str
    action: str
    object_type: str
    object_id: str
    data: dict[str, Any]


def page(user: User, before: int | None = None, *, actor: str = "", number: str = "", limit: int = 50) -> list[Step]:
    """Return rows of the log, the newest first; that somebody read it is logged, too.

    Args:
        user: The auditor.
        before: Only rows before this `seq`.
        actor: Only rows of this user name, `token:NAME`, `os:NAME`, `db:ROLE` or, for old rows, `system`.
        number: Only rows about the object of this id, or that name it among the records seen.
        limit: At most so many.

    Raises:
        ReviewError: Not an auditor.
    """
    permissions.require(user, permissions.AUDIT)
    names = dict(User.objects.values_list("pk", "username"))
    found = AuditEntry.objects.order_by("-seq")
    if before is not None:
        found = found.filter(seq__lt=before)
    if actor:
        forms = [form for pk, name in names.items() if name == actor for form in actors.all_forms(pk)]
        bare = Q(actor__regex=r"^[0-9]+$")
        own = Q(actor__in=forms) & ~(bare & Q(action__startswith="feed."))
        found = found.filter(own | Q(actor=actor) & ~bare | _old_token(actor))
    if number:
        found = found.filter(Q(object_type__in=KINDS, object_id=number) | Q(data__records__contains=_as_number(number)))
    rows = [
        Step(
            row.seq,
            row.at,
            actors.shown(row.actor, names, row.action),
            row.action,
            row.object_type,
            row.object_id,
            row.data,
        )
        for row in found[:limit]
    ]
    audit.append(str(user.pk), "audit.read", "audit", str(before or ""), {"rows": len(rows)})
    return rows


def _old_token(actor: str) -> Q:
    """Return the rows in which a token stands without its kind."""
    return Q(action__startswith="feed.", actor=actor.removeprefix(actors.TOKEN))


def _as_number(text: str) -> list[int] | list[str]:
    return [int(text)] if text.isdecimal() and len(text) < 19 else [text]
