"""The queue: one's own day, and one action that takes the next pair. Never a list of records."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from configs.settings import settings
from registry.models import Source, User
from registry.services.judging import desk, reviews, wellbeing
from registry.services.judging.queue import EVERYTHING
from review import wishes
from review.forms import read_filter
from review.sign_in.access import for_reviewers, or_first_page


@require_GET
@or_first_page
@for_reviewers
def home(request: HttpRequest, user: User) -> HttpResponse:
    """Show what the person has done today and what waits; whoever judges no pairs goes to their own first page."""
    day = desk.day(user)
    chosen = wishes.current(request)
    return render(
        request,
        "review/home.html",
        {
            "here": "home",
            "day": day,
            "counted": desk.COUNTED,
            "holds": desk.held(user) is not None,
            "adjudicates": user.may_adjudicate,
            "stretch": wellbeing.stretch(user),
            "lease_minutes": settings().lease_minutes,
            "filter_fields": wishes.fields(chosen),
            "filter_words": wishes.words(chosen),
            "group": chosen.meeting,
        },
    )


@require_POST
@for_reviewers
def take(request: HttpRequest, user: User) -> HttpResponse:
    """Reserve the next pair and go there."""
    candidate = reviews.take_next(user, wishes.current(request))
    if candidate is None:
        return redirect("review:nothing")
    return redirect("review:pair", candidate_id=candidate.pk)


@require_POST
@for_reviewers
def choose(request: HttpRequest, user: User) -> HttpResponse:
    """Keep which pairs this person wants to be given, or forget it."""
    sources = frozenset(Source.objects.values_list("pk", flat=True))
    regions = frozenset(region for region, _name in wishes.regions())
    wanted = EVERYTHING if "clear" in request.POST else read_filter(request.POST, regions, sources)
    wishes.keep(request, wanted)
    return redirect("review:home")


@require_GET
@for_reviewers
def nothing(request: HttpRequest, user: User) -> HttpResponse:
    """Say that nothing waits for this person."""
    chosen = wishes.current(request)
    context = {"here": "home", "filter_words": wishes.words(chosen), "group": chosen.meeting}
    return render(request, "review/empty.html", context)
