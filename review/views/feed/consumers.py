"""Case systems: on which terms they receive identities, asked for by one and allowed by another; their tokens."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from registry.access import consumers, permissions, tokens
from registry.errors import ReviewError
from registry.identities import outbox
from registry.models import ConsumerPurpose, User
from review.sign_in.access import for_right
from transliteration.errors import MendableError

PURPOSES: dict[str, Promise] = {
    ConsumerPurpose.TRACING: _("Tracing and reunification"),
    ConsumerPurpose.CASE_MANAGEMENT: _("Case management"),
    ConsumerPurpose.LEGAL: _("A court or prosecutor"),
    ConsumerPurpose.RESEARCH: _("Research and documentation"),
    ConsumerPurpose.UNSTATED: _("Not stated yet: carried over from a token of before"),
}
SCOPES: dict[str, Promise] = {
    "fields:location": _("where the child is now"),
    "fields:contact": _("how to reach the family"),
    "fields:health": _("health"),
    "fields:text": _("free text of lists and posts"),
    "fields:other": _("fields that nobody has classed"),
    "fields:testimony": _("testimony"),
    "evidence:read": _("where in the evidence each value stands"),
}
STATES: dict[str, Promise] = {
    "open": _("open"),
    "waiting": _("waits for a second person"),
    "refused": _("refused"),
    "closed": _("closed"),
}
REFUSALS: dict[str, Promise] = {
    "consumer_name": _("Name the system, in 100 characters at most."),
    "basis": _("Name the protocol or legal basis, in 300 characters at most."),
    "endpoint": _("An address has the form https://host/path, without a name or password in it."),
    "rate": _("The number of requests in a minute is out of bounds."),
    "waits": _("Terms of this case system wait to be decided. Decide those first."),
    "closed": _("This case system is closed for good. Choose another name."),
    "own_request": _("Nobody allows their own request. Ask another person."),
    "decided": _("This request has been decided already."),
}

open_to_both = for_right(permissions.CONSUMERS_ASK, permissions.CONSUMERS_DECIDE)


@require_GET
@open_to_both
def listing(request: HttpRequest, user: User) -> HttpResponse:
    """Show case systems and, to those who may, the form for a new one."""
    return _page(request, user)


@require_POST
@for_right(permissions.CONSUMERS_ASK)
def ask(request: HttpRequest, user: User) -> HttpResponse:
    """Ask that a case system may receive identities, or for other terms of a known one."""
    sent = request.POST
    rate = sent.get("rate", "")
    try:
        consumers.ask(
            user,
            sent.get("name", ""),
            sent.get("purpose", ""),
            sent.get("basis", ""),
            scopes=[scope for scope in sent.getlist("scope") if scope in SCOPES],
            endpoint=sent.get("endpoint", "").strip(),
            writes_to=sent.get("writes_to", "").strip(),
            rate=int(rate) if rate.isascii() and rate.isdecimal() and len(rate) < 9 else 0,
        )
    except ReviewError as fault:
        return _page(request, user, error=_words(fault), status=422)
    messages.success(request, _("Your request is kept. Another person has to allow it."))
    return redirect("review:consumers")


@require_POST
@for_right(permissions.CONSUMERS_DECIDE)
def decide(request: HttpRequest, user: User, terms_id: int) -> HttpResponse:
    """Allow or refuse terms that somebody else has asked for."""
    try:
        consumers.decide(user, terms_id, allowed=request.POST.get("answer") == "allow")
    except ReviewError as fault:
        return _page(request, user, error=_words(fault), status=409)
    return redirect("review:consumers")


@require_POST
@for_right(permissions.CONSUMERS_ASK)
def token(request: HttpRequest, user: User) -> HttpResponse:
    """Make a token, shown once; let the others end in a week; or end them all."""
    name, what = request.POST.get("name", ""), request.POST.get("what", "")
    try:
        if what == "revoke":
            tokens.revoke(name, str(user.pk))
        elif what == "rotate":
            return _page(request, user, made=(name, tokens.rotate(name, str(user.pk))))
        else:
            return _page(request, user, made=(name, tokens.issue(name, str(user.pk))))
    except MendableError:
        return _page(request, user, error=_("This case system is not open."), status=409)
    messages.success(request, _("The change is kept."))
    return redirect("review:consumers")


@require_POST
@open_to_both
def close(request: HttpRequest, user: User) -> HttpResponse:
    """End a case system for good."""
    try:
        consumers.close(user, request.POST.get("name", ""))
    except MendableError:
        return _page(request, user, error=_("This case system is not open."), status=409)
    messages.success(request, _("The change is kept."))
    return redirect("review:consumers")


def _page(
    request: HttpRequest,
    user: User,
    *,
    error: Promise | str = "",
    made: tuple[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    decides = permissions.may(user, permissions.CONSUMERS_DECIDE)
    rows = [
        {
            "one": one,
            "state": STATES[one.state],
            "terms": [
                {
                    "terms": terms,
                    "purpose": PURPOSES[terms.purpose],
                    "scopes": [SCOPES[scope] for scope in SCOPES if scope in terms.scopes],
                    "decidable": terms.allowed is None and decides and terms.asked_by_id != user.pk,
                }
                for terms in (one.stands, one.waits)
                if terms is not None
            ],
        }
        for one in consumers.listing()
    ]
    context = {
        "here": "consumers",
        "rows": rows,
        "asks": permissions.may(user, permissions.CONSUMERS_ASK),
        "purposes": [(code, PURPOSES[code]) for code in consumers.PURPOSES],
        "scopes": SCOPES.items(),
        "rate": consumers.DEFAULT_RATE,
        "error": error,
        "made": made,
        "stuck": [one.consumer.name for one in outbox.standing() if one.needs_a_person],
    }
    return render(request, "review/consumers.html", context, status=status)


def _words(fault: ReviewError) -> Promise:
    return REFUSALS.get(fault.code, _("This cannot be done. Load the page anew and look at the request."))
