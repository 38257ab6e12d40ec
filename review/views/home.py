"""The queue: one's own day, and one action that takes the next pair. Never a list of records."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from configs.settings import settings
from registry.access import permissions
from registry.errors import ReviewError
from registry.models import Candidate, CandidateStatus, Source, User
from review.child import would_be
from review.forms import queue_filter, read_filter
from review.queue import assignment, breaks, gold_items, workload
from review.queue.filters import EVERYTHING, LISTED_TWICE
from review.sign_in.access import for_reviewers, or_first_page


@require_GET
@or_first_page
@for_reviewers
def home(request: HttpRequest, user: User) -> HttpResponse:
    """Show what the person has done today and what waits; whoever judges no pairs goes to their own first page."""
    day = workload.day(user)
    chosen = queue_filter.current(request)
    return render(
        request,
        "review/home.html",
        {
            "here": "home",
            "day": day,
            "counted": workload.COUNTED,
            "holds": workload.held(user) is not None,
            "adjudicates": permissions.may(user, permissions.ADJUDICATE),
            "stretch": breaks.stretch(user),
            "lease_minutes": settings().lease_minutes,
            "filter_fields": queue_filter.fields(chosen),
            "filter_words": queue_filter.words(chosen),
            "group": chosen.meeting,
            "listed_twice": chosen.listed_twice,
        },
    )


@require_POST
@for_reviewers
def take(request: HttpRequest, user: User) -> HttpResponse:
    """Reserve the next pair and go there."""
    return next_one(request, user)


def next_one(request: HttpRequest, user: User) -> HttpResponse:
    """Reserve the next pair and go there, or say that nothing waits.

    Raises:
        ReviewError: The queue is closed for this person.
    """
    candidate = assignment.take_next(user, queue_filter.current(request))
    return redirect("review:nothing") if candidate is None else _to(user, candidate)


def onwards(request: HttpRequest, user: User) -> HttpResponse:
    """Go on by itself after a verdict; where it is time for a pause or nothing waits, to the page that says so."""
    if breaks.stretch(user).long:
        return redirect("review:decided")
    try:
        candidate = assignment.take_next(user, queue_filter.current(request))
    except ReviewError:  # the queue has closed; the verdict is kept
        return redirect("review:decided")
    return redirect("review:decided") if candidate is None else _to(user, candidate)


def _to(user: User, candidate: Candidate) -> HttpResponse:
    whole = may_be_whole(user, candidate)
    return redirect("review:child" if whole else "review:pair", candidate_id=candidate.pk)


@require_POST
@for_reviewers
def take_twice(request: HttpRequest, user: User) -> HttpResponse:
    """Work through the rows that may list one child twice from now on: take the likeliest."""
    queue_filter.keep(request, LISTED_TWICE)
    candidate = assignment.take_next(user, LISTED_TWICE)
    return redirect("review:pair", candidate_id=candidate.pk) if candidate else redirect("review:nothing")


def may_be_whole(user: User, candidate: Candidate) -> bool:
    """Tell whether there is a whole child to judge around a pair; what adjudicators get, and gold items, stay pairs."""
    apart = candidate.escalated or candidate.listed_twice or candidate.meeting_id is not None
    if candidate.status == CandidateStatus.DISPUTED or apart:
        return False
    return gold_items.item_of(candidate) is None and would_be.around(user, candidate).is_more_than_a_pair


@require_POST
@for_reviewers
def choose(request: HttpRequest, user: User) -> HttpResponse:
    """Keep which pairs this person wants to be given, or forget it."""
    sources = frozenset(Source.objects.values_list("pk", flat=True))
    regions = frozenset(region for region, _name in queue_filter.regions())
    wanted = read_filter(request.POST, regions, sources)
    kept = replace(wanted, listed_twice=queue_filter.current(request).listed_twice)
    queue_filter.keep(request, EVERYTHING if "clear" in request.POST else kept)
    return redirect("review:home")


@require_GET
@for_reviewers
def nothing(request: HttpRequest, user: User) -> HttpResponse:
    """Say that nothing waits for this person."""
    chosen = queue_filter.current(request)
    context = {"here": "home", "filter_words": queue_filter.words(chosen), "group": chosen.meeting}
    return render(request, "review/empty.html", context)
