"""What a sealed row holds, as bytes: its normalised values on a line of their own, for whoever reads many rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

import orjson

import keys
from registry import storable

SHARED: Final = ("surname", "given", "birth")
"""Normalised values of which it is counted how many rows of a list share them."""

GONE: Final[dict[str, Any]] = {"written": {}, "values": {}, "romanised": {}}
"""What is read of a row whose key was destroyed."""


def packed(payload: Mapping[str, Any]) -> bytes:
    """Return a payload as two lines of JSON: its normalised values (or nothing), and the rest.

    Raises:
        TypeError: A value has no JSON form.
    """
    rest = {name: part for name, part in payload.items() if name != "values"}
    values = storable.dumps(payload["values"]) if "values" in payload else ""
    return f"{values}\n{storable.dumps(rest)}".encode()


def unpacked(content: bytes) -> dict[str, Any]:
    """Return the payload of what `packed` wrote."""
    values, rest = content.split(b"\n", 1)
    payload: dict[str, Any] = json.loads(rest)
    return payload | {"values": json.loads(values)} if values else payload


def values_of(content: bytes) -> dict[str, Any]:
    """Return the normalised values alone."""
    values: dict[str, Any] = orjson.loads(content[: content.index(b"\n")] or b"{}")
    return values


def consent_of(payload: Mapping[str, Any]) -> str:
    """Return what a row says about consent to tracing: yes, no, unclear, or '' where nothing is said.

    Words that were stored without being read are unclear.
    """
    read = payload.get("values", {}).get("consent") or payload.get("consent")
    if read:
        return str(read)
    said = payload.get("written", {}).get("consent")
    return "unclear" if said else ""


def shared_key() -> bytes:
    """Return the key of `shared_of`: taken from the ring once for many rows."""
    return keys.derived(keys.Purpose.FINGERPRINTS, "shared values")


def shared_of(values: Mapping[str, Any], key: bytes | None = None) -> list[int | None]:
    """Return a keyed digest of 64 bits for each of `SHARED`, None where a row has no such value.

    Equal digests are equal values; SQL counts them, and sees no value.
    """
    secret = key or shared_key()
    return [_shared(field, str(values[field]), secret) if values.get(field) else None for field in SHARED]


def _shared(field: str, value: str, key: bytes) -> int:
    digest = hashlib.blake2b(value.encode("utf-8", "replace"), key=key, person=field.encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
