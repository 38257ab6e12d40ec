"""The ring in memory: for each purpose its keys, the newest first, which alone seals what is new."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from keys.purposes import Purpose

MakeKey = Callable[[Purpose], bytes]


@dataclass(frozen=True)
class KeyVersion:
    """One key of a purpose.

    Attributes:
        number: 1 for the first; never used again.
        key: Its bytes: 32, or those of a home's former `secret.key`.
        made: When, ISO 8601.
        retired: When a newer one took its place; '' for the newest.
    """

    number: int
    key: bytes
    made: str
    retired: str = ""


@dataclass(frozen=True)
class Ring:
    """All keys of a deployment; never written anywhere but sealed."""

    keys: dict[Purpose, tuple[KeyVersion, ...]]

    @classmethod
    def made(cls, make: MakeKey) -> Ring:
        """Return a new ring whose keys `make` gives."""
        return cls({}).completed(make)

    @classmethod
    def from_bytes(cls, content: bytes) -> Ring:
        """Read what `to_bytes` wrote; keys of purposes that this version does not know are an error."""
        told = json.loads(content)
        return cls(
            {
                Purpose(name): tuple(
                    KeyVersion(part["number"], bytes.fromhex(part["key"]), part["made"], part["retired"])
                    for part in versions
                )
                for name, versions in told.items()
            }
        )

    def to_bytes(self) -> bytes:
        """Return the ring as JSON, to be sealed."""
        return json.dumps(
            {
                purpose.value: [{**vars(version), "key": version.key.hex()} for version in versions]
                for purpose, versions in self.keys.items()
            }
        ).encode()

    def newest(self, purpose: Purpose) -> KeyVersion:
        """Return the key that seals what is new."""
        return self.keys[purpose][0]

    def completed(self, make: MakeKey) -> Ring:
        """Return the ring with a key for each purpose that has none."""
        lacking = {purpose: (KeyVersion(1, make(purpose), now()),) for purpose in Purpose if not self.keys.get(purpose)}
        return Ring({**self.keys, **lacking}) if lacking else self

    def renewed(self, purposes: tuple[Purpose, ...]) -> Ring:
        """Return the ring with a new key in front for each of these purposes; the others stay for reading."""
        at = now()
        renewed = {}
        for purpose in purposes:
            first, *rest = self.keys[purpose]
            newest = KeyVersion(first.number + 1, new_key(purpose), at)
            renewed[purpose] = (newest, KeyVersion(first.number, first.key, first.made, at), *rest)
        return Ring({**self.keys, **renewed})

    def without(self, purpose: Purpose, numbers: set[int]) -> Ring:
        """Return the ring without some retired keys of a purpose; the newest always stays."""
        first, *rest = self.keys[purpose]
        kept = (first, *(version for version in rest if version.number not in numbers))
        return Ring({**self.keys, purpose: kept})


def new_key(purpose: Purpose) -> bytes:
    """Return a new random key of 32 bytes; whatever its purpose."""
    return secrets.token_bytes(32)


def derived_from(secret: bytes) -> MakeKey:
    """Return what makes the keys of a deployment whose one secret is a setting: the same on each of its machines."""
    as_before = (Purpose.FINGERPRINTS, Purpose.SESSIONS, Purpose.SECOND_FACTORS)

    def make(purpose: Purpose) -> bytes:
        return secret if purpose in as_before else stretched(secret, purpose.value)

    return make


def stretched(secret: bytes, label: str) -> bytes:
    """Return 32 bytes made of a secret for one use (HKDF-SHA-256, RFC 5869)."""
    return HKDF(SHA256(), 32, salt=None, info=f"ridni {label}".encode()).derive(secret)


def now() -> str:
    """Return the present second, as it is written into a ring."""
    return datetime.now(UTC).isoformat(timespec="seconds")
