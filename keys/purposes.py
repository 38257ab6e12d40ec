"""What the keys of a ring are for; a key of one purpose opens nothing of another."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Purpose(StrEnum):
    """One key, or one line of keys, of the ring."""

    PAYLOAD = "payload"
    EVIDENCE = "evidence"
    NOTES = "notes"
    FINGERPRINTS = "fingerprints"
    SESSIONS = "sessions"
    SECOND_FACTORS = "second_factors"
    WEBHOOKS = "webhooks"
    BACKUPS = "backups"


MEANING: Final = {
    Purpose.PAYLOAD: "wraps the keys of records and of rows in quarantine, one for each version",
    Purpose.EVIDENCE: "wraps the keys of evidence, one for each piece",
    Purpose.NOTES: "wraps the keys of notes, words of custody and reasons of corrections, one for each",
    Purpose.FINGERPRINTS: "fingerprints of written values, digests of blocks, references; never changes",
    Purpose.SESSIONS: "sessions, cookies, limits of sign-in",
    Purpose.SECOND_FACTORS: "secrets of one-time codes and security keys",
    Purpose.WEBHOOKS: "secrets with which webhooks are signed",
    Purpose.BACKUPS: "signs backups, seals the copies of the wrapped keys",
}

ROTATING: Final = tuple(purpose for purpose in Purpose if purpose != Purpose.FINGERPRINTS)
"""A new key for fingerprints would make each row of each list look changed, and each digest of a block another."""
