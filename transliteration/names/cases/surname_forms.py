"""The case forms of surnames, Ukrainian and Russian.

Rules: Ukrainian orthography 2019, sections 72-104 and 139; Russian grammar of 1980, sections 1157-1205.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

Case = Literal["genitive", "dative", "accusative", "instrumental", "animate", ""]
"""`animate` is the genitive or accusative of a man's name, whose other parts are alike in both."""

VOWELS = frozenset("аеєиіїоуюяыэё")
_HUSHED = frozenset("жчшщ")
_SOFTENED = {"г": "з", "к": "ц", "х": "с", "ґ": "з"}
POSSESSIVE = ("ов", "ев", "єв", "ёв", "їв", "ин", "ін", "їн", "ын")
INDECLINABLE = ("о", "е", "є", "і", "и", "у", "ю", "их", "ых", "э", "ї", "ы")

ENDINGS = frozenset((
    "а", "я", "у", "ю", "ом", "ем", "єм", "ём", "им", "ым", "ім", "їм", "ові", "еві", "єві", "ого", "ому", "его",
    "ему", "ього", "ьому", "його", "йому", "ія", "ію", "ия", "ию", "ием", "їя", "їю", "їєм", "і", "и", "ї", "ы", "е",
    "ої", "ій", "їй", "ою", "ею", "єю", "ой", "ей", "ёй", "ьої", "ьою", "йої", "йою", "ую", "юю", "єва", "єву",
    "євим", "євом",
))  # fmt: skip
"""Every ending that an oblique form has behind its stem."""

Endings = dict[str, tuple[str, ...]]
"""Ending -> its cases."""

Paradigm = tuple[str, Endings]
"""A stem and the endings it takes: the forms are not written out, as most are only asked for one of them."""


def _noun(stem: str, *, soft: bool, stop: str = "") -> list[Paradigm]:
    """Return forms of a masculine noun in a consonant; `stop` is the й that a stem in a vowel lost."""
    if stop:
        return _forms(stem, genitive="я", dative="ю|єві|еві", instrumental="єм|ем")
    if soft:
        return _forms(stem, genitive="я", dative="ю|еві", instrumental="ем|ём")
    if stem[-1:] in _HUSHED:
        return _forms(stem, genitive="а", dative="у|еві|ові", instrumental="ем|ом")
    if stem[-1:] == "ц":
        return _forms(stem, genitive="а|я", dative="у|ю|еві|ові", instrumental="ем|ом")
    return _forms(stem, genitive="а", dative="у|ові", instrumental="ом")


@cache
def _endings(**options: str) -> Endings:
    """Return the cases of each ending; the accusative is as the genitive where it is not given."""
    made = [(case, ending) for case, listed in options.items() for ending in listed.split("|")]
    if "accusative" not in options:
        made += [("accusative", ending) for case, ending in made if case == "genitive"]
    return {ending: tuple(case for case, other in made if other == ending) for _, ending in made}


def _forms(stem: str, **options: str) -> list[Paradigm]:
    return [(stem, _endings(**options))]


def _oblique_stems(stem: str) -> list[str]:
    """Return stems that a noun in a consonant may have in the oblique cases: і as о or е, and е or о falling out."""
    found = [stem]
    if len(stem) > 2 and stem[-1] not in VOWELS and stem[-2] in "іїеоєё":
        head, vowel, last = stem[:-2], stem[-2], stem[-1]
        if vowel == "і":
            found += [head + "о" + last, head + "е" + last]
        elif vowel == "ї":
            found += [head + "є" + last, head + "йо" + last]
        elif (vowel == "є" and head[-1:] in VOWELS) or (vowel == "е" and head[-1:] in VOWELS):
            found.append(head + "й" + last)
        elif head and head[-1] not in VOWELS and (last in "цкнлртсв"):
            found.append(head + last)
            if head[-1] in "лн" and last in "цк":
                found.append(head + "ь" + last)
        if stem.endswith("швец"):
            found.append(stem[:-4] + "шевц")
    if stem.endswith("заяц"):
        found.append(stem[:-2] + "йц")
    return found


