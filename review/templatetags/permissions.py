"""What a person may do, for links that only some people get."""

from __future__ import annotations

import time
from typing import Any

from django import template

from registry.access import permissions
from registry.fitness import checks
from registry.models import User
from review.lookup import asking
from review.queue import budget, waiting

register = template.Library()

_LOOK_AGAIN_AFTER = 60.0
_fitness: dict[str, float | bool] = {"at": float("-inf"), "unfit": False}


@register.filter
def may(user: Any, right: str) -> bool:
    """Tell whether the person of this request has a right."""
    return isinstance(user, User) and permissions.may(user, right)


@register.simple_tag
def limited(user: Any) -> list[budget.Limited]:
    """Return who is near the limit of openings or at its end, for people who are to hear of it; else nobody."""
    if not isinstance(user, User):
        return []
    hears = permissions.may(user, permissions.QUALITY) or permissions.may(user, permissions.AUDIT)
    return budget.limited() if hears else []


@register.simple_tag
def looked_up_much(user: Any) -> list[asking.Much]:
    """Return who has asked much about children for callers, for the same people."""
    if not isinstance(user, User):
        return []
    hears = permissions.may(user, permissions.QUALITY) or permissions.may(user, permissions.AUDIT)
    return asking.much() if hears else []


@register.simple_tag
def safety_waits(user: Any) -> waiting.HandedOver | None:
    """Return what was handed over for a child's safety and waits, for whoever leads; nothing for others."""
    if not isinstance(user, User) or not permissions.may(user, permissions.QUALITY):
        return None
    return waiting.for_safety()


@register.simple_tag
def unfit(user: Any) -> bool:
    """Tell the lead whether real records are kept by a deployment that is not fit for them; looked at once a minute."""
    if not isinstance(user, User) or not permissions.may(user, permissions.QUALITY):
        return False
    if time.monotonic() - _fitness["at"] > _LOOK_AGAIN_AFTER:
        _fitness.update(at=time.monotonic(), unfit=checks.unfit())
    return bool(_fitness["unfit"])
