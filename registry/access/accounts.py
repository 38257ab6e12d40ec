"""Accounts: adding, listing and disabling people, their second factors, and a lock after too many wrong codes."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone, translation

from registry import audit
from registry.access import sessions
from registry.errors import RegistryError
from registry.models import Candidate, Role, User

FAILURES_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=15)
PROVIDER = "team"
"""The id under which the team's OpenID Connect provider is known."""


class Account(NamedTuple):
    """An account as listed; `last_login` is None for somebody who has never signed in."""

    username: str
    role: str
    language: str
    active: bool
    last_login: datetime | None
    sees_location: bool = False
    second_factor: bool = False


def add(
    username: str,
    password: str,
    role: str = Role.VERIFIER,
    language: str = "uk",
    *,
    sees_location: bool = False,
    actor: str = "system",
) -> User:
    """Add an account.

    Args:
        username: The sign-in name; unique.
        password: At least 12 characters, neither common nor only digits.
        role: One of `Role`.
        language: `uk` or `en`.
        sees_location: Whether the person sees where a child is now; beyond the role.
        actor: Who adds it.

    Raises:
        RegistryError: The name is taken, or the role, language or password is refused.
    """
    if role not in Role.values:
        raise RegistryError(f"There is no role {role!r}", "", f"Choose one of {', '.join(Role.values)}")
    if language not in {"uk", "en"}:
        raise RegistryError(f"There is no language {language!r}", "", "Choose uk or en")
    user = User(username=username, role=role, language=language, sees_location=sees_location)
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
        audit.append(actor, "user.added", "user", str(user.pk), {"role": str(role), "sees_location": sees_location})
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
    account.set_password(password)  # hashes, and holds no lock meanwhile
    with transaction.atomic():
        account.failed_logins = 0
        account.locked_until = None
        account.save(update_fields=["password", "failed_logins", "locked_until"])
        actor = "system" if isinstance(user, str) else str(account.pk)
        audit.append(actor, "password.changed", "user", str(account.pk), {})


def first_password() -> str:
    """Return a random password of 120 bits for a new account."""
    return secrets.token_urlsafe(15)


def disable(username: str, actor: str = "system") -> bool:
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
            audit.append(actor, "user.disabled", "user", str(account.pk), {})
    return bool(closed)


def listing() -> list[Account]:
    """Return all accounts by name."""
    found = User.objects.order_by("username").annotate(
        protected=Exists(
            Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
        )
    )
    return [
        Account(u.username, u.role, u.language, u.is_active, u.last_login, u.sees_location, u.protected) for u in found
    ]


def set_sees_location(username: str, sees: bool, actor: str = "system") -> None:
    """Give or take the right to see where a child is now.

    Raises:
        RegistryError: There is no such account.
    """
    account = _called(username)
    with transaction.atomic():
        User.objects.filter(pk=account.pk).update(sees_location=sees)
        audit.append(actor, "user.sees_location", "user", str(account.pk), {"sees": sees})


def _called(username: str) -> User:
    account = User.objects.filter(username=username).first()
    if account is None:
        raise RegistryError(f"There is no account {username!r}", "", "Look at the list of accounts")
    return account


def has_second_factor(user: User) -> bool:
    """Tell whether a person signs in with a one-time code or a security key besides the password."""
    return bool(is_mfa_enabled(user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]))


def remove_second_factors(username: str, actor: str = "system") -> int:
    """Take a person's second factors and recovery codes away, for somebody who has lost them; returns how many.

    Their sessions end. They set up another with a code of `handed_codes.new_code`.

    Raises:
        RegistryError: There is no such account.
    """
    account = _called(username)
    with transaction.atomic():
        removed, _ = Authenticator.objects.filter(user=account).delete()
        if removed:
            sessions.end_all(account, actor, "second_factor")
            audit.append(actor, "second_factor.removed", "user", str(account.pk), {"count": removed})
    return int(removed)


def link_provider(username: str, subject: str) -> None:
    """Let a person sign in through the team's OpenID Connect provider, under the subject it gives them.

    Raises:
        RegistryError: There is no such account, or the subject belongs to another.
    """
    account = _called(username)
    if not subject.strip():
        raise RegistryError("A subject cannot be empty", "", "Copy it from the provider's list of people")
    with transaction.atomic():
        linked, _ = SocialAccount.objects.get_or_create(provider=PROVIDER, uid=subject, defaults={"user": account})
        if linked.user_id != account.pk:
            raise RegistryError("Another account is linked to this subject", "", "Unlink that one first")
        audit.append("system", "provider.linked", "user", str(account.pk), {})


def unlink_provider(username: str) -> bool:
    """End a person's sign-in through the provider; returns whether there was one.

    Raises:
        RegistryError: There is no such account.
    """
    account = _called(username)
    with transaction.atomic():
        gone, _ = SocialAccount.objects.filter(user=account, provider=PROVIDER).delete()
        if gone:
            audit.append("system", "provider.unlinked", "user", str(account.pk), {})
    return bool(gone)


def locked(user: User) -> bool:
    """Tell whether an account is locked just now."""
    until = User.objects.values_list("locked_until", flat=True).get(pk=user.pk)
    return until is not None and until > timezone.now()


def note_failure(user: User, what: str) -> None:
    """Count a failed sign-in; the fifth in a row locks the account.

    Args:
        user: Whose account.
        what: `password` or `second_factor`.
    """
    with transaction.atomic():
        _count_failure(User.objects.select_for_update().get(pk=user.pk), what)


def note_sign_in(user: User, methods: Sequence[str]) -> None:
    """Log that a person has signed in, and by what: `password`, `mfa`, `socialaccount`."""
    with transaction.atomic():
        _forget_failures(user)
        audit.append(str(user.pk), "login", "user", str(user.pk), {"methods": list(methods)})


def _count_failure(user: User, what: str) -> None:
    user.failed_logins += 1
    if user.failed_logins >= FAILURES_ALLOWED:
        user.failed_logins = 0
        user.locked_until = timezone.now() + LOCKED_FOR
    user.save(update_fields=["failed_logins", "locked_until"])
    facts = {"what": what, "locked": user.locked_until is not None}
    audit.append(str(user.pk), "login.failed", "user", str(user.pk), facts)


def _forget_failures(user: User) -> None:
    if user.failed_logins or user.locked_until is not None:
        user.failed_logins = 0
        user.locked_until = None
        user.save(update_fields=["failed_logins", "locked_until"])
