"""Blocking keys: what two values must share to be looked at together.

A key function turns one value into a tuple of keys; several keys mean that the value may be any of them (a diminutive,
an ambiguous place, an age that spans two years), and two values share a key when their tuples meet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import jellyfish

import transliteration
from matching.comparisons.dates import interval
from matching.comparisons.names import Role
from transliteration import institutions

KeyFunction = Callable[[Any], Sequence[str]]

_LONGEST_SPAN_YEARS = 3


def _initial(role: Role) -> KeyFunction:
    def initial(value: str) -> tuple[str, ...]:
        return tuple(sorted({key[0] for key in transliteration.canonical_variants(value, role) if key}))

    return initial


def _variants(role: Role) -> KeyFunction:
    return lambda value: () if transliteration.is_initial(value) else transliteration.canonical_variants(value, role)


def _sound(role: Role) -> KeyFunction:
    def sound(value: str) -> tuple[str, ...]:
        if transliteration.is_initial(value):
            return ()
        key = transliteration.phonetic_key(value, role)
        return (key,) if key else ()

    return sound


def _slip(role: Role) -> KeyFunction:
    return lambda value: () if transliteration.is_initial(value) else transliteration.slip_keys(value, role)


def _given_class(value: str) -> tuple[str, ...]:
    """Return the names that a written one may stand for; a name that no table knows stands for itself."""
    if transliteration.is_initial(value):
        return ()
    classes = transliteration.given_classes(value)
    return tuple(sorted(classes)) if classes else transliteration.canonical_variants(value, "given")


def _day(value: str) -> tuple[str, ...]:
    first, last = interval(value)
    return (str(first),) if first == last else ()


def _month(value: str) -> tuple[str, ...]:
    first, last = (date.fromordinal(d) for d in interval(value))
    return (f"{first:%Y-%m}",) if (first.year, first.month) == (last.year, last.month) else ()


def _year(value: str) -> tuple[str, ...]:
    first, last = (date.fromordinal(d).year for d in interval(value))
    return tuple(str(y) for y in range(first, last + 1)) if last - first < _LONGEST_SPAN_YEARS else ()


def _institution(value: str) -> tuple[str, ...]:
    key = institutions.institution_key(value)
    return (f"{key.kind}|{key.number}|{key.name}",) if key.number or key.name else ()


def _text(value: Any) -> tuple[str, ...]:
    text = str(value).casefold().strip()
    return (text,) if text else ()


def _metaphone(value: Any) -> tuple[str, ...]:
    """Return the Metaphone code of each word's romanised form, since the code knows Latin letters alone."""
    words = transliteration.romanise(str(value)).split()
    return tuple(dict.fromkeys(code for word in words if (code := jellyfish.metaphone(word))))


def _name_keys(role: Role) -> dict[str, KeyFunction]:
    return {"key": _variants(role), "sound": _sound(role), "slip": _slip(role), "initial": _initial(role)}


KEYS: dict[str, dict[str, KeyFunction]] = {
    "surname": _name_keys("surname"),
    "given": {**_name_keys("given"), "class": _given_class},
    "patronymic": _name_keys("patronymic"),
    "date": {"day": _day, "month": _month, "year": _year},
    "place": {"id": lambda value: tuple(map(str, value))},
    "institution": {"key": _institution},
    "category": {"value": _text},
    "eyes": {"value": _text},
    "hair": {"value": _text},
    "health": {"value": _text},
    "identifier": {"value": _text},
    "string": {"value": _text, "sound": _metaphone, "start": lambda value: tuple(t[:4] for t in _text(value))},
    "parent": {"given": lambda value: _given_class(value[1])},
    "siblings": {"given": lambda value: tuple(sorted({k for name in value for k in _given_class(name)}))},
}
"""For each comparison kind the keys that a blocking rule may name."""
