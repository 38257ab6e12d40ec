"""Who may see a page: people who judge pairs, signed in; everybody else gets a kind answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.access import permissions
from registry.errors import ReviewError
from registry.models import User
from review.forms import draft, read_choice
from review.queue import budget

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
PersonalPage = Callable[Concatenate[HttpRequest, User, P], HttpResponseBase]

FIRST_PAGES = (
    (permissions.DOCUMENTS, "review:papers"),
    (permissions.AUDIT, "review:log"),
    (permissions.ACCOUNTS, "review:people"),
    (permissions.LOOKUP, "review:lookup"),
)
"""Where people who judge no pairs begin, by the first right that they have."""


def for_reviewers(page: PersonalPage[P]) -> Page[P]:
    """Open a page to signed-in people who judge pairs and hand it their account.

    Somebody whose session has ended while they were deciding comes back to the same pair after signing in, with all
    that they had chosen and written.
    """

    @wraps(page)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        user = request.user
        if not isinstance(user, User):
            return redirect_to_login(_way_back(request), reverse("review:login"))
        if not permissions.may(user, permissions.JUDGE):
            return refused(
                request,
                _("This account does not judge pairs"),
                _("Your role in the team gives no access to records. If that is wrong, ask the person who leads it."),
            )
        return _within_budget(page, request, user, *args, **kwargs)

    return guarded


def or_first_page(page: Page[P]) -> Page[P]:
    """Lead whoever judges no pairs to the page where their own work begins."""

    @wraps(page)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        user = request.user
        if isinstance(user, User) and not permissions.may(user, permissions.JUDGE):
            for right, name in FIRST_PAGES:
                if permissions.may(user, right):
                    return redirect(name)
        return page(request, *args, **kwargs)

    return guarded


def for_right(*wanted: str) -> Callable[[PersonalPage[P]], Page[P]]:
    """Open a page to signed-in people who have one of these rights and hand it their account."""

    def guard(page: PersonalPage[P]) -> Page[P]:
        @wraps(page)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            user = request.user
            if not isinstance(user, User):
                return redirect_to_login(_way_back(request), reverse("review:login"))
            if not any(permissions.may(user, right) for right in wanted):
                return refused(
                    request,
                    _("This page is for others"),
                    _("Your role in the team does not need it. If that is wrong, ask the person who leads it."),
                )
            return _within_budget(page, request, user, *args, **kwargs)

        return guarded

    return guard


def _within_budget(
    page: PersonalPage[P], request: HttpRequest, user: User, /, *args: P.args, **kwargs: P.kwargs
) -> HttpResponseBase:
    """Answer with the page, or say that this person has opened as much as one person may."""
    try:
        return page(request, user, *args, **kwargs)
    except ReviewError as fault:
        if fault.code != budget.CLOSED:
            raise
        return refused(
            request,
            _("You have opened as much as one person may"),
            _(
                "So that nobody can copy the register, the queue is closed for you now. The pair you hold can still be "
                "judged. The person who leads the team can open the queue again."
            ),
            429,
        )


def refused(
    request: HttpRequest, heading: str | Promise, body: str | Promise, status: int = 403, **context: Any
) -> HttpResponse:
    """Say kindly why a page is not shown."""
    return render(request, "review/refused.html", {"heading": heading, "body": body, **context}, status=status)


def _way_back(request: HttpRequest) -> str:
    """Return where to go after signing in; what had been sent from the pair page is kept for whoever sent it."""
    match = request.resolver_match
    if request.method != "POST":
        return request.get_full_path()
    if match is None or match.view_name not in ("review:pair", "review:escalate"):
        return reverse("review:home")
    candidate_id = int(match.kwargs["candidate_id"])
    draft.keep(request, candidate_id, read_choice(request.POST))
    return reverse("review:pair", args=[candidate_id])
