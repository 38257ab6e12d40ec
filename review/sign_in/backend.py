"""Proving to be somebody: on the pages, and at the command line for what only a person may do."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from registry import audit
from registry.access import accounts
from registry.errors import RegistryError
from registry.models import User
from review.sign_in import hashing, sign_in_limits


def authenticated(username: str, password: str, code: str = "") -> User:
    """Return the person who proves to be one outside the pages, by password and, where they have one, a one-time code.

    Raises:
        RegistryError: Something is wrong; the words do not tell what.
    """
    user = LimitedBackend().authenticate(None, username, password)
    if user is not None and accounts.has_second_factor(user):
        wrapped = (found.wrap() for found in Authenticator.objects.filter(user=user).exclude(type="webauthn"))
        if accounts.locked(user) or not any(authenticator.validate_code(code) for authenticator in wrapped):
            accounts.note_failure(user, "second_factor")
            user = None
    if user is None:
        raise RegistryError(
            "Name, password or code are wrong, or the account is locked", "", "After five failures wait 15 minutes"
        )
    accounts.note_sign_in(user, ["command line"])
    return user


def asks_for_code(username: str) -> bool:
    """Tell whether an account of this name signs in with a one-time code; for the operator's own terminal only."""
    user = User.objects.filter(username=username).first()
    return user is not None and bool(is_mfa_enabled(user, [Authenticator.Type.TOTP]))


class LimitedBackend(ModelBackend):
    """Sign-in by name and password, with limits to guessing (`sign_in_limits`).

    An account that wrong codes have locked is refused like a wrong password, so that nobody can tell which names exist.
    Hashing holds no lock and no transaction.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """Return the account when name and password are right and neither is closed.

        Raises:
            hashing.Busy: Too many sign in just now.
        """
        if not username or password is None:
            return None
        user = User.objects.filter(username=username).first()
        attempt = sign_in_limits.attempt(request, username, user)
        if attempt.closed:
            return None
        with hashing.for_known() if attempt.known else nullcontext():
            if user is None:
                User().set_password(password)  # takes as long as a real check
                attempt.failed()
                return None
            right = user.check_password(password)
        if right and self.user_can_authenticate(user) and not accounts.locked(user):
            attempt.succeeded()
            return user
        closed = attempt.failed()
        audit.append(str(user.pk), "login.failed", "user", str(user.pk), {"what": "password", "locked": closed})
        return None
