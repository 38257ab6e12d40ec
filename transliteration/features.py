"""What the comparison needs to know of one written name, worked out once for each distinct value and role."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from transliteration.given import best_class, frequencies, read_given, written_forms
from transliteration.levels import Role
from transliteration.patronymic import fathers, patronymic_stem
from transliteration.scripts import fold, has_cyrillic
from transliteration.skeleton import skeletons
from transliteration.surname import surname_skeletons, surname_stems

_INITIAL = re.compile(r"(?:[^\W\d_]|[a-z]{2,3}|shch|дж)\.|[^\W\d_]", re.UNICODE)
_DIGRAPHS = frozenset(
    {"ye", "yu", "ya", "ie", "iu", "ia", "je", "ju", "ja", "zh", "kh", "ts", "ch", "sh", "sch", "cz", "sz", "yo"}
)
MAX_SKELETONS = 8


@dataclass(frozen=True, slots=True)
class NameFeatures:
    """One written name in one role.

    Attributes:
        plain: folded spelling without apostrophes and with ё as е; equal spellings are identical names.
        cyrillic: whether it is written in Cyrillic.
        initial: whether it is an initial only.
        letters: first skeleton letters it may start with.
        formal: given-name classes it stands for formally (for a patronymic: the father's).
        diminutive: given-name classes it stands for as a diminutive.
        skeletons: full skeletons, most likely first.
        stems: surname stems (for other roles the skeletons).
    """

    plain: str
    cyrillic: bool
    initial: bool
    letters: frozenset[str]
    formal: frozenset[str]
    diminutive: frozenset[str]
    skeletons: tuple[str, ...]
    stems: tuple[str, ...]


def is_initial(text: str) -> bool:
    """Return whether a written name part is an initial: one letter, or a letter or digraph with a full stop."""
    plain = fold(text)
    if not plain or _INITIAL.fullmatch(plain) is None:
        return False
    body = plain.rstrip(".")
    return len(body) == 1 or body in _DIGRAPHS or body in {"shch", "дж"}


def _plain(text: str) -> str:
    return fold(text).replace("'", "").replace("ё", "е")


@lru_cache(maxsize=1 << 18)
def features(text: str, role: Role) -> NameFeatures:
    """Return the features of a written name in a role."""
    plain = _plain(text)
    cyrillic = has_cyrillic(plain)
    if is_initial(plain):
        letters = frozenset(key[0] for key in skeletons(plain)) | _soft_start(plain)
        return NameFeatures(plain, cyrillic, True, letters, frozenset(), frozenset(), (), ())
    formal: frozenset[str] = frozenset()
    diminutive: frozenset[str] = frozenset()
    if role == "surname":
        full = surname_skeletons(text)[: 2 * MAX_SKELETONS]
        stems = surname_stems(text)[: 2 * MAX_SKELETONS]
    else:
        full = skeletons(text)[:MAX_SKELETONS]
        if role == "given":
            reading = read_given(text)
            formal, diminutive = frozenset(reading.formal), frozenset(reading.diminutive)
            stems = full
        else:
            formal = frozenset(fathers(text))
            stems = (patronymic_stem(text),) if full else ()
    letters = frozenset(key[0] for key in full)
    for name in formal | diminutive:
        letters |= frozenset(skeletons(form)[0][0] for form in written_forms()[name])
    return NameFeatures(plain, cyrillic, False, letters, formal, diminutive, full, stems)


def _soft_start(plain: str) -> frozenset[str]:
    # Latin Y., J., I. and Cyrillic Є., Й. may open a name whose skeleton lost its iotation.
    return frozenset("ie") if plain[0] in "yjiєйї" else frozenset()


@lru_cache(maxsize=1 << 18)
def variants(text: str, role: Role) -> tuple[str, ...]:
    """Return the canonical keys a written name may have, the most likely first; empty for nothing and for initials."""
    known = features(text, role)
    if role == "surname":
        return known.stems
    weight = frequencies()
    names = sorted(known.formal, key=lambda n: (-weight.get(n, 0.0), n))
    if role == "given":
        first = best_class(text)
        others = sorted(known.diminutive - known.formal, key=lambda n: (-weight.get(n, 0.0), n))
        named = [first, *names, *others] if first else [*names, *others]
    else:
        named = names
    found = dict.fromkeys(class_key(name) for name in named)
    if not found:
        found = dict.fromkeys(key for key in known.stems if key)
    return tuple(found)


@lru_cache(maxsize=1 << 12)
def class_key(name: str) -> str:
    """Return the ASCII key of a given-name class: that of the best class its own form belongs to."""
    from transliteration.romanisation import romanise

    return romanise(best_class(name) or name).lower()
