"""Erasures: asked for by one person with a plan in counts, allowed or refused by another; holds in their way."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from keeping import holds
from keeping.erasure import requests, targets
from registry.access import permissions
from registry.errors import RegistryError, ReviewError
from registry.models import User
from review.sign_in.access import for_right

GROUNDS: dict[str, Promise] = {
    "asked_by_person": _("The person asks for it"),
    "asked_by_family": _("The family asks for it"),
    "consent_withdrawn": _("Consent was withdrawn"),
    "unlawful": _("It was never lawful to hold"),
    "court_order": _("A court orders it"),
    "not_needed": _("It is not needed any more"),
    "term_ended": _("The term of the source has ended"),
}
STATES: dict[str, Promise] = {
    "waits": _("waits for a second person"),
    "refused": _("refused"),
    "under way": _("allowed; carried out this night, or by `ridni erase run`"),
    "done": _("erased"),
}
KINDS: dict[str, Promise] = {
    "rows": _("rows of lists"),
    "versions": _("records stored of them"),
    "held": _("rows that a hold keeps"),
    "destroyed": _("pieces of evidence destroyed: nobody else stands in them"),
    "redacted": _("lists replaced by a copy without the rows"),
    "lost": _("pieces of evidence destroyed though others stand in them: no copy can be made"),
    "others_lose": _("rows of others that lose their bytes by that"),
    "quarantined": _("rows in quarantine"),
    "documents": _("testimonies and reports"),
    "pairs": _("pairs with their levels"),
    "verdicts": _("verdicts, which stay without what they were about"),
    "notes": _("notes"),
    "groups": _("places in groups"),
    "identities": _("identities that lose a row or end"),
    "receivers": _("case systems that are told"),
}
REFUSALS: dict[str, Promise] = {
    "own_request": _("Nobody allows their own request. Ask another person."),
    "decided": _("This erasure has been decided already."),
    "held": _("A hold keeps this: nothing is erased while it stands."),
    "waits": _("An erasure of this waits already."),
    "nothing": _("Nothing is left of this that could be erased."),
}

open_to_both = for_right(permissions.ERASE_ASK, permissions.ERASE_DECIDE)


@require_GET
@open_to_both
def listing(request: HttpRequest, user: User) -> HttpResponse:
    """Show the erasures with their plans, the holds that stand, and to those who may, the form for a new one."""
    return _page(request, user)


@require_POST
@for_right(permissions.ERASE_ASK)
def ask(request: HttpRequest, user: User) -> HttpResponse:
    """Ask for an erasure."""
    try:
        requests.ask(user, targets.named(request.POST.get("thing", "")), request.POST.get("ground", ""))
    except (ReviewError, RegistryError) as fault:
        return _page(request, user, _words(fault), status=422)
    messages.success(request, _("Your request is kept. Another person has to allow it."))
    return redirect("review:erasures")


@require_POST
@for_right(permissions.ERASE_DECIDE)
def decide(request: HttpRequest, user: User, erasure_id: int) -> HttpResponse:
    """Allow or refuse an erasure that somebody else has asked for."""
    try:
        requests.decide(user, erasure_id, allowed=request.POST.get("answer") == "allow")
    except ReviewError as fault:
        return _page(request, user, _words(fault), status=409)
    return redirect("review:erasures")


def _page(request: HttpRequest, user: User, error: Promise | str = "", status: int = 200) -> HttpResponse:
    decides = permissions.may(user, permissions.ERASE_DECIDE)
    rows = [
        {
            "erasure": one,
            "of": requests.say(one),
            "ground": GROUNDS[one.ground],
            "state": STATES[requests.state(one)],
            "plan": [(KINDS[kind], count) for kind, count in one.plan.items() if count and kind in KINDS],
            "decidable": decides and one.allowed is None and one.asked_by_id != user.pk,
        }
        for one in requests.listing(user, 20)
    ]
    context = {
        "here": "erasures",
        "rows": rows,
        "holds": [(hold, holds.words(hold)) for hold in holds.standing()],
        "asks": permissions.may(user, permissions.ERASE_ASK),
        "grounds": [(code, GROUNDS[code]) for code in requests.ASKED_GROUNDS],
        "error": error,
    }
    return render(request, "review/erasures.html", context, status=status)


def _words(fault: RegistryError | ReviewError) -> Promise:
    unknown = _("There is no such record, identity or source.")
    return REFUSALS.get(getattr(fault, "code", ""), unknown)
