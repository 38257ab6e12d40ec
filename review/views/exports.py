"""Exports with names: asked for by one person, allowed by another, fetched once."""

from __future__ import annotations

import tempfile

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from configs import scratch
from registry import exports
from registry.access import permissions
from registry.errors import ReviewError
from registry.models import ExportKind, ExportPurpose, User
from review.sign_in.access import for_right

KINDS: dict[str, Promise] = {
    ExportKind.CANDIDATES: _("Candidates with names"),
    ExportKind.IDENTITIES: _("Verified identities with their values"),
    ExportKind.TRANSFERS: _("Transfers with the records behind them"),
}
PURPOSES: dict[str, Promise] = {
    ExportPurpose.TRACING: _("Tracing by a partner"),
    ExportPurpose.LEGAL: _("A court or prosecutor"),
    ExportPurpose.FAMILY: _("An answer to a family"),
    ExportPurpose.CHECK: _("A check of the data"),
}
STATES: dict[str, Promise] = {
    "waiting": _("waits for a second person"),
    "allowed": _("allowed, to be fetched within a day"),
    "refused": _("refused"),
    "fetched": _("fetched"),
    "expired": _("was allowed more than a day ago"),
}
REFUSALS: dict[str, Promise] = {
    "recipient": _("Name the body that gets the export, in 120 characters at most."),
    "own_request": _("Nobody allows their own export. Ask another person."),
    "decided": _("This export has been decided already."),
}

open_to_both = for_right(permissions.EXPORT_REQUEST, permissions.EXPORT_DECIDE)


@require_GET
@open_to_both
def listing(request: HttpRequest, user: User) -> HttpResponse:
    """Show the requests and, to those who may, the form for a new one."""
    return _page(request, user)


@require_POST
@for_right(permissions.EXPORT_REQUEST)
def ask(request: HttpRequest, user: User) -> HttpResponse:
    """Ask for an export."""
    sent = request.POST
    try:
        exports.ask(user, sent.get("kind", ""), sent.get("purpose", ""), sent.get("recipient", ""))
    except ReviewError as fault:
        return _page(request, user, _words(fault), status=422)
    messages.success(request, _("Your request is kept. Another person has to allow it."))
    return redirect("review:exports")


@require_POST
@for_right(permissions.EXPORT_DECIDE)
def decide(request: HttpRequest, user: User, request_id: int) -> HttpResponse:
    """Allow or refuse a request of somebody else."""
    try:
        exports.decide(user, request_id, allowed=request.POST.get("answer") == "allow")
    except ReviewError as fault:
        return _page(request, user, _words(fault), status=409)
    return redirect("review:exports")


@require_POST
@for_right(permissions.EXPORT_REQUEST)
def fetch(request: HttpRequest, user: User, request_id: int) -> HttpResponseBase:
    """Hand the file over, once."""
    # The file has no name on disk and is gone when it has been sent.
    file = tempfile.TemporaryFile(dir=scratch.folder())  # noqa: SIM115
    stream = open(file.fileno(), "w", encoding="utf-8", newline="", closefd=False)  # noqa: SIM115
    try:
        exports.fetch(user, request_id, stream)
    except ReviewError as fault:
        file.close()
        return _page(request, user, _words(fault), status=409)
    stream.flush()
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"export-{request_id}.csv", content_type="text/csv")


def _page(request: HttpRequest, user: User, error: Promise | str = "", status: int = 200) -> HttpResponse:
    rows = [
        {
            "asked": asked,
            "kind": KINDS[asked.kind],
            "purpose": PURPOSES[asked.purpose],
            "state": STATES[asked.state],
            "decidable": asked.state == "waiting"
            and not asked.own
            and permissions.may(user, permissions.EXPORT_DECIDE),
            "fetchable": asked.state == "allowed" and asked.own,
        }
        for asked in exports.listing(user)
    ]
    context = {
        "here": "exports",
        "rows": rows,
        "asks": permissions.may(user, permissions.EXPORT_REQUEST),
        "kinds": KINDS.items(),
        "purposes": PURPOSES.items(),
        "error": error,
    }
    return render(request, "review/exports.html", context, status=status)


def _words(fault: ReviewError) -> Promise:
    return REFUSALS.get(fault.code, _("This cannot be done. Load the page anew and look at the request."))
