"""The queue: one's own day, and one action that takes the next pair. Never a list of records."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from configs.settings import settings
from registry.models import User
from registry.services import desk, reviews, wellbeing
from review.access import for_reviewers


@require_GET
@for_reviewers
def home(request: HttpRequest, user: User) -> HttpResponse:
    """Show what the person has done today and what waits."""
    day = desk.day(user)
    return render(
        request,
        "review/home.html",
        {
            "here": "home",
            "day": day,
            "holds": desk.held(user) is not None,
            "adjudicates": user.may_adjudicate,
            "stretch": wellbeing.stretch(user),
            "lease_minutes": settings().lease_minutes,
        },
    )


@require_POST
@for_reviewers
def take(request: HttpRequest, user: User) -> HttpResponse:
    """Reserve the next pair and go there."""
    candidate = reviews.take_next(user)
    if candidate is None:
        return redirect("review:nothing")
    return redirect("review:pair", candidate_id=candidate.pk)


@require_GET
@for_reviewers
def nothing(request: HttpRequest, user: User) -> HttpResponse:
    """Say that nothing waits for this person."""
    return render(request, "review/empty.html", {"here": "home"})
