"""Transfers: a list, a page for each, and stating one by hand, which another person allows."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from registry.access import field_access, permissions
from registry.errors import ReviewError
from registry.judgements import stated_transfers
from registry.models import OriginKind, TransferStatement, User
from review.forms import whole_number
from review.pair import transfers
from review.presentation.labels import OUTCOMES_SHORT
from review.sign_in.access import for_right, refused

KINDS: dict[str, Promise] = {OriginKind.INSTITUTION: _("institution"), OriginKind.TOWN: _("town")}
REFUSALS: dict[str, Promise] = {
    "origin": _("Write the institution or town so that its place, kind or number can be read."),
    "region": _("Write the region by its whole name: it is read as none or as several."),
    "stated_in": _("Say in which list, order, report or testimony it stands, in 300 characters at most."),
    "reason": _("Say why it is believed, in 500 characters at most."),
    "days": _("Write days as DD.MM.YYYY, the first before the last."),
    "children": _("Write the number of children in digits, or leave it out."),
    "own_request": _("Nobody allows their own statement. Ask another person."),
    "decided": _("This statement has been decided already."),
}
FIELDS = ("origin", "region", "stated_in", "reason", "from", "to", "children")

in_the_know = for_right(permissions.TRANSFERS)


@require_GET
@in_the_know
def listing(request: HttpRequest, user: User) -> HttpResponse:
    """Show transfers, the largest first, and what people have stated."""
    return _listing(request, user)


@require_GET
@in_the_know
def page(request: HttpRequest, user: User, transfer_id: int) -> HttpResponse:
    """Show one transfer: its lists, and the pairs that gain most."""
    try:
        found = transfers.page(user, transfer_id)
    except ReviewError:
        return refused(request, _("There is no such transfer"), _("The last run may not have learnt it."), 404)
    gains = [(one, OUTCOMES_SHORT.get(one.status, _("waits"))) for one in found.gains]
    context = {"here": "transfers", "found": found, "one": found.transfer, "kinds": KINDS, "gains": gains}
    return render(request, "review/transfer.html", context | _words())


@require_POST
@in_the_know
def state(request: HttpRequest, user: User) -> HttpResponse:
    """State a transfer."""
    sent = {name: request.POST.get(name, "") for name in FIELDS}
    kind = request.POST.get("kind", "")
    try:
        said = stated_transfers.read({kind if kind in KINDS else "": sent["origin"], **sent})
        stated_transfers.state(user, said)
    except ReviewError as fault:
        return _listing(request, user, fault.code, 422, {**sent, "kind": kind})
    messages.success(request, _("It is kept. The next run counts it once another person has allowed it."))
    return redirect("review:transfers")


@require_POST
@in_the_know
def decide(request: HttpRequest, user: User, statement_id: int) -> HttpResponse:
    """Allow or refuse what somebody else has stated."""
    try:
        stated_transfers.decide(user, statement_id, allowed=request.POST.get("answer") == "allow")
    except ReviewError as fault:
        return _listing(request, user, fault.code, 404 if fault.code == "unknown" else 409)
    return redirect("review:transfers")


def _listing(
    request: HttpRequest, user: User, error: str = "", status: int = 200, sent: dict[str, str] | None = None
) -> HttpResponse:
    after = min(whole_number(request.GET.get("after", "")) or 0, 100_000)
    found, more = transfers.listing(user, after)
    context = {
        "here": "transfers",
        "rows": [(one, KINDS[one.kind]) for one in found],
        "older": after + transfers.PAGE if more else None,
        "stated": [_stated(one, user) for one in stated_transfers.listed()],
        "error": REFUSALS.get(error, _("There is no such statement.")) if error else "",
        "kinds": KINDS.items(),
        "sent": sent or {},
    }
    return render(request, "review/transfers.html", context | _words(), status=status)


def _stated(one: TransferStatement, user: User) -> dict[str, Any]:
    """Return a statement as this person may see it."""
    sees_region = field_access.FieldClass.PRESENT_LOCATION in field_access.of_person(user)
    return {
        "id": one.pk,
        "kind": KINDS[one.kind],
        "origin": one.origin,
        "region": one.region if sees_region or one.asked_by_id == user.pk else field_access.WITHHELD,
        "days": (one.moved_from, one.moved_to),
        "children": one.children,
        "stated_in": one.stated_in if sees_region or one.asked_by_id == user.pk else field_access.WITHHELD,
        "reason": one.reason if sees_region or one.asked_by_id == user.pk else field_access.WITHHELD,
        "asked_by": one.asked_by.username,
        "asked_at": one.asked_at,
        "decided_by": one.decided_by.username if one.decided_by else "",
        "state": _("waits for another person") if one.allowed is None else _("counts") if one.allowed else _("refused"),
        "may_allow": one.allowed is None and one.asked_by_id != user.pk and sees_region,
        "may_refuse": one.allowed is not False and one.asked_by_id != user.pk and sees_region,
    }


def _words() -> dict[str, str]:
    return {"withheld": field_access.WITHHELD}
