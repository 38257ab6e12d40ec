"""Sessions in the database under a digest of their key: who copies the table cannot take a session over."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.utils import timezone


class SessionStore(DatabaseStore):
    """Django's sessions; the cookie holds the key, the table 160 bits of its SHA-256."""

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
        row.session_key = digest(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        """Remove a session: this one, or that of a key."""
        key = self.session_key if session_key is None else session_key
        if key is not None:
            super().delete(digest(key))


def digest(session_key: str) -> str:
    """Return what stands in the table for a key."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:40]
