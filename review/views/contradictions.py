"""A contradiction before a third person: the whole would-be identity, and the answer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from registry.access import permissions
from registry.errors import ReviewError
from registry.judgements import settling
from registry.judgements.notes import NOTE_LENGTH
from registry.models import User
from review.child import contradiction_view
from review.forms import whole_number
from review.presentation.child import table as child_table
from review.presentation.child import words as child_words
from review.sign_in.access import for_right, refused
from review.views.identities import verdict_rows

for_adjudicators = for_right(permissions.ADJUDICATE)


@require_GET
@for_adjudicators
def page(request: HttpRequest, user: User, contradiction_id: int) -> HttpResponse:
    """Show a contradiction as a whole."""
    return _page(request, user, contradiction_id)


@require_POST
@for_adjudicators
def settle(request: HttpRequest, user: User, contradiction_id: int) -> HttpResponse:
    """Keep the third person's answer and do what follows from it."""
    sent = request.POST
    chosen = {number for text in sent.getlist("row") if (number := whole_number(text)) is not None}
    try:
        view = contradiction_view.look(user, contradiction_id)
        held = {column.row for column in view.columns}
        parts = [sorted(held - chosen), sorted(held & chosen)] if view.inside else []
        answer, reason = sent.get("settlement", ""), sent.get("reason", "")
        settling.settle(user, contradiction_id, answer, reason, note=sent.get("note", ""), parts=parts)
    except ReviewError as fault:
        words = child_words.REFUSALS.get(fault.code, str(fault))
        return _page(request, user, contradiction_id, words, 422)
    messages.success(request, _("Your answer is kept, and what follows from it is done."))
    return redirect("review:identities")


def _page(
    request: HttpRequest, user: User, contradiction_id: int, error: Promise | str = "", status: int = 200
) -> HttpResponse:
    try:
        view = contradiction_view.look(user, contradiction_id)
    except ReviewError as fault:
        if fault.code not in ("settled", "already_reviewed"):
            raise
        body = _("Nothing is lost. Other contradictions may wait for you.")
        return refused(request, child_words.REFUSALS[fault.code], body, 409)
    named = child_table.letters(view.columns)
    apart = [(one.left, one.right) for one in view.against]
    against = [
        (" – ".join(sorted((named.get(one.left, "?"), named.get(one.right, "?")))), child_words.AGAINST[one.why])
        for one in view.against
    ]
    context = {
        "here": "identities",
        "view": view,
        "table": child_table.table(view.columns, apart),
        "sides": [", ".join(named[row] for row in side if row in named) for side in (view.left, view.right)],
        "pair": " – ".join(sorted(named.get(row, "?") for row in view.pair)),
        "alone": view.pair[1],
        "against": against,
        "verdicts": verdict_rows(view.verdicts, named),
        "reasons": list(child_words.SETTLE_REASONS.items()),
        "note_length": NOTE_LENGTH,
        "error": error,
    }
    return render(request, "review/contradiction.html", context, status=status)
