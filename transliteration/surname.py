"""Surnames: one stem for the masculine, feminine and declined forms, and the Russian form of a Ukrainian surname."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from transliteration.scripts import fold, has_cyrillic
from transliteration.skeleton import skeletons

if TYPE_CHECKING:
    from names_translator.dicts import NameDicts

# Endings over the skeleton alphabet; each leaves the stem that all forms of one surname share.
_ENDINGS = (
    (re.compile("(?<=[sc]k)(?:oiu|oi|ogo|omu|im|om|aia|uiu|ie|e)$"), ""),
    (re.compile("(?<=.[aeiou][bvgdZzklmnprstfhcCS])(?:aia|aiu|uiu|ogo|omu)$"), ""),
    (re.compile("(?<=..[oei]v)(?:oiu|oi|im|om|a|u|i)$"), ""),
    (re.compile("(?<=...in)(?:oiu|oi|im|om|a|u|i)$"), ""),
    (re.compile("(?<=enk)(?:om|oiu|ovi|evi)$"), ""),
    (re.compile("(?<=[uiae][kCcr])(?:om|em|ovi|evi)$"), ""),
    (re.compile("(?<=..[bvgdZzklmnprstfhcCS])(?:oi|a|e|i|o|u)$"), ""),
    (re.compile("(?<=..[aeiou])i$"), "i"),
)


@lru_cache(maxsize=1 << 17)
def stem(key: str) -> str:
    """Return the stem of a surname skeleton: no gender ending, no case ending, no final vowel."""
    for pattern, base in _ENDINGS:
        short, changed = pattern.subn(base, key, count=1)
        if changed:
            return short
    return key


@cache
def _dictionary() -> NameDicts:
    from names_translator.dicts import default_dicts

    return default_dicts()


@lru_cache(maxsize=1 << 17)
def russian_surnames(surname: str) -> tuple[str, ...]:
    """Return the Russian forms (lower case, most usual first) that a dictionary gives for a Ukrainian surname."""
    plain = fold(surname)
    if not plain or not has_cyrillic(plain):
        return ()
    return tuple(form.lower() for form in _dictionary().lookup(plain, "last", 3))


@lru_cache(maxsize=1 << 17)
def surname_skeletons(text: str) -> tuple[str, ...]:
    """Return the skeletons of a written surname, its Russian forms included, the most likely first."""
    found = dict.fromkeys(skeletons(text))
    for form in russian_surnames(text):
        for key in skeletons(form):
            found.setdefault(key)
    return tuple(found)


@lru_cache(maxsize=1 << 17)
def surname_stems(text: str) -> tuple[str, ...]:
    """Return the distinct stems of a written surname; a double-barrelled one also gives the stems of its parts."""
    found = dict.fromkeys(stem(key) for key in surname_skeletons(text))
    parts = [part for part in fold(text).split("-") if part]
    if len(parts) > 1:
        for part in parts:
            for key in surname_skeletons(part)[:4]:
                found.setdefault(stem(key))
    return tuple(found)


_FEMALE_CYRILLIC = re.compile("(?:ська|цька|зька|ская|цкая|ова|ева|єва|ёва|йова|іна|їна|ина|ына|ая|яя|на|ська)$")
_MALE_CYRILLIC = re.compile("(?:ський|цький|зький|ский|цкий|ов|ев|єв|ёв|йов|ів|їв|ін|їн|ин|ын|ий|ый|ой|ій)$")
_FEMALE_LATIN = re.compile("(?:s[kc]a(?:y?a|i?a|ja)?|[ckz]ka(?:ya|ia|ja)?|[oe][vw]a|in[ae]|yna|aya|aia|aja)$")
_MALE_LATIN = re.compile("(?:[szct]k[iy][iyj]?|[oe](?:v|w|ff)|in|yn|yi|yj|iy|ij|yy|oy|oi|ou?ff)$")


def sex_of_surname(text: str) -> str:
    """Return `f` or `m` where the ending of a surname tells, else `''`."""
    plain = fold(text).split("-")[-1]
    if len(plain) < 4:
        return ""
    female, male = (_FEMALE_CYRILLIC, _MALE_CYRILLIC) if has_cyrillic(plain) else (_FEMALE_LATIN, _MALE_LATIN)
    if female.search(plain):
        return "f"
    return "m" if male.search(plain) else ""


_TYPICAL = re.compile(
    "(?:enk[oaiu]?|Cuk[aiu]?|iuk[aiu]?|uk[aiu]?|[sc]k(?:i|a|aia|oi|ogo|omu)|[oe]v[aiu]?|iSin|ina?|[aiue]ik|niko?v?|ak[aiu]?|eC|ec|"
    "uS|iS|aS|ko|Ca|l[aio]|ba|iga|ura|ira|Cenia|Svili|dze|ian|iani|i[Ch]|oga|iba|ai|ei|ui|ar)$"
)


def typical_surname(text: str) -> bool:
    """Return whether a written token ends as East Slavic (or neighbouring) surnames usually do."""
    return any(_TYPICAL.search(key) is not None for key in skeletons(text)[:2])
