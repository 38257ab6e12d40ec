"""Erasures as people ask for them, decide on them and look them up."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from keeping.erasure import plan, targets
from keeping.erasure.plan import Plan
from keeping.erasure.targets import Target
from registry import audit
from registry.access import permissions
from registry.errors import ReviewError
from registry.models import GROUNDS, TERM_ENDED, Erasure, User

ASKED_GROUNDS = tuple(ground for ground in GROUNDS if ground != TERM_ENDED)


def plan_for(user: User, target: Target) -> Plan:
    """Count what the erasure of something would take, before anybody asks for it.

    Raises:
        ReviewError: The role may not.
    """
    permissions.require(user, permissions.ERASE_ASK)
    return plan.of(Erasure(**target.fields, ground=ASKED_GROUNDS[0], asked_by=user))


def ask(user: User, target: Target, ground: str) -> Erasure:
    """Ask that something is erased; nothing happens until another person allows it.

    Raises:
        ReviewError: The role may not, there is no such ground, nothing is left to erase, a hold keeps it, or it waits.
    """
    permissions.require(user, permissions.ERASE_ASK)
    if ground not in ASKED_GROUNDS:
        raise ReviewError("ground", "There is no such ground", f"Choose one of {', '.join(ASKED_GROUNDS)}")
    if Erasure.objects.filter(**target.fields, finished_at=None).exclude(allowed=False).exists():
        raise ReviewError("waits", "An erasure of this waits already", "`ridni erase list` shows it")
    with transaction.atomic():
        made = Erasure(**target.fields, ground=ground, asked_by=user, asked_at=timezone.now())
        counted = plan.of(made)
        _require(counted)
        made.plan = counted.to_json()
        made.save()
        facts = {"scope": made.scope, "ground": ground, "plan": made.plan}
        audit.append(str(user.pk), "erasure.asked", "erasure", str(made.pk), facts)
    return made


def decide(user: User, number: int, *, allowed: bool) -> Erasure:
    """Allow or refuse an erasure that somebody else has asked for.

    What is allowed is then carried out by `keeping.erasure.carrying_out`.

    Raises:
        ReviewError: The role may not, it is one's own, decided already or unknown, or a hold keeps it.
    """
    permissions.require(user, permissions.ERASE_DECIDE)
    with transaction.atomic():
        erasure = Erasure.objects.select_for_update().filter(pk=number).first()
        if erasure is None:
            raise ReviewError("unknown", "There is no such erasure", "`ridni erase list` shows them")
        if erasure.asked_by_id == user.pk:
            raise ReviewError("own_request", "Nobody allows their own request", "Ask another person")
        if erasure.allowed is not None:
            raise ReviewError("decided", "This erasure has been decided already")
        if allowed:
            counted = plan.of(erasure)
            _require(counted)
            erasure.plan = counted.to_json()
        erasure.allowed, erasure.decided_by, erasure.decided_at = allowed, user, timezone.now()
        erasure.save(update_fields=["plan", "allowed", "decided_by", "decided_at"])
        action = "erasure.allowed" if allowed else "erasure.refused"
        audit.append(str(user.pk), action, "erasure", str(erasure.pk), {"scope": erasure.scope, "plan": erasure.plan})
    return erasure


def listing(user: User, limit: int = 50) -> list[Erasure]:
    """Return the newest erasures.

    Raises:
        ReviewError: The role has nothing to do with them.
    """
    if not permissions.may(user, permissions.ERASE_DECIDE):
        permissions.require(user, permissions.ERASE_ASK)
    found = Erasure.objects.select_related("source", "asked_by", "decided_by")
    return list(found.order_by("-pk")[:limit])


def under_way() -> list[Erasure]:
    """Return what is allowed and not finished, the oldest first."""
    return list(Erasure.objects.filter(allowed=True, finished_at=None).order_by("pk"))


def state(erasure: Erasure) -> str:
    """Say where an erasure stands: waits, refused, under way or done."""
    if erasure.finished_at is not None:
        return "done"
    if erasure.allowed is None:
        return "waits"
    return "under way" if erasure.allowed else "refused"


def say(erasure: Erasure) -> str:
    """Say what an erasure is about, by numbers alone."""
    return targets.words(erasure)


def _require(counted: Plan) -> None:
    if counted.held:
        raise ReviewError("held", f"{counted.held} rows are held", "`ridni hold list` says on which basis")
    if not (counted.rows or counted.quarantined or counted.documents):
        raise ReviewError("nothing", "Nothing is left that could be erased")
