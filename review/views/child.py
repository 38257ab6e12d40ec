"""A would-be identity: all records that may be one child, and a tick for each of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from registry.errors import ReviewError
from registry.judgements.notes import NOTE_LENGTH
from registry.models import User, Verdict
from review.child import would_be
from review.forms import last_verdict
from review.presentation.child import news as child_news
from review.presentation.child import table as child_table
from review.presentation.labels import verdicts_of
from review.sign_in.access import for_reviewers
from review.verdicts import child_verdicts

ANSWERS: dict[str, Promise] = {
    Verdict.SAME: _("this child"),
    Verdict.DIFFERENT: _("another child"),
    Verdict.CANNOT_TELL: _("cannot tell"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@for_reviewers
def page(request: HttpRequest, user: User, candidate_id: int) -> HttpResponse:
    """Show the would-be identity around the pair this person holds, or keep what they say of its records."""
    if request.method != "POST":
        return _show(request, user, candidate_id)
    sent = request.POST
    said = {
        int(name.removeprefix("unit-")): value
        for name, value in sent.items()
        if name.startswith("unit-") and name.removeprefix("unit-").isdecimal() and value in ANSWERS
    }
    reasons = {code: sent.get(f"reason_{code}", "") for code in ANSWERS}
    try:
        kept = child_verdicts.decide_child(user, candidate_id, said, reasons, sent.get("note", ""))
    except ReviewError as fault:
        if fault.code not in REFUSALS:
            return redirect("review:pair", candidate_id=candidate_id)
        return _show(request, user, candidate_id, said, reasons, REFUSALS[fault.code])
    words = ngettext("%(n)s verdict is kept.", "%(n)s verdicts are kept.", len(kept)) % {"n": len(kept)}
    messages.success(request, f"{words} {_('What follows from them is asked of nobody.')}")
    return redirect("review:home")


REFUSALS: dict[str, Promise] = {
    "unknown_reason": _("Choose the reason, too."),
    "nothing_said": _("Say of at least two records that they are this child, or of one that it is another."),
    "note": _("The note is too long. Shorten it."),
}


def _show(
    request: HttpRequest,
    user: User,
    candidate_id: int,
    said: dict[int, str] | None = None,
    reasons: dict[str, str] | None = None,
    error: Promise | str = "",
) -> HttpResponse:
    try:
        found = would_be.look(user, candidate_id)
    except ReviewError as fault:
        if fault.code == "pair":
            return redirect("review:pair", candidate_id=candidate_id)
        raise
    columns = [column for _unit, part in found.columns for column in part]
    named = child_table.letters(columns)
    fresh = child_news.rows(found.news, named)
    units = [
        {
            "number": unit.number,
            "span": len(part),
            "verified": unit.verified,
            "letters": ", ".join(named[column.row] for column in part),
            "said": (said or {}).get(unit.number, ""),
        }
        for unit, part in found.columns
    ]
    context: dict[str, Any] = {
        "here": "home",
        "candidate_id": candidate_id,
        "table": child_table.table(columns, [(min(pair), max(pair)) for pair in found.of.never]),
        "left_out": found.of.left_out,
        "units": units,
        "news": fresh,
        "weighed": any(one.weighed for one in fresh),
        "answers": list(ANSWERS.items()),
        "verdicts": [(one, (reasons or {}).get(one.code, "")) for one in verdicts_of()],
        "reserved_until": found.reserved_until,
        "note_length": NOTE_LENGTH,
        "error": error,
        "kept": last_verdict.kept(request, user),
    }
    return render(request, "review/child_whole.html", context, status=422 if error else 200)
