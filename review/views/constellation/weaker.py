"""Pairs of the two records before somebody that are too weak to be offered: looked for on request."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from registry.errors import ReviewError
from registry.models import User
from review.pair import weaker
from review.presentation.surroundings import other
from review.queue import budget
from review.sign_in.access import for_reviewers
from transliteration.errors import MendableError


@require_GET
@for_reviewers
def listing(request: HttpRequest, user: User, candidate_id: int) -> HttpResponse:
    """Show the other pairs of both records, however weak, and offer to look for more."""
    try:
        found = weaker.listed(user, candidate_id)
    except ReviewError:
        return redirect("review:pair", candidate_id=candidate_id)
    context = {"candidate_id": candidate_id, "others": list(map(other, found)), "can_look": weaker.can_look()}
    return render(request, "review/weaker.html", context)


@require_POST
@for_reviewers
def look(request: HttpRequest, user: User, candidate_id: int) -> HttpResponse:
    """Find weaker pairs of both records with the last run's model."""
    try:
        came = weaker.look(user, candidate_id)
    except ReviewError as fault:
        if fault.code == budget.CLOSED:
            raise
        return redirect("review:pair", candidate_id=candidate_id)
    except MendableError:
        messages.error(request, _("No run fits the linkage spec now. Ask the data team to run ridni link."))
    else:
        said = ngettext("%(n)s more pair was found.", "%(n)s more pairs were found.", came)
        messages.info(request, said % {"n": came} if came else _("There is no further pair."))
    return redirect("review:weaker", candidate_id=candidate_id)
