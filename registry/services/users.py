"""Accounts: adding, listing and disabling people, and signing in with a lock after too many failures."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone, translation

from registry.errors import RegistryError
from registry.models import Candidate, Role, User
from registry.services import audit

FAILURES_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=15)


class Account(NamedTuple):
    """An account as listed; `last_login` is None for somebody who has never signed in."""

    username: str
    role: str
    language: str
    active: bool
    last_login: datetime | None


def add(username: str, password: str, role: str = Role.VERIFIER, language: str = "uk") -> User:
    """Add an account.

    Args:
        username: The sign-in name; unique.
        password: At least 12 characters, neither common nor only digits.
        role: One of `Role`.
        language: `uk` or `en`.

    Raises:
        RegistryError: The name is taken, or the role, language or password is refused.
    """
    if role not in Role.values:
        raise RegistryError(f"There is no role {role!r}", "", f"Choose one of {', '.join(Role.values)}")
    if language not in {"uk", "en"}:
        raise RegistryError(f"There is no language {language!r}", "", "Choose uk or en")
    user = User(username=username, role=role, language=language)
    with translation.override("en"):
        try:
            user.clean_fields(exclude=["password"])
            validate_password(password, user)
        except ValidationError as refused:
            raise RegistryError("The account is refused", "", " ".join(refused.messages)) from None
    user.set_password(password)
    with transaction.atomic():
        if User.objects.filter(username__iexact=username).exists():
            raise RegistryError(f"An account {username!r} exists already", "", "Choose another name")
        user.save()
        audit.append("system", "user.added", "user", str(user.pk), {"role": str(role)})
    return user


def set_language(user: User, language: str) -> None:
    """Keep the language in which a person wants to see the pages.

    Raises:
        RegistryError: There is no such language.
    """
    if language not in {"uk", "en"}:
        raise RegistryError(f"There is no language {language!r}", "", "Choose uk or en")
    User.objects.filter(pk=user.pk).update(language=language)


def set_password(user: User | str, password: str) -> None:
    """Give an account a new password, which ends its other sessions and a lock after failed sign-ins.

    Args:
        user: The person who changes their own; or a user name, when the operator sets it.
        password: Held to the same rules as a new account's.

    Raises:
        RegistryError: There is no such account, or the password is refused.
    """
    account = _called(user) if isinstance(user, str) else user
    with translation.override("en"):
        try:
            validate_password(password, account)
        except ValidationError as refused:
            raise RegistryError("The password is refused", "", " ".join(refused.messages)) from None
    with transaction.atomic():
        account.set_password(password)
        account.failed_logins = 0
        account.locked_until = None
        account.save(update_fields=["password", "failed_logins", "locked_until"])
        actor = "system" if isinstance(user, str) else str(account.pk)
        audit.append(actor, "password.changed", "user", str(account.pk), {})


def disable(username: str) -> bool:
    """Close an account: its sessions end and the candidate it holds goes back; its verdicts stay.

    Returns whether it was open.

    Raises:
        RegistryError: There is no such account.
    """
    account = _called(username)
    with transaction.atomic():
        closed = User.objects.filter(pk=account.pk, is_active=True).update(is_active=False)
        Candidate.objects.filter(reserved_by=account).update(reserved_by=None, reserved_until=None)
        if closed:
            audit.append("system", "user.disabled", "user", str(account.pk), {})
    return bool(closed)


def listing() -> list[Account]:
    """Return all accounts by name."""
    found = User.objects.order_by("username")
    return [Account(user.username, user.role, user.language, user.is_active, user.last_login) for user in found]


def _called(username: str) -> User:
    account = User.objects.filter(username=username).first()
    if account is None:
        raise RegistryError(f"There is no account {username!r}", "", "Look at the list of accounts")
    return account


class LockoutBackend(ModelBackend):
    """Sign-in by name and password; after five failures in a row the account is locked for a quarter of an hour.

    A locked account is refused like a wrong password, so that nobody can tell which names exist.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """Return the account when name and password are right and it is not locked."""
        if not username or password is None:
            return None
        with transaction.atomic():
            user = User.objects.select_for_update().filter(username=username).first()
            now = timezone.now()
            if user is None or (user.locked_until is not None and user.locked_until > now):
                User().set_password(password)  # takes as long as a real check
                if user is not None:
                    audit.append(str(user.pk), "login.refused_while_locked", "user", str(user.pk), {})
                return None
            if user.check_password(password) and self.user_can_authenticate(user):
                user.failed_logins = 0
                user.locked_until = None
                user.save(update_fields=["failed_logins", "locked_until"])
                audit.append(str(user.pk), "login", "user", str(user.pk), {})
                return user
            user.failed_logins += 1
            if user.failed_logins >= FAILURES_ALLOWED:
                user.failed_logins = 0
                user.locked_until = now + LOCKED_FOR
            user.save(update_fields=["failed_logins", "locked_until"])
            audit.append(str(user.pk), "login.failed", "user", str(user.pk), {"locked": user.locked_until is not None})
            return None
