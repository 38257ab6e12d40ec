"""Normalisation: what the written fields of one row mean, in the words that the linkage spec compares.

`values` of a record, each missing when nobody wrote it or it cannot be read:
`surname, given, patronymic` (repaired, base form), `sex` (m, f), `birth` (`first/last` ISO day), `birthplace,
last_place, region` (lists of place identifiers), `institution` (as written), `mother, father` (`[surname, given,
patronymic]`), `siblings` (given names), `sibling_count` (a whole number), `birth_certificate, rnokpp, unzr`, `eyes,
hair, health` (codes), `lost_on, transferred_on, photo_date` (as `birth`), `consent` (yes, no, unclear), `doubts` (codes
of what did not fit).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple, cast

import transliteration
from sources.fields import FIELDS, NAMING_FIELDS, TABLE, of_kind
from transliteration import dates, places
from transliteration.attributes import consent, documents, traits
from transliteration.dates import births
from transliteration.dates.interval import DateInterval
from transliteration.names.patronymic import father_agrees
from transliteration.names.written_name import Sex, WrittenName, name_of_cell, name_of_columns
from transliteration.text.language import language_of

Written = Mapping[str, str | list[str]]

_PLACES = of_kind("place")
_PARENTS = of_kind("parent")
_NAMES = of_kind("name")
_ROMANISED = tuple(name for name in FIELDS if TABLE[name].romanised)
_DOCUMENTS = of_kind("document")
_TRAITS = cast(tuple[traits.TraitKind, ...], of_kind("trait"))
_SEXLESS = frozenset({"name_case"})
"""Doubts about a name that leave open whose name it is: then it tells no sex."""
_NAME = ("surname", "given", "patronymic")
_NO_NAME = WrittenName()
_DAYS = of_kind("day")
_AGE = re.compile(r"^(?:\d|1[0-8])$|[^\W\d_]")
"""An age in the column of births."""
_BEYOND_LATIN = re.compile("[^\u0000-\u024f]")
_WHOLE_NUMBER = re.compile(r"\d{1,2}")
_SEX = {"m": "m", "f": "f", "м": "m", "ж": "f", "ч": "m"}


class Normalised(NamedTuple):
    """What a row means: `values` for the matcher, `romanised` for the screen, in the `language` its letters show."""

    values: dict[str, Any]
    romanised: dict[str, str]
    language: str


def normalise(
    written: Written,
    *,
    observed_on: date | None,
    language: str,
    name_order: str | None = None,
    pseudonymised: bool = False,
    birth: DateInterval | None = None,
    doubts: Sequence[str] = (),
    settled: Set[str] = frozenset(),
) -> Normalised:
    """Return what the written fields of one row mean.

    Args:
        written: Text by field, as the source description feeds it; lists for several names.
        observed_on: When the source saw the child: the day to which an age belongs.
        language: Language of the values, as the source states it.
        name_order: Order of the parts of `full_name`, when the source states it.
        birth: Possible days of birth, when a text told them; else they are read from `birth_date` or `age`.
        pseudonymised: The publisher changed names on purpose: they are taken out of the evidence.
        doubts: What the form of the row or its column makes doubtful.
        settled: Doubts of single values that their column settles; `month_first` when it writes dates so.
    """
    told = list(doubts)
    doubts = []
    values: dict[str, Any] = {}
    name = _name(written, name_order)
    doubts += name.doubts
    values.update({role: text for role in _NAME if (text := getattr(name, role))})
    if not name.doubts and not values and not NAMING_FIELDS.isdisjoint(written) and "text" not in written:
        doubts.append("name_unread")
    born = birth or _birth(written, observed_on, language, doubts, month_first="month_first" in settled)
    own = _interval(born, doubts) if born else {}
    values.update(_beside(name.births, own, observed_on, doubts))
    if "birth" in values:
        age = _text(written, "age") if "birth_date" in written else ""
        doubts += sorted(births.doubts_of(DateInterval.from_text(values["birth"]), age, observed_on))
    values.update(_documents(written))
    for field in _PLACES:
        if field in written and (ids := sorted(places.place_ids(_text(written, field)))):
            values[field] = ids
    if institution := _text(written, "institution"):
        values["institution"] = institution
    for field in _PARENTS:
        if field not in written:
            continue
        parent = name_of_cell(_text(written, field), None, "f" if field == "mother" else "m")
        if parent.given:
            values[field] = [parent.surname, parent.given, parent.patronymic]
    if father_agrees(values.get("patronymic", ""), values.get("father", ("", "", ""))[1]) is False:
        doubts.append("father_patronymic")
    if siblings := [given for text in _list(written, "siblings") if (given := _sibling(text))]:
        values["siblings"] = siblings
    if count := _count(_text(written, "sibling_count"), values.get("siblings", ())):
        values["sibling_count"] = int(count)
    values.update(_traits(written))
    values.update(_days(written, language))
    if text := _text(written, "consent"):
        values["consent"] = consent.read(text)
        doubts += ["consent_unclear"] if values["consent"] == consent.UNCLEAR else []
    _infer(values, written, pseudonymised, doubts)
    doubts += _contradictions(written, values) if any(kind in written for kind in _DOCUMENTS) else []
    if doubts := list(dict.fromkeys(code for code in (*told, *doubts) if code not in settled)):
        values["doubts"] = doubts
    spoken = _spoken(written) or language
    return Normalised(values, _romanised(written, spoken), spoken)


def _text(written: Written, field: str) -> str:
    value = written.get(field)
    if not value:
        return ""
    return value.strip() if isinstance(value, str) else "; ".join(value)


def _list(written: Written, field: str) -> list[str]:
    value = written.get(field, [])
    return [value] if isinstance(value, str) and value else list(value)


def _name(written: Written, order: str | None) -> WrittenName:
    """Return the name of a row: what its own columns hold, else what the full name holds."""
    sex = _stated_sex(written)
    full = name_of_cell(_text(written, "full_name"), order, sex) if "full_name" in written else _NO_NAME
    columns = [_text(written, role) for role in _NAME]
    if not any(columns):
        return full
    own = name_of_columns(columns[0], columns[1], columns[2], sex)
    if full is _NO_NAME:
        return own
    return WrittenName(
        own.surname or full.surname,
        own.given or full.given,
        own.patronymic or full.patronymic,
        (*own.births, *full.births),
        tuple(dict.fromkeys((*own.doubts, *full.doubts))),
    )


def _sibling(text: str) -> str:
    """Return the given name of a brother or sister."""
    name = name_of_cell(text)
    return name.given or name.surname


def _count(text: str, named: Sequence[str]) -> str:
    """Return the number of brothers and sisters, as written or as many as are named; '' where nothing says it."""
    found = _WHOLE_NUMBER.fullmatch(text)
    return found[0] if found else str(len(named)) if named and not text else ""


def _stated_sex(written: Written) -> Sex:
    return cast(Sex, _SEX.get(_text(written, "sex").casefold()[:1], ""))


def _beside(
    births: tuple[str, ...], own: dict[str, str], observed_on: date | None, doubts: list[str]
) -> dict[str, str]:
    """Return the date of birth: the row's own, else what stands beside the name; a contradiction is a doubt."""
    if not births:
        return own
    found = [interval for text in births if (interval := _beside_name(text, observed_on)) is not None]
    if not found:
        doubts.append("birth_date_unreadable" if observed_on else "age_without_date")
        return own
    best = min(found, key=lambda interval: (interval.precision == "age", interval.end - interval.start))
    known = [DateInterval.from_text(own["birth"])] if own else []
    if any(not one.overlaps(best) for one in (*known, *found)):
        doubts.append("birth_beside_name")
    return own or _interval(best, doubts)


