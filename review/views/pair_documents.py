"""Testimony and photographs about the pair one holds: closed until somebody says what for they open them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from registry.access import permissions
from registry.errors import EvidenceError, ReviewError
from registry.models import TestimonyKind, User
from review.pair import documents
from review.presentation.labels import UNREAD
from review.queue import budget
from review.sign_in.access import for_reviewers, refused

KINDS: dict[str, Promise] = {
    TestimonyKind.TESTIMONY: _("testimony"),
    TestimonyKind.MEDICAL_REPORT: _("medical report"),
    TestimonyKind.FAMILY_STATEMENT: _("statement of the family"),
    TestimonyKind.DOCUMENT: _("other document"),
}
PURPOSES: dict[str, Promise] = {
    "judge_pair": _("the pair cannot be judged without it"),
    "contradiction": _("the records contradict each other"),
    "safety": _("a child may be in danger"),
}


@require_GET
@for_reviewers
def listing(request: HttpRequest, user: User, candidate_id: int) -> HttpResponse:
    """Show what there is about the two records, without what it says."""
    return _listing(request, user, candidate_id)


@require_POST
@for_reviewers
def opened(request: HttpRequest, user: User, candidate_id: int, testimony_id: int) -> HttpResponse:
    """Open one document for a purpose."""
    try:
        document = documents.open_document(user, candidate_id, testimony_id, request.POST.get("purpose", ""))
    except ReviewError as fault:
        if fault.code == budget.CLOSED:
            raise
        if fault.code == "not_reserved":
            return redirect("review:pair", candidate_id=candidate_id)
        if fault.code == "purpose":
            return _listing(request, user, candidate_id, _("Say what you open it for."), status=422)
        return refused(
            request,
            _("This document stays closed"),
            _("Your role does not open such documents, or it does not belong to this pair. An adjudicator can help."),
        )
    except EvidenceError:
        return refused(
            request,
            _("The document cannot be read"),
            _("Its bytes are missing or are not what was stored. Tell the data team."),
            503,
        )
    context = {"candidate_id": candidate_id, "document": document, "kind": KINDS[document.closed.kind]}
    context["unread"] = UNREAD.get(document.unread or "", "")
    return render(request, "review/document.html", context)


def _listing(
    request: HttpRequest, user: User, candidate_id: int, error: Promise | str = "", status: int = 200
) -> HttpResponse:
    try:
        found = documents.closed(user, candidate_id)
    except ReviewError:
        return redirect("review:pair", candidate_id=candidate_id)
    context = {
        "candidate_id": candidate_id,
        "rows": [(document, KINDS[document.kind]) for document in found],
        "may_open": permissions.may(user, permissions.TESTIMONY),
        "purposes": PURPOSES.items(),
        "error": error,
    }
    return render(request, "review/documents.html", context, status=status)
