"""Who is near the limit of openings or at its end, for the lead and the auditor; a lead opens the queue again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from configs.settings import settings
from registry.access import permissions
from registry.errors import ReviewError
from registry.models import User
from review.forms import whole_number
from review.queue import budget
from review.sign_in.access import for_right

REFUSALS: dict[str, Promise] = {
    "own": _("Nobody opens the queue for themselves. Ask another lead."),
    "unknown": _("There is no such account."),
}


@require_GET
@for_right(permissions.QUALITY, permissions.AUDIT)
def listing(request: HttpRequest, user: User) -> HttpResponse:
    """Show the people who have opened much."""
    return _page(request, user)


@require_POST
@for_right(permissions.QUALITY)
def reopen(request: HttpRequest, user: User) -> HttpResponse:
    """Open the queue for a person again."""
    try:
        budget.reopen(user, whole_number(request.POST.get("user", "")) or 0)
    except ReviewError as fault:
        return _page(request, user, REFUSALS.get(fault.code, REFUSALS["unknown"]), 422)
    messages.success(request, _("The queue is open for them again."))
    return redirect("review:limits")


def _page(request: HttpRequest, user: User, error: Promise | str = "", status: int = 200) -> HttpResponse:
    context = {
        "here": "limits",
        "rows": budget.limited(),
        "hour": settings().opened_per_hour,
        "day": settings().opened_per_day,
        "error": error,
    }
    return render(request, "review/limits.html", context, status=status)
