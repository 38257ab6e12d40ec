"""What stands between every request and the pages: sessions that end, and the second factor where it is required."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from configs.settings import settings
from registry.models import User

STARTED, SEEN = "review.started", "review.seen"
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

Answer = Callable[[HttpRequest], HttpResponseBase]


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
                request.session[STARTED], request.session[SEEN] = started, now
        return self.get_response(request)


class SecondFactor:
    """Where `require_mfa` is set: nobody sees anything before they have set up a second factor.

    Whoever signed in through the team's OpenID Connect provider has that provider's second factor.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Lead a person without a second factor to the page where they set it up."""
        user = request.user
        if not settings().require_mfa or not isinstance(user, User):
            return None
        match = request.resolver_match
        if match is not None and match.view_name in WITHOUT_SECOND_FACTOR:
            return None
        if any(record.get("method") == "socialaccount" for record in get_authentication_records(request, user)):
            return None
        if is_mfa_enabled(user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]):
            return None
        return HttpResponseRedirect(reverse("mfa_index"))
