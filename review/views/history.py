"""One's own verdicts: numbers, verdicts and times, no names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from registry.errors import ReviewError
from registry.judgements.notes import NOTE_LENGTH
from registry.models import User
from review.forms import whole_number
from review.presentation.child import table as child_table
from review.presentation.child import words as child_words
from review.presentation.labels import (
    OUTCOMES_SHORT,
    STEPS,
    SUPERSEDED,
    WITHDRAWN,
    reason_label,
    verdict_label,
)
from review.presentation.surroundings import ESCALATIONS
from review.queue import workload
from review.sign_in.access import for_reviewers, refused
from review.verdicts import decisions, reopening
from review.verdicts import history as histories

PAGE = 20
REASONS = {
    "escalated": dict(ESCALATIONS),
    "reopened": child_words.REOPENED_BECAUSE,
    "settled": child_words.SETTLE_REASONS,
}
"""Words of the reasons of steps that are no verdicts, by step."""
UNDO_ROWS = 3
"""So many of the newest verdicts offer to be taken back."""


@dataclass(frozen=True)
class Row:
    """One verdict as shown."""

    candidate_id: int
    verdict: str
    reason: str
    at: datetime
    remark: Promise | str = ""
    review_id: int | None = None


@require_GET
@for_reviewers
def history(request: HttpRequest, user: User) -> HttpResponse:
    """Show a page of the person's own verdicts, the newest first."""
    before = whole_number(request.GET.get("before", ""))
    found = workload.own_verdicts(user, before=before, limit=PAGE + 1)
    shown = found[:PAGE]
    rows = [
        Row(
            v.candidate_id,
            verdict_label(v.verdict),
            reason_label(v.verdict, v.reason),
            v.decided_at,
            WITHDRAWN if v.withdrawn else SUPERSEDED if v.superseded else "",
            v.review_id
            if place < UNDO_ROWS and not v.withdrawn and not decisions.undoable(user, v.review_id)
            else None,
        )
        for place, v in enumerate(shown)
    ]
    older = shown[-1].review_id if len(found) > PAGE else None
    return render(request, "review/history.html", {"here": "history", "rows": rows, "older": older})


@dataclass(frozen=True)
class Step:
    """One step of a pair's history as shown."""

    at: datetime
    who: int
    own: bool
    what: Promise | str
    said: str
    led_to: Promise | str


@require_GET
@for_reviewers
def of_pair(request: HttpRequest, user: User, candidate_id: int) -> HttpResponse:
    """Show what has happened to a pair, as far as this person may know."""
    try:
        found = histories.of_candidate(user, candidate_id)
    except ReviewError:
        return refused(
            request,
            _("There is nothing to show"),
            _("You have had nothing to do with this pair, or it has no such number."),
            404,
        )
    return render(request, "review/pair_history.html", _shown(found))


@require_POST
@for_reviewers
def reopen(request: HttpRequest, user: User, candidate_id: int) -> HttpResponse:
    """Open a decided pair again."""
    try:
        reopening.reopen(user, candidate_id, request.POST.get("reason", ""), request.POST.get("note", ""))
    except ReviewError as fault:
        body = _("Nothing was changed.")
        heading = child_words.REFUSALS.get(fault.code, _("There is nothing to show"))
        return refused(request, heading, body, 404 if fault.code == "unknown" else 409)
    messages.success(request, _("The pair is open again. People who have not judged it will look at it."))
    return redirect("review:history")


def _said(step: histories.Step) -> str:
    """Return what a step says in words: of a verdict or a settlement the answer, and the reason of either kind."""
    if step.verdict:
        return f"{verdict_label(step.verdict)} — {reason_label(step.verdict, step.reason)}"
    reason = REASONS.get(step.step, {}).get(step.reason, "")
    return f"{child_words.SETTLEMENTS[step.settlement]} — {reason}" if step.settlement else str(reason)


def _shown(found: histories.History) -> dict[str, Any]:
    steps = [
        Step(
            s.at,
            s.person,
            s.own,
            STEPS.get(s.step, s.step),
            _said(s),
            OUTCOMES_SHORT.get(s.outcome, "") if found.whole else "",
        )
        for s in found.steps
    ]
    return {
        "here": "history",
        "found": found,
        "steps": steps,
        "status": OUTCOMES_SHORT.get(found.status, ""),
        "table": child_table.table(found.columns),
        "reasons": list(child_words.REOPEN_REASONS.items()),
        "note_length": NOTE_LENGTH,
    }
