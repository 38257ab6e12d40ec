"""Blocking keys: what two values must share to be looked at together.

A key function turns one value into a tuple of keys; several keys mean that the value may be any of them (a diminutive,
an ambiguous place, an age that spans two years), and two values share a key when their tuples meet. Most keys are made
alike on both sides; the few that are not say which side they are made for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import jellyfish

import transliteration
from matching.comparisons.dates import interval
from matching.comparisons.names import Role, initials
from matching.comparisons.parts import Part, date_part, texts_of
from transliteration.places import institutions

KeyFunction = Callable[[Any], Sequence[str]]


class Key(NamedTuple):
    """How a value is turned into keys on the seeking and on the found side.

    Attributes:
        seeking, found: The two functions.
        bins: The same in coarse keys of which values within a window share one, where the kind has such.
        survives: Codes of the levels at which two values may share the key; empty for a key that only agreement gives.
        letters: Whether `letters` of a rule says how long the keys are.
    """

    seeking: KeyFunction
    found: KeyFunction
    bins: tuple[KeyFunction, KeyFunction] | None = None
    survives: frozenset[str] = frozenset()
    letters: bool = False


def _alike(function: KeyFunction) -> Key:
    return Key(function, function)


_LONGEST_SPAN_YEARS = 3


def _initial(role: Role) -> KeyFunction:
    return lambda value: initials(value, role)


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


@lru_cache(maxsize=500_000)
def _month(value: str) -> tuple[str, ...]:
    first, last = (date.fromordinal(d) for d in interval(value))
    return (f"{first.year}-{first.month:02}",) if (first.year, first.month) == (last.year, last.month) else ()


@lru_cache(maxsize=500_000)
def _year(value: str) -> tuple[str, ...]:
    first, last = (date.fromordinal(d).year for d in interval(value))
    return tuple(str(y) for y in range(first, last + 1)) if last - first < _LONGEST_SPAN_YEARS else ()


def _day_month(value: str) -> tuple[str, ...]:
    """Return day and month of a known day: what stays when years are added, or when a digit of the year slips."""
    first, last = interval(value)
    known = date.fromordinal(first)
    return (f"{known.month:02}-{known.day:02}",) if first == last else ()


_BIN_DAYS = 64


def _day_bins(reach: int) -> KeyFunction:
    """Return keys for spans of 64 days: that of a known day, and so many before and after it."""

    def bins(value: str) -> tuple[str, ...]:
        first, last = interval(value)
        own = first // _BIN_DAYS
        return tuple(str(own + i) for i in range(-reach, reach + 1)) if first == last else ()

    return bins


_PRECISIONS = "dmy"


def _overlap(*, seeking: bool) -> KeyFunction:
    """Return keys by which two spans of time share one when they meet at the precision of the less precise one.

    Two known days share a key when they are one day; a day and a month when the day lies in the month; an age and a
    day when the day lies in one of the years that the age may mean. So each value is keyed for every precision that
    the other side may have.
    """

    def overlap(value: str) -> tuple[str, ...]:
        years = _year(value)
        if not years:
            return ()
        own = 0 if _day(value) else 1 if _month(value) else 2
        keys = []
        for other in range(len(_PRECISIONS)):
            pair = (own, other) if seeking else (other, own)
            spans = years if max(pair) == 2 else (_day, _month)[max(pair)](value)
            keys += [f"{_PRECISIONS[pair[0]]}{_PRECISIONS[pair[1]]}{span}" for span in spans]
        return tuple(keys)

    return overlap


def _institution(value: str) -> tuple[str, ...]:
    key = institutions.institution_key(value)
    return (f"{key.kind}|{key.number}|{key.name}",) if key.number or key.name else ()


def _text(value: Any) -> tuple[str, ...]:
    text = str(value).casefold().strip()
    return (text,) if text else ()


def _metaphone(value: Any) -> tuple[str, ...]:
    """Return the Metaphone code of each word's romanised form, since the code knows Latin letters alone."""
    text = str(value)
    plain = text.isascii() and text.replace(" ", "").isalnum()  # such a text is its own romanised form
    words = (text if plain else transliteration.romanise(text)).split()
    return tuple(dict.fromkeys(code for word in words if (code := jellyfish.metaphone(word))))


def _name_keys(role: Role) -> dict[str, Key]:
    kinds = {"key": _variants(role), "sound": _sound(role), "slip": _slip(role), "initial": _initial(role)}
    return {kind: _alike(function) for kind, function in kinds.items()}


def _part(part: Part) -> dict[str, Key]:
    def value_of(value: Any) -> tuple[str, ...]:
        digits = date_part(value, part)
        return (digits,) if digits else ()

    return {"value": _alike(value_of)}


def _starts(texts: Callable[[Any], Sequence[str]]) -> dict[str, Key]:
    """Return keys of the first letters of texts: one, and four or as many as a rule says."""
    return {
        "initial": _alike(lambda value: tuple(dict.fromkeys(text[0] for text in texts(value)))),
        "start": Key(texts, texts, letters=True),
    }


_VALUE = {"value": _alike(_text)}
_SAME_DAYS = frozenset({"date_same"})
_SAME_MONTHS = _SAME_DAYS | {"date_days", "date_weeks", "date_one_part", "month_same"}
_SAME_YEARS = _SAME_MONTHS | {
    "date_half_year",
    "date_swapped",
    "month_near",
    "month_half_year",
    "month_differs",
    "year_same",
    "year_near",
}

KEYS: dict[str, dict[str, Key]] = {
    "surname": _name_keys("surname"),
    "given": {**_name_keys("given"), "class": _alike(_given_class)},
    "patronymic": _name_keys("patronymic"),
    "date": {
        "day": Key(_day, _day, bins=(_day_bins(1), _day_bins(0)), survives=_SAME_DAYS),
        "day_month": Key(_day_month, _day_month, survives=_SAME_DAYS | {"date_one_part"}),
        "month": Key(_month, _month, survives=_SAME_MONTHS),
        "year": Key(_year, _year, survives=_SAME_YEARS),
        "overlap": Key(
            _overlap(seeking=True), _overlap(seeking=False), survives=_SAME_DAYS | {"month_same", "year_same"}
        ),
    },
    "date_year": _part("year"),
    "date_month": _part("month"),
    "date_day": _part("day"),
    "place": {"id": _alike(lambda value: tuple(map(str, value)))},
    "institution": {"key": _alike(_institution)},
    "category": _VALUE,
    "eyes": _VALUE,
    "hair": _VALUE,
    "health": _VALUE,
    "number": _VALUE,
    "identifier": {**_VALUE, **_starts(_text)},
    "code": {**_VALUE, **_starts(_text)},
    "string": {**_VALUE, **_starts(_text), "sound": _alike(_metaphone)},
    "texts": {"value": _alike(texts_of), **_starts(texts_of)},
    "initial": {"key": _alike(lambda value: initials(value, "given"))},
    "count": _VALUE,
    "parent": {"given": _alike(lambda value: _given_class(value[1]))},
    "siblings": {"given": _alike(lambda value: tuple(sorted({k for name in value for k in _given_class(name)})))},
}
"""For each comparison kind the keys that a blocking rule may name."""