def _beside_name(text: str, observed_on: date | None) -> DateInterval | None:
    try:
        return dates.parse_date(text, reference=observed_on)
    except dates.DateError:
        pass
    try:
        return dates.age_to_interval(text, observed_on) if observed_on else None
    except dates.DateError:
        return None


def _birth(
    written: Written, observed_on: date | None, language: str, doubts: list[str], *, month_first: bool
) -> DateInterval | None:
    """Return the birth date as an interval, from the date or else the age."""
    if text := _text(written, "birth_date"):
        known = "en-us" if month_first else language if language in ("uk", "ru", "en") else None
        if (found := _date(text, known, observed_on)) is not None:
            return found
        doubts.append("birth_date_unreadable")
    if text := _text(written, "age") or (text if _AGE.search(text) else ""):
        if observed_on is None:
            doubts.append("age_without_date")
            return None
        for age in (text, f"{text} років"):  # in a column of ages nobody writes the unit
            try:
                return dates.age_to_interval(age, observed_on)
            except dates.DateError:
                continue
        doubts.append("age_unreadable")
    return None


def _interval(found: DateInterval, doubts: list[str]) -> dict[str, str]:
    doubts += [f"birth_{flag}" for flag in found.flags]
    return {"birth": found.text}


def _days(written: Written, language: str) -> dict[str, str]:
    """Return the other dates of a record as intervals."""
    out = {}
    known = language if language in ("uk", "ru", "en") else None
    for field in _DAYS:
        if field in written and (found := _date(_text(written, field), known, None)) is not None:
            out[field] = found.text
    return out


@lru_cache(maxsize=1 << 16)
def _date(text: str, language: str | None, reference: date | None) -> DateInterval | None:
    """Return the days that a date may mean, None where it cannot be read; the days of a list come again and again."""
    try:
        timed = births.with_time(text, language=language, reference=reference)
        return timed or dates.parse_date(text, language=language, reference=reference)
    except dates.DateError:
        return None


def _documents(written: Written) -> dict[str, str]:
    """Return the comparable form of each document number that can be read."""
    written_ones = {kind: text for kind in _DOCUMENTS if kind in written and (text := _text(written, kind))}
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
    return {
        kind: code for kind in _TRAITS if kind in written and (code := traits.trait_code(_text(written, kind), kind))
    }


def _infer(values: dict[str, Any], written: Written, pseudonymised: bool, doubts: list[str]) -> None:
    """Fill sex from the name, a patronymic from the father; take changed names out."""
    told = transliteration.sex_of_name(values.get("given", ""), values.get("patronymic", ""), values.get("surname", ""))
    sex = _stated_sex(written) or ("" if _SEXLESS.intersection(doubts) else told)
    if sex and told and sex != told:
        doubts.append("sex_of_name")
    if sex:
        values["sex"] = sex
    if pseudonymised:
        for role in ("surname", "given", "patronymic"):
            values.pop(role, None)


def _spoken(written: Written) -> str:
    """Return the language of the names, else of all that is written; '' where neither shows one."""
    return language_of(_text(written, field) for field in _NAMES if field in written) or language_of(
        _text(written, field) for field in written
    )


def _romanised(written: Written, language: str) -> dict[str, str]:
    out = {}
    for field in _ROMANISED:
        text = _text(written, field) if field in written else ""
        if text and not text.isascii() and _BEYOND_LATIN.search(text):
            out[field] = transliteration.romanise(text, "icao" if language == "ru" else "kmu55")
    return out
