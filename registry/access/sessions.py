"""Sessions in the database: a copy of the table takes no session over and tells nothing of what is in them.

The cookie holds the key, the table 160 bits of its SHA-256. The data, which while a person sets up one-time codes
holds their secret, is encrypted with a key of its own. Whose a session is stands in a column, so that people can see
and end their own, and so that an account's sessions can be ended at once.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.fernet import MultiFernet
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import transaction
from django.utils import timezone

import keys
from registry import audit
from registry.models import Session, User

STARTED, SEEN, DEVICE = "review.started", "review.seen", "review.device"
"""Entries of a session's data that stand in columns as well: seconds since 1970 twice, and words for the device."""


class EncryptedSerializer:
    """Writes session data as JSON, encrypted; what another key has written is no session."""

    def dumps(self, obj: Any) -> bytes:
        """Encrypt the data of a session."""
        return _fernet().encrypt(json.dumps(obj, separators=(",", ":")).encode())

    def loads(self, data: bytes) -> Any:
        """Decrypt the data of a session."""
        return json.loads(_fernet().decrypt(data))


class SessionStore(DatabaseStore):
    """Django's sessions under digests of their keys."""

    @classmethod
    def get_model_class(cls) -> type[AbstractBaseSession]:
        """Return the model of the rows."""
        return Session

    def load(self) -> dict[str, Any]:
        """Return the session's data; an unknown or outlived key becomes none."""
        key = self.session_key or ""
        found = self.model.objects.filter(session_key=digest(key), expire_date__gt=timezone.now()).first()
        if found is None:
            self._session_key = None
            return {}
        return self.decode(found.session_data)

    def exists(self, session_key: str) -> bool:
        """Tell whether there is a session of this key."""
        return super().exists(digest(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """Return the row to store."""
        row = super().create_model_instance(data)
        assert isinstance(row, Session)
        row.session_key = digest(row.session_key)
        row.user_id = int(data["_auth_user_id"]) if "_auth_user_id" in data else None
        row.device = str(data.get(DEVICE, ""))
        row.started_at, row.seen_at = _time(data.get(STARTED)), _time(data.get(SEEN))
        return row

    def delete(self, session_key: str | None = None) -> None:
        """Remove a session: this one, or that of a key."""
        key = self.session_key if session_key is None else session_key
        if key is not None:
            super().delete(digest(key))


@dataclass(frozen=True)
class Open:
    """An open session as its own person sees it; `number` names it to end it, `own` is the one that asks."""

    number: str
    device: str
    started_at: datetime | None
    seen_at: datetime | None
    own: bool


def of_user(user: User, own_key: str | None) -> list[Open]:
    """Return a person's open sessions, the one that asks first, then the latest seen."""
    found = Session.objects.filter(user=user, expire_date__gt=timezone.now())
    own = digest(own_key or "")
    rows = [Open(s.session_key, s.device, s.started_at, s.seen_at, s.session_key == own) for s in found]
    return sorted(rows, key=lambda row: (not row.own, -(row.seen_at.timestamp() if row.seen_at else 0)))


def end(user: User, number: str) -> bool:
    """End one session of a person; tells whether there was such a one."""
    return _end(user, {"session_key": number}, str(user.pk), "one") > 0


def end_others(user: User, own_key: str | None, why: str = "others") -> int:
    """End all sessions of a person but the one of this key, and return how many there were."""
    others = Session.objects.filter(user=user).exclude(session_key=digest(own_key or ""))
    return _end(user, {"pk__in": list(others.values_list("pk", flat=True))}, str(user.pk), why)


def end_all(user: User, actor: str, why: str) -> int:
    """End all sessions of a person, and return how many there were."""
    return _end(user, {}, actor, why)


def digest(session_key: str) -> str:
    """Return what stands in the table for a key."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:40]


def _end(user: User, which: dict[str, Any], actor: str, why: str) -> int:
    with transaction.atomic():
        ended, _ = Session.objects.filter(user=user, **which).delete()
        if ended:
            audit.append(actor, "session.ended", "user", str(user.pk), {"count": ended, "why": why})
    return int(ended)


def _time(seconds: Any) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(int(seconds), UTC)


def _fernet() -> MultiFernet:
    return keys.fernet(keys.Purpose.SESSIONS, "sessions")
