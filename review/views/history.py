"""One's own verdicts: numbers, verdicts and times, no names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.views.decorators.http import require_GET

from registry.models import User
from registry.services import desk
from review.access import for_reviewers
from review.vocabulary import SUPERSEDED, reason_label, verdict_label

PAGE = 20


@dataclass(frozen=True)
class Row:
    """One verdict as shown."""

    candidate_id: int
    verdict: str
    reason: str
    at: datetime
    remark: Promise | str = ""


@require_GET
@for_reviewers
def history(request: HttpRequest, user: User) -> HttpResponse:
    """Show a page of the person's own verdicts, the newest first."""
    before = request.GET.get("before", "")
    found = desk.own_verdicts(user, before=int(before) if before.isdecimal() else None, limit=PAGE + 1)
    shown = found[:PAGE]
    rows = [
        Row(
            v.candidate_id,
            verdict_label(v.verdict),
            reason_label(v.verdict, v.reason),
            v.decided_at,
            SUPERSEDED if v.superseded else "",
        )
        for v in shown
    ]
    older = shown[-1].review_id if len(found) > PAGE else None
    return render(request, "review/history.html", {"here": "history", "rows": rows, "older": older})
