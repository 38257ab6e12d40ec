"""Which field a column feeds, from its header and its values together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Final

from sources.column_names import field_of
from sources.nothing_written import is_nothing
from transliteration import given_classes
from transliteration.attributes import documents, traits
from transliteration.dates import DateError, parse_date
from transliteration.names.patronymic import looks_like_patronymic
from transliteration.places import place_ids
from transliteration.places.institutions import institution_key

SEX_WORDS: Final[dict[str, str]] = {
    **dict.fromkeys(("ч", "чол", "чол.", "чоловіча", "чоловік", "хлопчик", "хлопець", "хл", "male", "m", "boy"), "m"),
    **dict.fromkeys(("м", "муж", "муж.", "мужской", "мальчик", "мал"), "m"),
    **dict.fromkeys(("ж", "жін", "жін.", "жіноча", "жінка", "дівчинка", "дівчина", "дів", "female", "f", "girl"), "f"),
    **dict.fromkeys(("жен", "жен.", "женский", "девочка", "девушка", "дев"), "f"),
}
CONSENT_WORDS: Final[dict[str, str]] = {
    **dict.fromkeys(("так", "да", "yes", "є", "+", "true", "надана", "дано"), "yes"),
    **dict.fromkeys(("ні", "нет", "no", "false", "не надана", "отказ", "відмова"), "no"),
}
LANGUAGE_WORDS: Final[dict[str, str]] = {
    **dict.fromkeys(("укр", "укр.", "українська", "украинский", "ua", "uk", "ukrainian"), "uk"),
    **dict.fromkeys(("рос", "рос.", "рус", "російська", "русский", "ru", "russian"), "ru"),
    **dict.fromkeys(("англ", "англійська", "английский", "en", "english"), "en"),
}

_PHONE: Final = re.compile(r"\+?\d[\d\s()-]{8,}\d")
_WORDS: Final = re.compile(r"[^\W\d_][\w'’ʼ.-]*")
_SURNAME: Final = re.compile(
    r"(?:енко|чук|юк|як|ський|ська|цький|цька|ский|ская|ов|ова|ев|ева|єв|єва|ін|іна|ин|ина|ко|ець|ак|ик)$"
)
_PARTS: Final = re.compile(r";|\n|,(?=\s*[А-ЯҐЄІЇЁA-Z][^\W\d_]+ [А-ЯҐЄІЇЁA-Z])")
_CHANGING: Final = re.compile(r"_index|_parent_index|title|text", re.IGNORECASE)
"""Columns that are no key: numbers that each export gives anew, and texts that may name somebody."""

_WHO_PARTS: Final = frozenset({"surname", "given", "patronymic"})
_WHO: Final = _WHO_PARTS | {"full_name"}
"""Whom a row is about: where a header tells it as a whole or in parts, no value tells it otherwise."""
_ENOUGH: Final = 0.6
_SAMPLE: Final = 400


@dataclass
class Column:
    """A column as it was seen: its name in the description, and the values of the first rows."""

    name: str
    values: list[str] = field(default_factory=list)
    optional: bool = False

    @property
    def filled(self) -> list[str]:
        """The values that say something, cut to what a guess needs."""
        return [value[:_SAMPLE] for value in self.values if value and not is_nothing(value.strip())]


@dataclass(frozen=True)
class Guess:
    """What a column feeds: a field, `key` or `language_column`; and whether header or values told it.

    `others` are columns of the same field in other lists of the file.
    """

    column: Column
    field: str
    by_header: bool
    others: tuple[Column, ...] = ()


def guess(columns: Sequence[Column]) -> list[Guess]:
    """Return one guess for each column that can be told, each field once, those that a header names first."""
    taken: dict[str, Guess] = {}
    rest: list[Column] = []
    for column in sorted(columns, key=lambda column: not column.filled):  # an empty column feeds what no other does
        named = _borne_out(field_of(column.name), column)
        if named and named not in taken:
            taken[named] = Guess(column, named, by_header=True)
        elif named and column.optional and taken[named].column.optional:
            taken[named] = replace(taken[named], others=(*taken[named].others, column))
        elif not named:
            rest.append(column)
    for column in rest:
        told = by_values(column)
        if told in _WHO and not _WHO.isdisjoint(taken) and not _WHO_PARTS.issuperset({told, *(_WHO & taken.keys())}):
            continue
        if told and told not in taken:
            taken[told] = Guess(column, told, by_header=False)
    if "given" in taken and "surname" not in taken and "full_name" not in taken:
        only = taken["given"]
        if share(only.column, _is_full_name) >= _ENOUGH:
            taken["full_name"] = Guess(only.column, "full_name", only.by_header)
            del taken["given"]
    if "given" in taken and "full_name" not in taken and share(taken["given"].column, _with_patronymic) >= _ENOUGH:
        both = taken.pop("given")
        taken["full_name"] = Guess(both.column, "full_name", both.by_header)
    if "key" in taken and not _is_key(taken["key"].column):
        del taken["key"]
    if "key" not in taken and (found := next((column for column in rest if _is_key(column)), None)):
        taken["key"] = Guess(found, "key", by_header=False)
    return list(taken.values())


def _borne_out(named: str, column: Column) -> str:
    """Return the field that a header names, corrected by the values where they say otherwise."""
    if not column.filled:
        return named
    if named in ("birth_date", "lost_on", "transferred_on", "observed_on", "photo_date"):
        if share(column, _is_age) >= _ENOUGH and named == "birth_date":
            return "age"
        return named if share(column, _reads_as_date) >= 0.3 or share(column, _has_digit) >= _ENOUGH else ""
    if named == "age" and share(column, _is_date) >= _ENOUGH:
        return "birth_date"
    if named == "full_name" and share(column, _is_given) >= _ENOUGH:
        return "given"
    if named in ("mother", "father", "guardian", "siblings") and share(column, _names_somebody) < 0.3:
        return ""
    if named == "key" and not _is_key(column):
        return by_values(column)
    return named


def by_values(column: Column) -> str:
    """Return the field that the values of a column tell; '' for none."""
    if len(column.filled) < 1:
        return ""
    repeated = len(set(column.filled)) * 2 < len(column.filled)
    for name, test in _TESTS:
        if repeated and name in _WHO:  # "Так" in every row is nobody's surname
            continue
        if share(column, test) >= _ENOUGH:
            return name if name != "date" else _which_date(column)
    if median(map(len, column.filled)) > 120:
        return "text"
    return ""


def share(column: Column, test: Callable[[str], bool]) -> float:
    """Return the share of the filled values that pass a test."""
    filled = column.filled
    return sum(map(test, filled)) / len(filled) if filled else 0.0


def several_children(column: Column) -> bool:
    """Tell whether a tenth of the cells, or more, hold several names."""
    return share(column, lambda text: sum(map(_is_whole_name, re.split(r"[;\n]", text))) > 1) >= 0.1


def _is_whole_name(text: str) -> bool:
    """Tell whether a part of a cell names a child: two words or more, or a given name alone."""
    words = _WORDS.findall(text)
    return len(words) > 1 or _is_given(text)


def name_order(column: Column) -> str:
    """Return the order of the parts of full names, as most of them show it; '' when they do not."""
    orders = Counter(_order(text) for text in column.filled)
    orders.pop("", None)
    if not orders:
        return ""
    order, count = orders.most_common(1)[0]
    return order if count * 4 >= 3 * orders.total() else ""


def _order(text: str) -> str:
    words = _WORDS.findall(text)[:3]
    if len(words) == 3 and looks_like_patronymic(words[2]):
        return "surname given patronymic"
    if len(words) == 3 and looks_like_patronymic(words[1]):
        return "given patronymic surname"
    if len(words) == 2 and looks_like_patronymic(words[1]) and given_classes(words[0]):
        return "given patronymic"
    if len(words) == 2 and bool(given_classes(words[0])) != bool(given_classes(words[1])):
        return "given surname" if given_classes(words[0]) else "surname given"
    return ""


def _is_date(text: str) -> bool:
    """Tell dates from bare numbers too, which may count or name something."""
    return not text.isdigit() and _reads_as_date(text)


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _reads_as_date(text: str) -> bool:
    if not any(char.isdigit() for char in text):
        return False
    try:
        found = parse_date(text[:60])
    except DateError:
        return False
    return 1990 <= found.end.year <= 2100


def _which_date(column: Column) -> str:
    """Tell births from later days: children are born years before the list is written."""
    ends = [parse_date(text[:60]).end.year for text in column.filled if _is_date(text)]
    return "birth_date" if median(ends) <= 2021 else "observed_on"


def _is_age(text: str) -> bool:
    return re.fullmatch(r"\d{1,2}", text) is not None and int(text) <= 18


def _is_given(text: str) -> bool:
    words = _WORDS.findall(text)
    return len(words) == 1 and bool(given_classes(words[0]))


def _with_patronymic(text: str) -> bool:
    return _order(text) == "given patronymic"


def _is_full_name(text: str) -> bool:
    """Tell whether a text begins like a person's name: two to four words, one of them a given name or an initial."""
    first = re.split(r"[;\n,(\d]", text, maxsplit=1)[0]
    words = _WORDS.findall(first)
    if not 2 <= len(words) <= 5 or not all(word[0].isupper() for word in words):
        return False
    return any(given_classes(word) or re.fullmatch(r"\w\.(\w\.)?", word) for word in words)


