"""One's own open sessions: on which devices, since when, last seen when; and ending them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from registry.access import sessions
from registry.models import User


@require_GET
@login_required
def listing(request: HttpRequest) -> HttpResponse:
    """Show the person's open sessions."""
    user = request.user
    assert isinstance(user, User)
    rows = sessions.of_user(user, request.session.session_key)
    return render(request, "review/sessions.html", {"here": "sessions", "rows": rows})


@require_POST
@login_required
def end(request: HttpRequest) -> HttpResponse:
    """End one of the person's sessions, or all but this one."""
    user = request.user
    assert isinstance(user, User)
    number = request.POST.get("number", "")
    if number:
        sessions.end(user, number)
    else:
        sessions.end_others(user, request.session.session_key)
    messages.success(request, _("Ended: whoever used it has to sign in again."))
    return redirect("review:sessions")
