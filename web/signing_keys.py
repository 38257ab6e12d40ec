"""The keys that sign sessions and tokens of forms: looked up when used, so that a rotation signs nobody out."""

from __future__ import annotations

from collections.abc import Iterator


def newest() -> str:
    """Return the key that signs."""
    return _all()[0]


class Former(list[str]):
    """The keys whose signatures still hold, as Django wants them: a list, here one that is read from the ring."""

    def __iter__(self) -> Iterator[str]:
        """Yield the keys that signed before."""
        return iter(_all()[1:])


def _all() -> list[str]:
    import keys  # it imports Django, whose settings need these

    return [key.hex() for key in keys.derived_all(keys.Purpose.SESSIONS, "signatures")]
