"""Normalisation: what the written fields of one row mean, in the words that the linkage spec compares.

`values` of a record, each missing when nobody wrote it or it cannot be read:
`surname, given, patronymic` (repaired, base form), `sex` (m, f), `birth` (`first/last` ISO day), `birthplace,
last_place, region` (lists of place identifiers), `institution` (as written), `mother, father` (`[surname, given,
patronymic]`), `siblings` (given names), `birth_certificate, rnokpp, unzr`, `eyes, hair, health` (codes),
`lost_on, transferred_on, photo_date` (as `birth`), `consent` (yes, no, unclear), `doubts` (codes of what did not fit).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, cast

import transliteration
from sources.extraction import consent
from sources.fields import FIELDS, TABLE, of_kind
from transliteration import dates, places
from transliteration.attributes import documents, traits
from transliteration.dates.interval import DateInterval
from transliteration.names.patronymic import father_agrees
from transliteration.names.surname import russian_surnames

Written = Mapping[str, str | list[str]]

_PLACES = of_kind("place")
_PARENTS = of_kind("parent")
_ROMANISED = tuple(name for name in FIELDS if TABLE[name].romanised)
_DOCUMENTS = of_kind("document")
_TRAITS = cast(tuple[traits.TraitKind, ...], of_kind("trait"))
_BEHIND_NAME = re.compile(r"[,(]|\d")
_DAYS = of_kind("day")
_SEX = {"m": "m", "f": "f", "м": "m", "ж": "f", "ч": "m"}


@dataclass(frozen=True)
class Normalised:
    """What a row means: `values` for the matcher, `romanised` for the screen."""

    values: dict[str, Any]
    romanised: dict[str, str]


def normalise(
    written: Written,
    *,
    observed_on: date | None,
    language: str,
    name_order: str | None = None,
    pseudonymised: bool = False,
    birth: DateInterval | None = None,
) -> Normalised:
    """Return what the written fields of one row mean.

    Args:
        written: Text by field, as the source description feeds it; lists for several names.
        observed_on: When the source saw the child: the day to which an age belongs.
        language: Language of the values, as the source states it.
        name_order: Order of the parts of `full_name`, when the source states it.
        birth: Possible days of birth, when a text told them; else they are read from `birth_date` or `age`.
        pseudonymised: The publisher changed names on purpose: they are taken out of the evidence.
    """
    doubts: list[str] = []
    values: dict[str, Any] = {}
    values.update(_names(written, name_order, doubts))
    values.update(_interval(birth, doubts) if birth else _birth(written, observed_on, language, doubts))
    values.update(_documents(written))
    for field in _PLACES:
        if ids := sorted(places.place_ids(_text(written, field))):
            values[field] = ids
    if institution := _text(written, "institution"):
        values["institution"] = institution
    for field in _PARENTS:
        parent = _parts(_text(written, field), None)
        if parent[1]:
            values[field] = list(parent)
    if father_agrees(values.get("patronymic", ""), values.get("father", ("", "", ""))[1]) is False:
        doubts.append("father_patronymic")
    if siblings := [given for text in _list(written, "siblings") if (given := _sibling(text))]:
        values["siblings"] = siblings
    values.update(_traits(written))
    values.update(_days(written, language))
    if text := _text(written, "consent"):
        values["consent"] = consent.read(text)
        doubts += ["consent_unclear"] if values["consent"] == consent.UNCLEAR else []
    _infer(values, written, pseudonymised)
    doubts += _contradictions(written, values) if any(kind in written for kind in _DOCUMENTS) else []
    if doubts:
        values["doubts"] = doubts
    return Normalised(values, _romanised(written, language))


def _text(written: Written, field: str) -> str:
    value = written.get(field)
    if not value:
        return ""
    return value.strip() if isinstance(value, str) else "; ".join(value)


def _list(written: Written, field: str) -> list[str]:
    value = written.get(field, [])
    return [value] if isinstance(value, str) and value else list(value)


@lru_cache(maxsize=200_000)
def _parts(text: str, order: str | None) -> tuple[str, str, str]:
    if not text:
        return "", "", ""
    first = None if order is None else "surname_first" if order.startswith("surname") else "given_first"
    name = transliteration.nominative(transliteration.parse_name(text, order=first))
    return name.surname, name.given, name.patronymic


@lru_cache(maxsize=200_000)
def _repaired(text: str) -> str:
    return transliteration.repair(text).text if text else ""


def _names(written: Written, order: str | None, doubts: list[str]) -> dict[str, str]:
    surname, given, patronymic = _parts(_text(written, "full_name"), order)
    parts = {
        "surname": _repaired(_text(written, "surname")) or surname,
        "given": _repaired(_text(written, "given")) or given,
        "patronymic": _repaired(_text(written, "patronymic")) or patronymic,
    }
    if _swapped(parts["surname"], parts["given"]):
        parts |= {"surname": parts["given"], "given": parts["surname"]}
        doubts.append("surname_swapped")
    return {role: text for role, text in parts.items() if text}


def _swapped(surname: str, given: str) -> bool:
    """Tell whether a given name stands in the surname's column and a surname that is no given name in the other."""
    if not surname or not given or transliteration.is_initial(surname) or transliteration.is_initial(given):
        return False
    known, other = transliteration.given_classes(surname), transliteration.given_classes(given)
    return bool(known) and not other and bool(russian_surnames(given))