def _names_somebody(text: str) -> bool:
    """Tell whether a given name or an initial stands in a text."""
    return any(word[0].isupper() and given_classes(word) for word in _WORDS.findall(text)) or _is_full_name(text)


def _is_key(column: Column) -> bool:
    """Tell whether a column can be the key: filled, no value twice, short, and naming nobody."""
    filled = column.filled
    if _CHANGING.fullmatch(column.name):
        return False
    if column.optional or len(filled) < len(column.values) * 0.9 or len(set(filled)) < len(filled) * 0.98:
        return False
    return all(len(value) <= 40 and any(char.isdigit() for char in value) for value in filled) and not (
        share(column, _is_date) > 0.5 and share(column, lambda text: text.isdigit()) < 0.5
    )


def _known_place(text: str) -> bool:
    return any(not place.startswith("?") for place in place_ids(text[:80]))


_TESTS: Final[tuple[tuple[str, Callable[[str], bool]], ...]] = (
    ("unzr", lambda text: documents.unzr(text) is not None),
    ("birth_certificate", lambda text: documents.birth_certificate(text) is not None),
    ("rnokpp", lambda text: documents.rnokpp(text) is not None),
    ("contact", lambda text: "@" in text or (_PHONE.search(text) is not None and not _is_date(text))),
    ("sex", lambda text: text.strip().casefold() in SEX_WORDS),
    ("date", _is_date),
    ("patronymic", lambda text: len(_WORDS.findall(text)) == 1 and looks_like_patronymic(text)),
    ("given", _is_given),
    ("full_name", _is_full_name),
    ("institution", lambda text: bool(institution_key(text).kind)),
    ("eyes", lambda text: bool(traits.trait_code(text, "eyes"))),
    ("hair", lambda text: bool(traits.trait_code(text, "hair"))),
    ("last_place", _known_place),
    ("surname", lambda text: len(_WORDS.findall(text)) == 1 and _SURNAME.search(text.casefold()) is not None),
)
