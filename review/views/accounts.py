"""Accounts: added, changed and closed by the administrator, who sees no data."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from registry.access import accounts, field_access, permissions
from registry.models import Role, User
from review.sign_in import handed_codes
from review.sign_in.access import for_right
from transliteration.errors import MendableError

ROLES: dict[str, Promise] = {
    Role.VERIFIER: _("verifier"),
    Role.ADJUDICATOR: _("adjudicator"),
    Role.LEAD: _("lead"),
    Role.DATA: _("data team"),
    Role.AUDITOR: _("auditor"),
    Role.ADMIN: _("administrator without data"),
    Role.HOTLINE: _("answers callers"),
}

for_admin = for_right(permissions.ACCOUNTS)


@require_GET
@for_admin
def listing(request: HttpRequest, user: User) -> HttpResponse:
    """Show all accounts and the form for a new one."""
    return _page(request, user)


@require_POST
@for_admin
def add(request: HttpRequest, user: User) -> HttpResponse:
    """Add an account with a first password and the code for its second factor, shown once."""
    sent = request.POST
    password = accounts.first_password()
    try:
        accounts.add(
            sent.get("username", ""),
            password,
            sent.get("role", ""),
            sent.get("language", "uk"),
            sees_location=sent.get("sees_location") == "on",
            actor=str(user.pk),
        )
    except MendableError:
        return _page(request, user, error=_("The account was refused: the name is taken or has unfit characters."))
    name = sent.get("username", "")
    return _page(request, user, made=(name, password), handed=(name, handed_codes.new_code(name, str(user.pk))))


@require_POST
@for_admin
def change(request: HttpRequest, user: User) -> HttpResponse:
    """Close an account, take away its second factors, give a code for another, or let it see where a child is."""
    sent = request.POST
    name, what = sent.get("username", ""), sent.get("what", "")
    actor = str(user.pk)
    if name == user.username:
        return _page(request, user, error=_("Nobody changes their own account here."))
    try:
        if what == "close":
            accounts.disable(name, actor)
        elif what == "second_factor":
            accounts.remove_second_factors(name, actor)
            return _page(request, user, handed=(name, handed_codes.new_code(name, actor)))
        elif what == "enrolment_code":
            return _page(request, user, handed=(name, handed_codes.new_code(name, actor)))
        elif what in ("show_location", "hide_location"):
            accounts.set_sees_location(name, what == "show_location", actor)
        else:
            return _page(request, user, error=_("There is no such change."))
    except MendableError:
        return _page(request, user, error=_("There is no such account."))
    messages.success(request, _("The change is kept."))
    return redirect("review:people")


def _page(
    request: HttpRequest,
    user: User,
    error: Promise | str = "",
    made: tuple[str, str] | None = None,
    handed: tuple[str, str] | None = None,
) -> HttpResponse:
    rows = [
        {"account": one, "role": ROLES[one.role], "grantable": field_access.location_grantable(one.role)}
        for one in accounts.listing()
    ]
    context = {"here": "people", "rows": rows, "roles": ROLES.items(), "error": error, "made": made, "handed": handed}
    return render(request, "review/people.html", context, status=422 if error else 200)
