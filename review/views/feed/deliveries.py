"""What case systems hold and have not confirmed, webhooks that need a person, and files that were made."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from registry.access import permissions
from registry.errors import RegistryError
from registry.identities import feed_files, holders, outbox
from registry.models import User
from review.forms import whole_number
from review.presentation.feed import words as feed_words
from review.sign_in.access import for_right

FILES_SHOWN = 20

open_to_both = for_right(permissions.CONSUMERS_ASK, permissions.CONSUMERS_DECIDE)


@require_GET
@open_to_both
def page(request: HttpRequest, user: User) -> HttpResponse:
    """Show who holds how much, who is behind, and what stands still until a person looks."""
    context = {
        "here": "consumers",
        "asks": permissions.may(user, permissions.CONSUMERS_ASK),
        "webhooks": outbox.standing(),
        "shares": [(share, feed_words.ways([share.way])) for share in holders.shares()],
        "files": [(one, feed_words.ways([one.way])) for one in feed_files.newest(FILES_SHOWN)],
    }
    return render(request, "review/deliveries.html", context)


@require_POST
@for_right(permissions.CONSUMERS_ASK)
def again(request: HttpRequest, user: User) -> HttpResponse:
    """Tell a case system again of all events from a number on; an endpoint that was switched off is switched on."""
    start = whole_number(request.POST.get("from", ""))
    try:
        count = outbox.replay(request.POST.get("name", ""), start or 1, str(user.pk))
    except RegistryError:
        messages.warning(request, _("This case system is not open, or has no address for webhooks."))
        return redirect("review:deliveries")
    messages.success(request, _("%(count)s messages wait to be sent.") % {"count": count})
    return redirect("review:deliveries")


@require_POST
@for_right(permissions.CONSUMERS_ASK)
def confirm(request: HttpRequest, user: User, file_id: int) -> HttpResponse:
    """Enter that a case system says it has taken a file over."""
    try:
        feed_files.confirm(user, file_id)
    except RegistryError:
        messages.warning(request, _("This file is confirmed already."))
        return redirect("review:deliveries")
    messages.success(request, _("The change is kept."))
    return redirect("review:deliveries")
