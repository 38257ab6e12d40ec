"""Whole groups: a transfer list meets the reports of an institution, row by row."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from configs.settings import settings
from registry.errors import ReviewError
from registry.models import User
from review.forms import queue_filter, whole_number
from review.pair import rosters
from review.presentation.surroundings import child
from review.queue import assignment, budget
from review.queue.filters import EVERYTHING, QueueFilter
from review.sign_in.access import for_reviewers, refused


@require_GET
@for_reviewers
def listing(request: HttpRequest, user: User) -> HttpResponse:
    """Show the groups with the most pairs that wait: a handful."""
    return render(
        request,
        "review/groups.html",
        {
            "here": "groups",
            "meetings": rosters.largest(user, settings().review_from),
            "group": queue_filter.current(request).meeting,
        },
    )


@require_GET
@for_reviewers
def rows(request: HttpRequest, user: User, meeting_id: int) -> HttpResponse:
    """Show the next rows of a group: the child on the list, and the child of a report, side by side."""
    try:
        found = rosters.rows(user, meeting_id)
    except ReviewError:
        return refused(request, _("There is no such group"), _("It may have been judged meanwhile."), 404)
    shown = [
        {
            "candidate_id": row.candidate_id,
            "listed": child(row.listed),
            "reported": child(row.reported),
            "held": row.held,
        }
        for row in found.rows
    ]
    context = {"here": "groups", "meeting": found.meeting, "rows": shown, "found": found}
    return render(request, "review/group.html", context)


@require_POST
@for_reviewers
def take(request: HttpRequest, user: User, meeting_id: int) -> HttpResponse:
    """Work through a group from now on: take its next row, or the one asked for."""
    queue_filter.keep(request, QueueFilter(meeting=meeting_id))
    wanted = whole_number(request.POST.get("candidate", ""))
    if wanted is not None:
        try:
            return redirect("review:pair", candidate_id=assignment.take(user, wanted, meeting=meeting_id).pk)
        except ReviewError as fault:
            if fault.code == budget.CLOSED:
                raise
            return redirect("review:group", meeting_id=meeting_id)
    candidate = assignment.take_next(user, QueueFilter(meeting=meeting_id))
    return redirect("review:pair", candidate_id=candidate.pk) if candidate else redirect("review:nothing")


@require_POST
@for_reviewers
def leave(request: HttpRequest, user: User) -> HttpResponse:
    """Go back to the whole queue."""
    queue_filter.keep(request, EVERYTHING)
    return redirect("review:home")
