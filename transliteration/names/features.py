"""What the comparison needs to know of one written name, worked out once for each distinct value and role."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from transliteration.names.cases.given_forms import oblique_classes, oblique_formal
from transliteration.names.dictionary import dictionary
from transliteration.names.dictionary_index import may_translate
from transliteration.names.given import (
    best_class,
    frequencies,
    in_given_dictionary,
    read_given,
    written_forms,
)
from transliteration.names.patronymic import fathers, has_marker, patronymic_stem, patronymic_stems
from transliteration.names.roles import Role
from transliteration.names.surname import (
    masculine,
    nominative_keys,
    stem,
    surname_forms,
    surname_skeletons,
    surname_stems,
)
from transliteration.spelling.romanisation import romanise
from transliteration.spelling.skeleton import skeletons
from transliteration.text.repair import repair
from transliteration.text.scripts import fold, has_cyrillic, has_latin

_INITIAL = re.compile(r"(?:[^\W\d_]|[a-z]{2,3}|shch|дж)\.|[^\W\d_]", re.UNICODE)
_DIGRAPHS = frozenset(
    ["ye", "yu", "ya", "yo", "ie", "iu", "ia", "je", "ju", "ja", "zh", "kh", "ts", "ch", "sh", "sch", "cz", "sz"]
)
_DAMAGED = re.compile(
    "[0-9*\u200b-\u200f\ufeff\u0080-\u00bf\u0402-\u0403\u0409-\u040f\u0452-\u0453\u0459-\u045f\u2010-\u2122\ufffc]|[À-ÿ]{3}"
)
_PARTS = re.compile(r"[- ]+")
MAX_READINGS = 8
MAX_NEAR = 5


@dataclass(frozen=True, slots=True)
class NameFeatures:
    """One written name in one role; skeletons are those of `transliteration.spelling.skeleton`.

    Attributes:
        plain: folded spelling without apostrophes and with ё as е; equal spellings are identical names.
        cyrillic: whether it is written in Cyrillic.
        initial: whether it is an initial only.
        letters: first skeleton letters it may start with.
        formal: given-name classes it stands for formally (for a patronymic: the father's).
        diminutive: given-name classes it stands for as a diminutive.
        oblique: given-name classes it may be a case form of.
        short_oblique: given-name classes of which it may be a case form of a diminutive.
        readings: skeletons, most likely first; a shared one makes two spellings one name.
        near: at most `MAX_NEAR` strings that a slip is measured on: the Cyrillic spelling, then skeletons (those of a
            surname in the masculine, so that a woman's form may hold a slip too).
        whole: stems (patronymic), forms of stems (surname) or classes (given) of the whole name.
        parts: forms of stems or classes of the parts of a double name.
        items: all that another name may share with this one, but for letters; most pairs of names share nothing.
    """

    plain: str
    cyrillic: bool
    initial: bool
    letters: frozenset[str]
    formal: frozenset[str] = frozenset()
    diminutive: frozenset[str] = frozenset()
    oblique: frozenset[str] = frozenset()
    short_oblique: frozenset[str] = frozenset()
    readings: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    items: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        classes = self.formal | self.diminutive | self.oblique | self.short_oblique
        object.__setattr__(self, "items", classes.union(self.readings, self.whole, self.parts))


@lru_cache(maxsize=1 << 16)
def is_initial(text: str) -> bool:
    """Return whether a written name part is an initial: one letter, or a letter or digraph with a full stop."""
    plain = fold(text)
    if not plain or _INITIAL.fullmatch(plain) is None:
        return False
    body = plain.rstrip(".")
    return len(body) == 1 or body in _DIGRAPHS or body in {"shch", "дж"}


def split_parts(text: str) -> list[str]:
    """Return the parts of a double name, empty for a single one."""
    found = [part for part in _PARTS.split(fold(text)) if len(part) > 1]
    return found if len(found) > 1 else []


def repaired(text: str) -> str:
    """Return the text, repaired if it looks damaged; sound spellings are spared the work."""
    if _DAMAGED.search(text) or (has_cyrillic(text) and has_latin(text)):
        return repair(text).text
    return text


@lru_cache(maxsize=1 << 16)
def features(text: str, role: Role) -> NameFeatures:
    """Return the features of a written name in a role; a spelling that looks damaged is repaired first."""
    text = repaired(text)
    plain = fold(text).replace("'", "").replace("ё", "е")
    cyrillic = has_cyrillic(plain)
    if not any(c.isalpha() for c in plain):
        return NameFeatures("", cyrillic, False, frozenset())
    if is_initial(plain):
        letters = frozenset(key[0] for key in skeletons(plain)) | _soft_start(plain)
        return NameFeatures(plain, cyrillic, True, letters)
    if role == "surname":
        return _surname(text, plain, cyrillic)
    return _given(text, plain, cyrillic) if role == "given" else _patronymic(text, plain, cyrillic)


def _near(plain: str, cyrillic: bool, keys: tuple[str, ...]) -> tuple[str, ...]:
    # One wrong Cyrillic letter may change two letters of the skeleton, so the spelling itself counts too.
    return ((plain, *keys) if cyrillic else keys)[:MAX_NEAR]


def _surname(text: str, plain: str, cyrillic: bool) -> NameFeatures:
    readings = surname_skeletons(text)[: 2 * MAX_READINGS]
    parts = tuple(dict.fromkeys(form for part in split_parts(text) for form in surname_forms(part)))
    return NameFeatures(
        plain, cyrillic, False, frozenset(key[0] for key in readings),
        readings=readings, near=_near(plain, cyrillic, tuple(dict.fromkeys(map(masculine, readings)))),
        whole=(*surname_forms(text)[: 2 * MAX_READINGS - 4], *nominative_keys(text)[:12]),
        parts=parts[: 2 * MAX_READINGS],
    )  # fmt: skip


def _given(text: str, plain: str, cyrillic: bool) -> NameFeatures:
    readings = skeletons(text)[:MAX_READINGS]
    reading = read_given(text)
    formal, diminutive = frozenset(reading.formal), frozenset(reading.diminutive)
    oblique = _oblique(text, plain) if cyrillic else frozenset()
    if cyrillic and not (formal or diminutive):
        # A name no table here knows: its Russian form by dictionary may be known, or at least meet its Russian twin.
        for form in dictionary().lookup(plain, "first", 3) if may_translate(plain, "given") else ():
            readings = tuple(dict.fromkeys((*readings, *skeletons(form))))[:MAX_READINGS]
            if not oblique:
                formal |= frozenset(read_given(form).formal)
    letters = frozenset(key[0] for key in readings) | _class_letters(formal | diminutive)
    of_formal = oblique_formal(text) if oblique else oblique
    split = [read_given(part) for part in split_parts(text)]
    parts = tuple(dict.fromkeys(name for part in split for name in sorted(part.formal)))
    near = dict.fromkeys(readings[:2])
    for name in sorted(formal):
        near.update(dict.fromkeys(_class_skeletons(name)))
    return NameFeatures(
        plain, cyrillic, False, letters, formal, diminutive, oblique & of_formal, oblique - of_formal,
        readings, _near(plain, cyrillic, tuple(near)), tuple(sorted(formal)), parts,
    )  # fmt: skip


def _oblique(text: str, plain: str) -> frozenset[str]:
    """Return the classes a name may be a case form of; fewer for a woman's name that the tables lack.

    The dictionary has genitives of the commonest names among its names (Максима), so that it is believed for rare
    ones alone.
    """
    found = oblique_classes(text)
    if not found or plain[-1] not in "ая" or not in_given_dictionary(text):
        return found
    if plain.endswith(_OF_WOMEN):
        return frozenset()
    weight = frequencies()
    return frozenset(name for name in found if weight[name] >= _COMMON)


def stands_as_it_is(text: str) -> bool:
    """Return whether a name that may be a case form of a man's is a woman's name of its own, rare as it is."""
    return bool(oblique_classes(text)) and not _oblique(text, fold(text))


_OF_WOMEN = ("слава", "мира", "ія", "ия")
_COMMON = 30.0


def _patronymic(text: str, plain: str, cyrillic: bool) -> NameFeatures:
    readings = skeletons(text)[:MAX_READINGS]
    formal = frozenset(fathers(text))
    own = patronymic_stem(text)
    # A Latin spelling of a father's name has several readings: Həsən oğlu is Гасан огли and Хасан оглы.
    stems = patronymic_stems(text)[:MAX_READINGS] if has_marker(text) else (own,) if own else ()
    near = dict.fromkeys([own] if own else [])
    for name in sorted(formal):
        near.update(dict.fromkeys(stem(key) for key in _class_skeletons(name)))
    letters = frozenset(key[0] for key in readings) | _class_letters(formal)
    return NameFeatures(
        plain, cyrillic, False, letters, formal,
        readings=readings, near=_near(plain, cyrillic, tuple(near)), whole=stems,
    )  # fmt: skip


@lru_cache(maxsize=1 << 12)
def _class_skeletons(name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(skeletons(form)[0] for form in written_forms()[name]))


def _class_letters(names: frozenset[str]) -> frozenset[str]:
    return frozenset(key[0] for name in names for key in _class_skeletons(name))


def _soft_start(plain: str) -> frozenset[str]:
    # Latin Y., J., I. and Cyrillic Є., Й. may open a name whose skeleton lost its iotation.
    return frozenset("ie") if plain[0] in "yjiєйї" else frozenset()


@lru_cache(maxsize=1 << 18)
def variants(text: str, role: Role) -> tuple[str, ...]:
    """Return the canonical keys a written name may have, the most likely first; empty for nothing and for initials."""
    known = features(text, role)
    if role == "surname":
        if not known.plain or known.initial:
            return ()
        parts = (stem for part in split_parts(known.plain) for stem in surname_stems(part)[:MAX_NEAR])
        return tuple(dict.fromkeys((*surname_stems(repaired(text)), *parts)))[: 2 * MAX_READINGS]
    weight = frequencies()

    def by_weight(names: frozenset[str]) -> list[str]:
        return sorted(names, key=lambda n: (-weight.get(n, 0.0), n))

    named = by_weight(known.formal)
    if role == "given":
        first = best_class(known.plain)
        named = [*([first] if first else []), *named, *by_weight(known.diminutive), *by_weight(known.oblique)]
    found = dict.fromkeys(class_key(name) for name in named)
    if role == "given":
        found.update(dict.fromkeys(class_key(part) for part in known.parts))
    if role == "patronymic" and known.whole and not (known.cyrillic and found):
        # A Latin spelling may be a father's name the tables have, and in another reading one that they lack.
        found.update(dict.fromkeys(patronymic_stems(text)[:MAX_READINGS]))
    if not found:
        found = dict.fromkeys(known.whole or known.readings)
    if role == "patronymic" and has_marker(text) and not split_parts(text):
        # A father's name run together with "огли" may be spelt so that nothing shows the marker.
        found.update(dict.fromkeys(known.readings))
    return tuple(found)


@lru_cache(maxsize=1 << 12)
def class_key(name: str) -> str:
    """Return the ASCII key of a given-name class: that of the best class its own form belongs to."""
    return romanise(best_class(name) or name).lower()
