"""Numbers that come from a request."""

from __future__ import annotations

LONGEST = 18
"""Digits of the largest numbers that every row's number stays below; more would overflow the database's integers."""


def whole_number(text: str) -> int | None:
    """Return the number that a text is; None for what is none or could be no row's."""
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) <= LONGEST else None
