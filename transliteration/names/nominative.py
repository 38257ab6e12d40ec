"""The base form of a full name written in the genitive, dative, accusative or instrumental."""

from __future__ import annotations

from functools import cache
from typing import Literal

from transliteration import tables
from transliteration.names.declension import case_forms
from transliteration.names.given import read_given, sexes, written_forms
from transliteration.names.parse import ParsedName
from transliteration.names.patronymic import sex_of_patronymic
from transliteration.names.sex import sex_of_given
from transliteration.text.scripts import fold, title

Sex = Literal["f", "m", ""]
# (ending in an oblique case, ending of the nominative); the first that fits decides.
_PATRONYMIC = (
    ("івною", "івна"), ("ївною", "ївна"), ("івни", "івна"), ("ївни", "ївна"), ("івні", "івна"), ("ївні", "ївна"),
    ("івну", "івна"), ("ївну", "ївна"), ("вной", "вна"), ("вною", "вна"), ("вны", "вна"), ("вне", "вна"),
    ("вну", "вна"),
    ("ичной", "ична"), ("ичны", "ична"), ("ичне", "ична"), ("ичну", "ична"),
    ("ичеві", "ич"), ("ичем", "ич"), ("ича", "ич"), ("ичу", "ич"), ("ичі", "ич"), ("иче", "ич"),
    ("ічем", "іч"), ("іча", "іч"), ("ічу", "іч"), ("ічеві", "іч"),
)  # fmt: skip
_SURNAME: dict[str, tuple[tuple[str, str], ...]] = {
    "m": (
        ("ського", "ський"), ("ському", "ський"), ("ським", "ський"), ("цького", "цький"), ("цькому", "цький"),
        ("цьким", "цький"), ("зького", "зький"), ("зькому", "зький"), ("зьким", "зький"), ("ского", "ский"),
        ("скому", "ский"), ("ским", "ский"), ("цкого", "цкий"), ("цкому", "цкий"), ("цким", "цкий"),
        ("енком", "енко"), ("енкові", "енко"), ("енка", "енко"), ("енку", "енко"),
        ("овим", "ов"), ("овым", "ов"), ("ова", "ов"), ("ову", "ов"), ("євим", "єв"),
        ("єва", "єв"), ("єву", "єв"), ("евым", "ев"), ("евим", "ев"), ("ева", "ев"), ("еву", "ев"), ("ёва", "ёв"),
        ("ёву", "ёв"), ("ёвым", "ёв"), ("іним", "ін"), ("іна", "ін"), ("іну", "ін"), ("иным", "ин"), ("ина", "ин"),
        ("ину", "ин"), ("ого", "ий"), ("ому", "ий"), ("ука", "ук"), ("уку", "ук"), ("уком", "ук"), ("юка", "юк"),
        ("юку", "юк"), ("юком", "юк"), ("ака", "ак"), ("аку", "ак"), ("аком", "ак"), ("яка", "як"), ("яку", "як"),
        ("яком", "як"), ("ика", "ик"), ("ику", "ик"), ("иком", "ик"), ("ича", "ич"), ("ичу", "ич"), ("ичем", "ич"),
        ("ія", "ій"), ("ію", "ій"), ("ая", "ай"), ("аю", "ай"), ("ея", "ей"), ("ею", "ей"), ("аря", "ар"),
        ("арю", "ар"), ("аля", "аль"), ("алю", "аль"), ("алем", "аль"), ("ця", "ець"), ("цю", "ець"),
        ("ра", "р"), ("ру", "р"), ("ром", "р"), ("на", "н"), ("ну", "н"), ("са", "с"), ("су", "с"), ("за", "з"),
        ("зу", "з"),
    ),
    "f": (
        ("ської", "ська"), ("ській", "ська"), ("ську", "ська"), ("ською", "ська"), ("цької", "цька"), ("цькій", "цька"),
        ("цьку", "цька"), ("цькою", "цька"), ("ской", "ская"), ("скую", "ская"), ("цкой", "цкая"), ("цкую", "цкая"),
        ("ової", "ова"), ("овій", "ова"), ("овою", "ова"), ("ову", "ова"), ("овой", "ова"), ("євої", "єва"),
        ("євій", "єва"), ("єву", "єва"), ("євою", "єва"), ("евой", "ева"), ("еву", "ева"), ("ёвой", "ёва"),
        ("ёву", "ёва"), ("іної", "іна"), ("іній", "іна"), ("іну", "іна"), ("иной", "ина"), ("ину", "ина"),
        ("ої", "а"), ("ій", "а"), ("ую", "ая"),
    ),
}  # fmt: skip


def _replaced(word: str, endings: tuple[tuple[str, str], ...]) -> str:
    for oblique, base in endings:
        if word.endswith(oblique) and len(word) > len(oblique) + 1:
            return word[: -len(oblique)] + base
    return word


@cache
def _given_bases() -> dict[str, tuple[tuple[str, str], ...]]:
    """Return case form -> (sex, base form) pairs, of formal names and diminutives."""
    found: dict[str, dict[tuple[str, str], None]] = {}
    for name, forms in written_forms().items():
        for form in forms:
            for case in case_forms(form, sexes()[name]):
                found.setdefault(case, {}).setdefault((sexes()[name], form))
    for row in tables.rows("diminutives"):
        for case in case_forms(row["diminutive"], row["sex"]):
            found.setdefault(case, {}).setdefault((row["sex"], row["diminutive"]))
    return {case: tuple(bases) for case, bases in found.items()}


def base_given(text: str, sex: Sex = "") -> str:
    """Return the nominative (lower case) of a declined Cyrillic given name, `''` if it is no known case form."""
    for told, base in _given_bases().get(fold(text).replace("'", "ʼ"), ()):
        if not sex or told == sex:
            return base
    return ""


def base_surname(text: str, sex: Sex) -> str:
    """Return the nominative of a Cyrillic surname known to be declined; unchanged where no rule applies."""
    return "-".join(_replaced(part, _SURNAME.get(sex, ())) for part in fold(text).split("-"))


def base_patronymic(text: str) -> str:
    """Return the nominative of a Cyrillic patronymic; unchanged when it is one."""
    return _replaced(fold(text), _PATRONYMIC)


def nominative(name: ParsedName) -> ParsedName:
    """Return the name with each part in the nominative, unchanged when nothing shows that it is declined.

    A patronymic tells the case and the sex; without one, a given name that is no nominative of any name does.
    """
    patronymic = base_patronymic(name.patronymic) if name.patronymic else ""
    declined = bool(patronymic) and patronymic != fold(name.patronymic)
    sex: Sex = _sex(sex_of_patronymic(patronymic)) if patronymic else ""
    given = name.given
    if declined or (not patronymic and given and not _is_nominative(given)):
        base = base_given(given, sex)
        if base:
            given, declined = _cased(base, name.given), True
            sex = sex or _sex(sex_of_given(base))
    if not declined:
        return name
    surname = _cased(base_surname(name.surname, sex), name.surname) if name.surname else ""
    return ParsedName(surname, given, _cased(patronymic, name.patronymic), name.confidence, name.alternatives)


def _is_nominative(given: str) -> bool:
    reading = read_given(given)
    return bool(reading.formal or reading.diminutive)


def _sex(text: str) -> Sex:
    return "f" if text == "f" else "m" if text == "m" else ""


def _cased(lower: str, like: str) -> str:
    if not lower or lower == fold(like):
        return like
    return lower.upper() if len(like) > 1 and like.isupper() else title(lower)
