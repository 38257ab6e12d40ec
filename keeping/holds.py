"""Legal holds: one person holds something back from erasure on a named basis; two people lift it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from keeping.erasure import targets
from keeping.erasure.targets import Target
from registry import audit
from registry.access import permissions
from registry.errors import ReviewError
from registry.models import Hold, User

BASIS_LENGTH = 300


def add(user: User, target: Target, basis: str) -> Hold:
    """Hold something back from erasure, at once.

    Args:
        user: Who places it.
        target: A row, an identity or a source.
        basis: The order, case or law that asks for it, by name; never the name of a child.

    Raises:
        ReviewError: The role may not, or no basis is named.
    """
    permissions.require(user, permissions.HOLDS)
    basis = " ".join(basis.split())
    if len(basis) < 3 or len(basis) > BASIS_LENGTH or "\x00" in basis:
        raise ReviewError("basis", "A hold needs its legal basis", f"Name it in 3 to {BASIS_LENGTH} characters")
    with transaction.atomic():
        made = Hold.objects.create(**target.fields, basis=basis, placed_by=user, placed_at=timezone.now())
        audit.append(str(user.pk), "hold.placed", "hold", str(made.pk), {"scope": made.scope})
    return made


def lift(user: User, number: int) -> Hold:
    """Ask that a hold is lifted; when another person has asked already, lift it.

    Raises:
        ReviewError: The role may not, there is no such hold, it is lifted, or the person has asked already.
    """
    permissions.require(user, permissions.HOLDS)
    with transaction.atomic():
        hold = Hold.objects.select_for_update().filter(pk=number).first()
        if hold is None or hold.lifted_at is not None:
            raise ReviewError("no_hold", "There is no such hold", "`ridni hold list` shows those that stand")
        if hold.lift_asked_by_id == user.pk:
            raise ReviewError("own_request", "You have asked for it: another person lifts the hold")
        if hold.lift_asked_by_id is None:
            hold.lift_asked_by, hold.lift_asked_at, action = user, timezone.now(), "hold.lift_asked"
        else:
            hold.lifted_by, hold.lifted_at, action = user, timezone.now(), "hold.lifted"
        hold.save(update_fields=["lift_asked_by", "lift_asked_at", "lifted_by", "lifted_at"])
        audit.append(str(user.pk), action, "hold", str(hold.pk), {"scope": hold.scope})
    return hold


def standing() -> list[Hold]:
    """Return the holds that stand, the oldest first."""
    found = Hold.objects.filter(lifted_at=None).select_related("source", "placed_by", "lift_asked_by")
    return list(found.order_by("pk"))


def words(hold: Hold) -> str:
    """Say what a hold is about, by numbers and names of lists alone."""
    return targets.words(hold)