def _in_a(stem: str, last: str) -> list[Paradigm]:
    """Return forms of a noun in -а or -я, of either sex."""
    if last == "я":
        if stem[-1:] in VOWELS:
            return _forms(stem, genitive="ї|и", dative="ї|и|е", accusative="ю", instrumental="єю|ей|ею")
        if stem[-1:] in "ьʼ'":
            return _forms(stem, genitive="ї|и", dative="ї|е|и", accusative="ю", instrumental="єю|ей|ею|ёй")
        return _forms(stem, genitive="і|и", dative="і|е", accusative="ю", instrumental="ею|ей|ёй|ьою")
    if stem[-1:] in _HUSHED or stem[-1:] == "ц":
        made = _forms(stem, genitive="і|и|ы", dative="і|е", accusative="у", instrumental="ею|ей|ою|ой")
    else:
        made = _forms(stem, genitive="и|ы", dative="і|е", accusative="у", instrumental="ою|ой")
    if stem[-1:] in _SOFTENED:
        made += _forms(stem[:-1] + _SOFTENED[stem[-1]], dative="і")
    return made


def _masculine(base: str) -> list[Paradigm]:
    last, body = base[-1], base[:-1]
    if base.endswith(("ий", "ый", "ой")):
        stem = base[:-2]
        made = _forms(stem, genitive="ого", dative="ому", instrumental="им|ым")
        if base.endswith("ий"):
            made += _forms(stem, genitive="его|ия", dative="ему|ию", instrumental="им|ием")
        return made if base.endswith(("ий", "ый")) else made + _noun(body, soft=True, stop="й")
    if base.endswith("ій"):
        stem = base[:-2]
        made = _noun(body, soft=True, stop="й")
        if stem[-1:] == "н":
            made += _forms(stem, genitive="ього", dative="ьому", instrumental="ім")
        return made
    if base.endswith("їй"):
        return _forms(base[:-2], genitive="їя|його", dative="їю|йому", instrumental="їєм|їм")
    if last == "й":
        return _noun(body, soft=True, stop="й")
    if last == "ь":
        return [forms for stem in _oblique_stems(body) for forms in _noun(stem, soft=True)]
    if last == "о":
        made = _forms(body, genitive="а", dative="у|ові", instrumental="ом")
        if body[-1:] in _HUSHED:
            made += _forms(body, genitive="а", dative="у|еві", instrumental="ем")
        return made
    if last in "ая":
        return _in_a(body, last)
    if last in VOWELS or base.endswith(("их", "ых")):
        return []
    made = []
    if base.endswith(POSSESSIVE):
        made += _forms(base, genitive="а", dative="у|ові", instrumental="им|ым|ом")
        if base.endswith("їв"):
            return [*made, *_forms(base[:-2], genitive="єва", dative="єву", instrumental="євим|євом")]
    if base.endswith("ів"):
        for stem in (base, base[:-2] + "ов", base[:-2] + "ев", base[:-2] + "ьов"):
            made += _forms(stem, genitive="а", dative="у|ові", instrumental="им|ом")
        return made
    for stem in _oblique_stems(base):
        made += _noun(stem, soft=False)
    if base.endswith(("ар", "яр", "ир", "ер", "ір", "ур", "орь")):
        made += _noun(base, soft=True)
    return made


def _feminine(base: str) -> list[Paradigm]:
    last, body = base[-1], base[:-1]
    if base.endswith(("ая", "яя")):
        stem = base[:-2]
        return [
            *_forms(stem, genitive="ой|ей", dative="ой|ей", accusative="ую|юю", instrumental="ой|ою|ей|ею"),
            *_in_a(body, last),
        ]
    if last not in "ая":
        return []
    made = _in_a(body, last)
    if last == "а":
        made += _forms(body, genitive="ої|ой", dative="ій|ой", accusative="у", instrumental="ою|ой")
        if body[-1:] in _HUSHED:
            made += _forms(body, genitive="ої", dative="ій", accusative="у", instrumental="ою")
    elif body[-1:] == "н":
        made += _forms(body, genitive="ьої", dative="ій", accusative="ю", instrumental="ьою")
    elif body[-1:] in VOWELS:
        made += _forms(body, genitive="йої", dative="їй", accusative="ю", instrumental="йою")
    return made


def paradigms(base: str, sex: str) -> list[Paradigm]:
    """Return the stems of a folded surname with the endings they take in the oblique cases; empty if indeclinable."""
    if len(base) < 2:
        return []
    return _feminine(base) if sex == "f" else _masculine(base)


def surname_cases(base: str, form: str, sex: str) -> tuple[str, ...]:
    """Return the cases in which a folded surname has a form other than itself, in either language."""
    found: tuple[str, ...] = ()
    for stem, endings in paradigms(base, sex) if form != base else ():
        if form.startswith(stem):
            found += endings.get(form[len(stem) :], ())
    return found
