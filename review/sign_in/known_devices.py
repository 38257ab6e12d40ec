"""Browsers that have signed in before, by a signed cookie: no stranger's guesses keep them out.

The cookie holds a random number of the browser and, for each account that signed in from it, sixteen letters that
change with the account's password. It opens nothing: whoever has it still needs the password and the second factor.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.core import signing

import keys
from registry.models import User

COOKIE = "ridni_device"
GOOD_FOR = 180 * 24 * 60 * 60
"""Seconds."""
MOST = 5
"""Accounts kept for one browser; more share no desk."""


def value_for(user: User, earlier: str = "") -> str:
    """Return the cookie of a browser from which this person has just signed in."""
    content = _read(earlier) or {"id": secrets.token_hex(16), "of": {}}
    of = {name: mark for name, mark in content["of"].items() if name != str(user.pk)}
    of = dict(list(of.items())[-(MOST - 1) :]) | {str(user.pk): _mark(user)}
    return _signer().sign_object({"id": content["id"], "of": of})


def knows(value: str, user: User | None) -> str:
    """Return the number of the browser if this person has signed in from it, with their present password; else ''."""
    content = _read(value)
    if content is None or user is None or content["of"].get(str(user.pk)) != _mark(user):
        return ""
    return str(content["id"])


def is_ours(value: str) -> bool:
    """Tell whether anybody has signed in from the browser that sends this cookie."""
    return _read(value) is not None


def _read(value: str) -> dict[str, Any] | None:
    try:
        return dict(_signer().unsign_object(value, max_age=GOOD_FOR)) if value else None
    except (signing.BadSignature, ValueError):
        return None


def _mark(user: User) -> str:
    return user.get_session_auth_hash()[:16]


def _signer() -> signing.TimestampSigner:
    first, *former = keys.derived_all(keys.Purpose.SESSIONS, "known devices")
    return signing.TimestampSigner(key=first.hex(), salt=COOKIE, fallback_keys=[key.hex() for key in former])
