"""What a person may do, for links that only some people get."""

from __future__ import annotations

from typing import Any

from django import template

from registry.access import permissions
from registry.models import User

register = template.Library()


@register.filter
def may(user: Any, right: str) -> bool:
    """Tell whether the person of this request has a right."""
    return isinstance(user, User) and permissions.may(user, right)
