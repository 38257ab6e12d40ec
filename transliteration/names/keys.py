"""Keys for blocking: a canonical key equal for all spellings of one name, and a coarser phonetic one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from transliteration.names.features import variants
from transliteration.names.given import best_class
from transliteration.names.roles import Role
from transliteration.spelling.skeleton import skeleton

_SOUNDS = str.maketrans("fhzcZSC", "vgssSSS")
MIN_SLIP_KEY = 4
_VOWELS = re.compile("[aeiou]+")
_DOUBLE = re.compile(r"(.)\1+")


@lru_cache(maxsize=1 << 18)
def canonical_key(text: str, role: Role) -> str:
    """Return one key for all spellings of a name (language, script, gender form, case form), `''` for nothing.

    An initial has no canonical key: it stands for too many names.
    """
    found = variants(text, role)
    return found[0] if found else ""


def canonical_variants(text: str, role: Role) -> tuple[str, ...]:
    """Return all canonical keys the written name may have, the most likely first; for blocking on sets."""
    return variants(text, role)


@lru_cache(maxsize=1 << 18)
def phonetic_key(text: str, role: Role) -> str:
    """Return a coarse key of consonant classes that survives a slip in a vowel, a soft sign or a doubled letter."""
    key = canonical_key(text, role)
    if not key:
        return ""
    if role != "surname":
        key = skeleton(best_class(key) or key) or key
    sounds = key.translate(_SOUNDS)
    head = "a" if sounds[0] in "aeiou" else ""
    return _DOUBLE.sub(r"\1", head + _VOWELS.sub("", sounds))


def canonical_keys(values: Sequence[str], role: Role) -> list[str]:
    """Return `canonical_key` of each value; each distinct value is worked out once in the process."""
    known = {value: canonical_key(value, role) for value in set(values)}
    return [known[value] for value in values]


def phonetic_keys(values: Sequence[str], role: Role) -> list[str]:
    """Return `phonetic_key` of each value; each distinct value is worked out once in the process."""
    known = {value: phonetic_key(value, role) for value in set(values)}
    return [known[value] for value in values]


def slip_keys(text: str, role: Role) -> tuple[str, ...]:
    """Return keys of which two names that are one edit apart (or a transposition of neighbours) share at least one.

    They are the canonical key and each string it becomes by leaving out one letter, so use them for blocking on sets;
    keys of fewer than four letters have no such neighbours, as nearly everything would meet. A slip makes of a given
    name or patronymic a word that no table knows, whose key is what is written: so a known one has that as well.
    """
    key = canonical_key(text, role)
    found = list(_neighbours(key))
    if key and (written := skeleton(text)) != key and len(written) >= MIN_SLIP_KEY:
        found += _neighbours(written)
    return tuple(dict.fromkeys(found))


def _neighbours(key: str) -> tuple[str, ...]:
    if len(key) < MIN_SLIP_KEY:
        return (key,) if key else ()
    return (key, *(key[:i] + key[i + 1 :] for i in range(len(key))))
