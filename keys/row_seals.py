"""Rows of tables as ciphertext: each under a data key of its own, wrapped with the ring's key, bound to its place.

A row that is made has no number yet, and helpers that make rows have no ring. So its data key comes from a secret of
this process, which is written nowhere, and from the nonce that stands before the ciphertext; once the row has its
number, the data key is wrapped for table, number and version. Rows, columns, versions or keys that were swapped are
refused, and without its wrapped key a row is noise for ever. AES-256-GCM throughout (NIST SP 800-38D).
"""

from __future__ import annotations

import hashlib
import os
from enum import IntEnum
from functools import lru_cache
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import keys
from keys.errors import KeysError
from keys.purposes import Purpose

NONCE: Final = 12  # bytes
_SEALED: Final = b"payload"


class RowKind(IntEnum):
    """Tables whose rows are sealed, as the table of their keys counts them."""

    RECORD = 1
    QUARANTINED = 2
    CUSTODY = 3
    BATCH = 4
    CORRECTION = 5

    @property
    def purpose(self) -> Purpose:
        """Whose key of the ring wraps: what children are called is apart from what people wrote about the work."""
        return Purpose.PAYLOAD if self <= RowKind.QUARANTINED else Purpose.NOTES

    @property
    def label(self) -> str:
        """The name that is bound into the ciphertext."""
        return self.name.lower()


class WrappedKey(NamedTuple):
    """A data key that the ring's key of this number wraps."""

    wrapped: bytes
    key_number: int


@lru_cache(maxsize=1)
def draft_secret() -> bytes:
    """Return the secret of this process of which the data keys of new rows are made; helpers are told it."""
    return os.urandom(32)


def draft(kind: RowKind, content: bytes, secret: bytes | None = None) -> bytes:
    """Return the content of a new row as nonce and ciphertext, before the row has a number.

    Args:
        kind: The table.
        content: What is sealed.
        secret: `draft_secret()`, where another process has it.
    """
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(_draft_key(nonce, secret or draft_secret())).encrypt(nonce, content, _about(kind))


def draft_content(kind: RowKind, sealed: bytes) -> bytes:
    """Return what `draft` sealed in this process, or in a helper of it."""
    return _opened(_draft_key(sealed[:NONCE], draft_secret()), kind, sealed)


class Wrapping:
    """Wraps the data keys of rows that have their numbers now, with the ring's newest key."""

    def __init__(self, kind: RowKind) -> None:
        newest = keys.opened().ring.newest(kind.purpose)
        self.key_number = newest.number
        self._kind, self._sealing, self._secret = kind, AESGCM(newest.key), draft_secret()

    def of_draft(self, nonce: bytes, row: int, version: int) -> bytes:
        """Return the wrapped key of a row that `draft` sealed with this nonce."""
        return self.wrap(_draft_key(nonce, self._secret), row, version)

    def wrap(self, key: bytes, row: int, version: int) -> bytes:
        """Return a data key, wrapped for one row and version."""
        nonce = os.urandom(NONCE)
        return nonce + self._sealing.encrypt(nonce, key, _place(self._kind, row, version))


class Opening:
    """Opens rows of one table with the ring of this process."""

    def __init__(self, kind: RowKind) -> None:
        self._kind = kind
        self._ring = {version.number: AESGCM(version.key) for version in keys.opened().ring.keys[kind.purpose]}

    def content(self, row: int, version: int, wrapped: bytes, key_number: int, sealed: bytes) -> bytes:
        """Return what a row holds.

        Args:
            row: Its number.
            version: Of the record; 0 of what has none.
            wrapped: Its wrapped data key, and the number of the ring's key that wraps it.
            key_number: See `wrapped`.
            sealed: Its ciphertext.

        Raises:
            KeysError: It was changed, it or its key is another row's, or the ring is another deployment's.
        """
        return _opened(self.key(row, version, wrapped, key_number), self._kind, sealed)

    def key(self, row: int, version: int, wrapped: bytes, key_number: int) -> bytes:
        """Return the data key of a row.

        Raises:
            KeysError: It is another row's, or the ring is another deployment's.
        """
        opening = self._ring.get(key_number)
        try:
            if opening is not None:
                return opening.decrypt(wrapped[:NONCE], wrapped[NONCE:], _place(self._kind, row, version))
        except (InvalidTag, ValueError):
            pass
        raise KeysError(
            f"The key of {self._kind.label} {row} is another row's, or another ring's", "", "Restore it from a backup"
        )


def _opened(key: bytes, kind: RowKind, sealed: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], _about(kind))
    except (InvalidTag, ValueError):
        raise KeysError(f"A {kind.label} row was changed, or is another's", "", "Restore it from a backup") from None


def _draft_key(nonce: bytes, secret: bytes) -> bytes:
    return hashlib.blake2b(nonce, key=secret, digest_size=32).digest()


def _about(kind: RowKind) -> bytes:
    return b"%s %s" % (kind.label.encode(), _SEALED)


def _place(kind: RowKind, row: int, version: int) -> bytes:
    return b"%s %d %d" % (kind.label.encode(), row, version)
