"""What a person may do, for links that only some people get."""

from __future__ import annotations

from typing import Any

from django import template

from registry.access import permissions
from registry.models import User
from review.queue import budget

register = template.Library()


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
