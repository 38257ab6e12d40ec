"""Is there anything about …? One question at a time; what was asked is in no address and is not kept."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from configs.settings import settings
from registry.access import permissions
from registry.errors import ReviewError
from registry.models import User
from review.forms import whole_number
from review.lookup import asking
from review.lookup.search import Question
from review.presentation.provenance import SOURCE_CLASSES
from review.sign_in.access import for_right, refused

PURPOSES: dict[str, Promise] = {
    "relative": _("a relative or somebody close asks"),
    "authority": _("a body of the state asks"),
    "partner": _("a partner organisation asks"),
    "return": _("a child's return is being prepared"),
}
REFUSALS: dict[str, Promise] = {
    "purpose": _("Choose what it is for."),
    "case": _("Give the number of the case or call. It has a digit and holds no name."),
    "too_little": _(
        "Surname and given name are needed, and one of these as well: the year of birth, a town that is known, or the "
        "institution."
    ),
    "lookups": _("Your questions of the last 24 hours are used up. Hand the caller to the person who leads the team."),
}
STANDS: dict[str, Promise] = {
    "verified": _("two people have confirmed who the child is: hand the caller to the person who leads the team"),
    "waits": _("reviewers have it before them"),
    "alone": _("nobody has compared it yet"),
}
MAY = (1900, 2100)

for_hotline = for_right(permissions.LOOKUP)


@require_http_methods(["GET", "HEAD", "POST"])
@for_hotline
def page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the form, or answer a question."""
    if request.method != "POST":
        return _page(request, user)
    sent = {name: request.POST.get(name, "").replace("\x00", "").strip()[:200] for name in FIELDS}
    year = whole_number(sent["born"])
    born = year if year is not None and MAY[0] <= year <= MAY[1] else None
    question = Question(sent["name"], born, sent["town"], sent["institution"])
    try:
        found = asking.ask(user, question, sent["purpose"], sent["case"])
    except ReviewError as fault:
        status = 429 if fault.code == "lookups" else 422
        return _page(request, user, sent=sent, error=REFUSALS[fault.code], status=status)
    answers: list[dict[str, object]] = [
        {
            "number": one.number,
            "kind": SOURCE_CLASSES.get(one.source_class, SOURCE_CLASSES["other"]),
            "observed": one.observed,
            "slip": one.slip,
            "stands": STANDS[one.stands],
            "may_lead": one.stands != "verified",
        }
        for one in found
    ]
    return _page(request, user, sent=sent, answers=answers, asked=True)


FIELDS = ("name", "born", "town", "institution", "purpose", "case")


@require_POST
@for_hotline
def put_forward(request: HttpRequest, user: User, answer_id: int) -> HttpResponse:
    """Put a record before the reviewers."""
    try:
        asking.put_forward(user, answer_id)
    except ReviewError:
        return refused(request, _("There is nothing to show"), _("No question of yours has such an answer."), 404)
    messages.success(request, _("It is before the reviewers: its pairs come first."))
    return redirect("review:lookup")


def _page(
    request: HttpRequest,
    user: User,
    sent: dict[str, str] | None = None,
    answers: list[dict[str, object]] | None = None,
    error: Promise | str = "",
    status: int = 200,
    *,
    asked: bool = False,
) -> HttpResponse:
    context = {
        "here": "lookup",
        "sent": sent or {},
        "answers": answers or [],
        "asked": asked,
        "error": error,
        "purposes": PURPOSES.items(),
        "left": asking.left(user),
        "limit": settings().lookups_per_day,
    }
    return render(request, "review/lookup.html", context, status=status)
