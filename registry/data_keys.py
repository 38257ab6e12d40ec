"""Keys of single sealed things: made, wrapped with the ring's key of their purpose, unwrapped, wrapped again.

What a wrapped key is for is bound in as associated data: rows swapped between things are refused.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from enum import StrEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection, transaction

import keys
from keys import KeysError, Purpose
from registry.models import DataKey

_NONCE = 12  # bytes, random: one key of the ring wraps far fewer than 2**32
_TOGETHER = 500


class Kind(StrEnum):
    """What is sealed with keys of its own."""

    EVIDENCE = "evidence"
    NOTE = "note"


PURPOSES = {Kind.EVIDENCE: Purpose.EVIDENCE, Kind.NOTE: Purpose.NOTES}


def of(kind: Kind, place: str) -> bytes | None:
    """Return the key of one thing; None when it has none, or has it no more.

    Raises:
        KeysError: The row is another thing's, or the ring is another deployment's.
    """
    row = DataKey.objects.filter(kind=kind, place=place).first()
    return None if row is None else _unwrapped(row)


def made(kind: Kind, place: str) -> bytes:
    """Return the key of one thing, made when there is none: two processes that make it at once get the same."""
    if (known := of(kind, place)) is not None:
        return known
    wrapped, number = wrap(kind, place, os.urandom(32))
    row, _ = DataKey.objects.get_or_create(kind=kind, place=place, defaults={"wrapped": wrapped, "key_number": number})
    return _unwrapped(row)


def seal(kind: Kind, place: str, content: bytes) -> bytes:
    """Return a small thing as ciphertext (AES-256-GCM) under a key of its own, its place bound in."""
    return sealed_with(made(kind, place), kind, place, content)


def sealed_with(key: bytes, kind: Kind, place: str, content: bytes) -> bytes:
    """Return a small thing as ciphertext under a key that seals nothing else."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, content, _about(kind, place))


def unseal(kind: Kind, place: str, sealed: bytes) -> bytes | None:
    """Return what `seal` sealed; None when its key is no more.

    Raises:
        KeysError: It was changed, or belongs to another place.
    """
    key = of(kind, place)
    if key is None:
        return None
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], _about(kind, place))
    except InvalidTag:
        raise KeysError(f"The {kind} of {place} was changed, or is another's", "", "Restore it from a backup") from None


def wrap_again() -> int:
    """Wrap with the ring's newest keys what older ones wrap, some hundred at a time, and return how many there were.

    A killed run is finished by the next; what others make meanwhile is theirs.
    """
    done = 0
    for kind, purpose in PURPOSES.items():
        newest = keys.opened().ring.newest(purpose).number
        while True:
            with transaction.atomic():
                old = DataKey.objects.select_for_update().filter(kind=kind).exclude(key_number=newest)
                rows = list(old.order_by("pk")[:_TOGETHER])
                for row in rows:
                    row.wrapped, row.key_number = wrap(kind, row.place, _unwrapped(row))
                DataKey.objects.bulk_update(rows, ["wrapped", "key_number"])
            done += len(rows)
            if len(rows) < _TOGETHER:
                break
    return done


def wrapped() -> Iterator[tuple[str, str, bytes, int]]:
    """Yield kind, place, wrapped key and the ring's key of each row, for a copy."""
    rows = DataKey.objects.order_by("pk").values_list("kind", "place", "wrapped", "key_number")
    for kind, place, key, number in rows.iterator(chunk_size=10_000):
        yield kind, place, bytes(key), number


def fill(rows: Iterable[tuple[str, str, bytes, int]]) -> None:
    """Put copied keys into the table of a restored home; those that are there stay."""
    made = (DataKey(kind=kind, place=place, wrapped=key, key_number=number) for kind, place, key, number in rows)
    DataKey.objects.bulk_create(made, batch_size=_TOGETHER, ignore_conflicts=True)


def destroy(erasure: int, kind: Kind, places: Iterable[str]) -> int:
    """Take keys of sealed things out for good, within an erasure that is under way; return how many there were.

    What they sealed is noise from then on. The database lets no other statement of the program do this.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_shred(%s, %s, %s)", [erasure, str(kind), list(places)])
        return int(cursor.fetchone()[0])


def in_use() -> dict[Purpose, set[int]]:
    """Return for each purpose the numbers of the ring's keys that wrap something."""
    return {
        purpose: set(DataKey.objects.filter(kind=kind).values_list("key_number", flat=True).distinct())
        for kind, purpose in PURPOSES.items()
    }


def wrap(kind: Kind, place: str, key: bytes) -> tuple[bytes, int]:
    """Return a key wrapped with the ring's newest one of its purpose, and that one's number."""
    newest = keys.opened().ring.newest(PURPOSES[kind])
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(newest.key).encrypt(nonce, key, _about(kind, place)), newest.number


def _unwrapped(row: DataKey) -> bytes:
    kind = Kind(row.kind)
    wrapped = bytes(row.wrapped)
    for version in keys.opened().ring.keys[PURPOSES[kind]]:
        if version.number == row.key_number:
            try:
                return AESGCM(version.key).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _about(kind, row.place))
            except InvalidTag:
                break
    raise KeysError(
        f"The key of {kind} {row.place[:12]}… cannot be opened by this ring", "", "Take the ring of this deployment"
    )


def _about(kind: Kind, place: str) -> bytes:
    return f"{kind} {place}".encode()
