"""Errors of the ring: what a person can mend, in one line, without any key in it."""

from __future__ import annotations

from transliteration.errors import MendableError


class KeysError(MendableError):
    """The ring, a holder or a recipient cannot be used."""


class KeysLocked(KeysError):
    """The ring is in people's hands, and not enough of them have opened it."""
