"""Bearer tokens of case systems: 256 random bits, shown once, stored as SHA-256."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.utils import timezone

from registry import audit
from registry.access import field_access
from registry.errors import RegistryError
from registry.models import ApiToken

READ_IDENTITIES = "identities:read"
READ_EVIDENCE = "evidence:read"
"""Where in the evidence each value stands: source, key, hash, locator."""
SCOPES = field_access.scopes() | {READ_IDENTITIES, READ_EVIDENCE}
PREFIX = "ridni_"
USE_NOTED_EVERY = timedelta(minutes=1)


class Issued(NamedTuple):
    """A token as listed; `last_used_at` is None before its first use."""

    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    last_used_at: datetime | None
    revoked: bool


def issue(name: str, scopes: Sequence[str] = (READ_IDENTITIES,)) -> str:
    """Make a token and return it; it cannot be read again.

    Raises:
        RegistryError: A valid token of this name exists, or a scope is unknown.
    """
    unknown = sorted(set(scopes) - SCOPES)
    if unknown:
        raise RegistryError(f"There is no scope {unknown[0]!r}", "", f"Choose from {', '.join(sorted(SCOPES))}")
    token = PREFIX + secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            ApiToken.objects.create(name=name, token_hash=_digest(token), scopes=list(scopes))
            audit.append("system", "token.issued", "token", name, {"scopes": list(scopes)})
    except IntegrityError:
        raise RegistryError(
            f"A token named {name!r} exists already", "", "Revoke it first or choose another name"
        ) from None
    return token


def revoke(name: str) -> bool:
    """End a token's validity; returns whether there was a valid one of this name."""
    with transaction.atomic():
        revoked = ApiToken.objects.filter(name=name, revoked_at=None).update(revoked_at=timezone.now())
        if revoked:
            audit.append("system", "token.revoked", "token", name, {})
    return bool(revoked)


def listing() -> list[Issued]:
    """Return all tokens ever issued, by name and age; never the tokens themselves."""
    return [
        Issued(token.name, tuple(token.scopes), token.created_at, token.last_used_at, token.revoked_at is not None)
        for token in ApiToken.objects.order_by("name", "created_at", "pk")
    ]


def authenticate(plaintext: str) -> ApiToken | None:
    """Return the valid token that this text is, or None."""
    token = ApiToken.objects.filter(token_hash=_digest(plaintext), revoked_at=None).first()
    if token is None:
        return None
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        token.last_used_at = now
    return token


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