def _sibling(text: str) -> str:
    """Return the given name of a brother or sister; behind a comma, bracket or number stands an age, not a name."""
    name = _BEHIND_NAME.split(text, maxsplit=1)[0].strip()
    return _parts(name, None)[1] or name


def _birth(written: Written, observed_on: date | None, language: str, doubts: list[str]) -> dict[str, str]:
    """Return the birth date as an interval, from the date or else the age."""
    if text := _text(written, "birth_date"):
        try:
            known = language if language in ("uk", "ru", "en") else None
            return _interval(dates.parse_date(text, language=known, reference=observed_on), doubts)
        except dates.DateError:
            doubts.append("birth_date_unreadable")
    if text := _text(written, "age"):
        if observed_on is None:
            doubts.append("age_without_date")
            return {}
        try:
            return _interval(dates.age_to_interval(text, observed_on), doubts)
        except dates.DateError:
            doubts.append("age_unreadable")
    return {}


def _interval(found: DateInterval, doubts: list[str]) -> dict[str, str]:
    doubts += [f"birth_{flag}" for flag in found.flags]
    return {"birth": found.text}


def _days(written: Written, language: str) -> dict[str, str]:
    """Return the other dates of a record as intervals."""
    out = {}
    for field in _DAYS:
        if not (text := _text(written, field)):
            continue
        try:
            found = dates.parse_date(text, language=language if language in ("uk", "ru", "en") else None)
        except dates.DateError:
            continue
        out[field] = found.text
    return out


def _documents(written: Written) -> dict[str, str]:
    """Return the comparable form of each document number that can be read."""
    written_ones = {kind: text for kind in _DOCUMENTS if (text := _text(written, kind))}
    return {kind: key for kind, text in written_ones.items() if (key := documents.document_key(kind, text))}


def _contradictions(written: Written, values: Mapping[str, Any]) -> list[str]:
    """Return codes of what the documents of one record say against each other and against its date of birth and sex."""
    birth = None
    if "birth" in values:
        try:
            birth = dates.parse_date(values["birth"])
        except dates.DateError:
            birth = None
    found = documents.contradictions(
        birth=birth,
        sex=values.get("sex", ""),
        birth_certificate_text=_text(written, "birth_certificate"),
        rnokpp_text=_text(written, "rnokpp"),
        unzr_text=_text(written, "unzr"),
    )
    return [contradiction.code for contradiction in found]


def _traits(written: Written) -> dict[str, str]:
    return {kind: code for kind in _TRAITS if (code := traits.trait_code(_text(written, kind), kind))}


def _infer(values: dict[str, Any], written: Written, pseudonymised: bool) -> None:
    """Fill sex from the name, a patronymic from the father; take changed names out."""
    sex = _SEX.get(_text(written, "sex").casefold()[:1], "")
    sex = sex or transliteration.sex_of_name(
        values.get("given", ""), values.get("patronymic", ""), values.get("surname", "")
    )
    if sex:
        values["sex"] = sex
    if pseudonymised:
        for role in ("surname", "given", "patronymic"):
            values.pop(role, None)


def _romanised(written: Written, language: str) -> dict[str, str]:
    out = {}
    for field in _ROMANISED:
        text = _text(written, field)
        if text and any(ord(c) > 0x24F for c in text):
            out[field] = _romanise(text, "icao" if language == "ru" else "kmu55")
    return out


@lru_cache(maxsize=200_000)
def _romanise(text: str, system: str) -> str:
    return transliteration.romanise(text, system=system)
