"""The log of who did and saw what, for the auditor."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from registry.access import access_log, permissions
from registry.models import User
from review.forms import whole_number
from review.sign_in.access import for_right

PAGE = 50


@require_GET
@for_right(permissions.AUDIT)
def log(request: HttpRequest, user: User) -> HttpResponse:
    """Show a page of the log, the newest first."""
    before, actor, number = (request.GET.get(name, "").strip()[:80] for name in ("before", "actor", "number"))
    steps = access_log.page(user, whole_number(before), actor=_plain(actor), number=_plain(number), limit=PAGE + 1)
    rows = [(step, json.dumps(step.data, ensure_ascii=False) if step.data else "") for step in steps[:PAGE]]
    context = {
        "here": "log",
        "rows": rows,
        "older": steps[PAGE - 1].seq if len(steps) > PAGE else None,
        "actor": actor,
        "number": number,
    }
    return render(request, "review/log.html", context)


def _plain(text: str) -> str:
    return text.replace("\x00", "")
