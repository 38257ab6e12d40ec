"""What stands between every request and the pages: sessions that end, and the second factor where it is required."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from configs.settings import settings
from registry.access import accounts
from registry.access.sessions import DEVICE, SEEN, STARTED
from registry.models import User
from review.sign_in import devices, hashing
from review.sign_in.access import refused
from review.sign_in.enrolment import proved

NOTED_EVERY = 60
"""Seconds between two notes of a person's presence: a note costs a write."""

WITHOUT_SECOND_FACTOR = frozenset(
    {
        "account_reauthenticate",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_index",
        "review:language",
        "review:login",
        "review:logout",
        "review:password",
    }
)
"""Pages open to somebody who has yet to set up a second factor."""

WITHOUT_ACCOUNT = frozenset({"review:language", "review:logout"})
"""Pages that say nothing about anybody."""

Answer = Callable[[HttpRequest], HttpResponseBase]


class HashingLanes:
    """Gives people who are signed in a lane of their own for hashing, and says kindly when there is no place in one."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        with hashing.for_known() if request.user.is_authenticated else nullcontext():
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponseBase | None:
        """Ask whoever found no place to come again."""
        if not isinstance(fault, hashing.Busy):
            return None
        response = refused(
            request,
            _("Too many people sign in just now"),
            _("Wait some seconds and try again; nothing was lost."),
            503,
        )
        response.headers["Retry-After"] = "5"
        return response


class SessionEnd:
    """End a session after so many minutes without a request, and after so many hours in any case."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, for a session that has ended as for a stranger."""
        if request.user.is_authenticated:
            now = int(time.time())
            started, seen = request.session.get(STARTED, now), request.session.get(SEEN, now)
            idle, whole = settings().session_idle_minutes * 60, settings().session_hours * 3600
            if now - started >= whole or now - seen >= idle:
                logout(request)
            elif STARTED not in request.session or now - seen >= NOTED_EVERY:
                self._note(request, started)
        response = self.get_response(request)
        if request.user.is_authenticated and STARTED not in request.session:  # signed in just now
            self._note(request, int(time.time()))
        return response

    def _note(self, request: HttpRequest, started: int) -> None:
        request.session[STARTED], request.session[SEEN] = started, int(time.time())
        request.session[DEVICE] = devices.words(request.headers.get("User-Agent", ""))


class SecondFactor:
    """Opens nothing to a session that has not itself proved the account's second factor.

    A session older than the factor, or one that came by the password alone, is ended. Where `require_mfa` is set, a
    person without a second factor sees nothing but the pages on which they set one up. Whoever signed in through the
    team's OpenID Connect provider has that provider's second factor.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Send whoever has to prove or set up a second factor to where they do."""
        user = request.user
        if not isinstance(user, User) or proved(request, user):
            return None
        match = request.resolver_match
        name = "" if match is None else match.view_name
        if accounts.has_second_factor(user):
            if name in WITHOUT_ACCOUNT:
                return None
            logout(request)
            wanted = request.get_full_path() if request.method == "GET" else reverse("review:home")
            return redirect_to_login(wanted, reverse("review:login"))
        if not settings().require_mfa or name in WITHOUT_SECOND_FACTOR:
            return None
        return HttpResponseRedirect(reverse("mfa_index"))
