"""Values as JSON text that PostgreSQL can store, and the fingerprint of written values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Set
from datetime import date, datetime
from typing import Any

import orjson

import keys

_AS_JSON = orjson.OPT_PASSTHROUGH_DATETIME
"""Dates are written by `_plain`, whichever library writes the rest."""

REPLACEMENT = "\ufffd"


def dumps(value: Any) -> str:
    """Write a value as JSON for a JSONB column.

    Dates become ISO 8601, sets become sorted lists, NumPy scalars become numbers. NUL characters and lone surrogates,
    which PostgreSQL cannot hold, become U+FFFD.

    Raises:
        TypeError: A value has no JSON form; the message names its type only.
    """
    try:
        quick = orjson.dumps(value, default=_plain, option=_AS_JSON)
    except TypeError:  # a lone surrogate, a large number, keys that are no strings
        return _dumps(value)
    # orjson writes null for a number that JSON does not have; whether it was one, the library that refuses it knows.
    return _dumps(value) if b"\\u0000" in quick or b"null" in quick else quick.decode()


def _dumps(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain)
    if "\\u0000" in text or not _encodes(text):
        text = json.dumps(_clean(json.loads(text)), ensure_ascii=False)
    return text


def text(value: str) -> str:
    """Return a string that a text column can hold."""
    return value.replace("\x00", REPLACEMENT).encode("utf-8", "replace").decode() if not _sound(value) else value


def fingerprint_key() -> bytes:
    """Return the key of fingerprints: taken from the ring once for many rows."""
    return keys.derived(keys.Purpose.FINGERPRINTS, "fingerprint of written values")


def fingerprint(written: Mapping[str, Any], key: bytes | None = None) -> str:
    """Return the keyed BLAKE2 digest of written values: equal for equal values, opaque without the key.

    It is that of the values as PostgreSQL holds them, so that it can be made again from there.
    """
    canonical = _canonical(written)
    if "\\u0000" in canonical or "\\ud" in canonical:
        canonical = _canonical(_clean(json.loads(canonical)))
    return hashlib.blake2b(canonical.encode(), key=key or fingerprint_key(), digest_size=32).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Set):
        return sorted(value)
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"a value of type {type(value).__name__} cannot be stored as JSON")


def _encodes(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _sound(value: str) -> bool:
    return "\x00" not in value and _encodes(value)


_canonical = json.JSONEncoder(ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=_plain).encode
"""The one text of a value, whatever the order of its keys."""


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {text(key): _clean(item) for key, item in value.items()}
    return value
