"""Surnames: one stem for the masculine, feminine and declined forms, and the Russian form of a Ukrainian surname."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from transliteration import tables
from transliteration.names.belarusian import belarusian_readings
from transliteration.names.cases.surname_bases import possible_bases
from transliteration.names.dictionary import dictionary
from transliteration.names.dictionary_index import has_ukrainian_surname, may_translate
from transliteration.names.given import read_given
from transliteration.spelling.skeleton import skeleton, skeletons
from transliteration.text.scripts import fold, has_cyrillic

# Endings over the skeleton alphabet; each leaves the stem that all forms of one surname share.
_ENDINGS = (
    (re.compile("(?<=[sc]k)(?:oiu|oi|ogo|omu|im|om|aia|uiu|ie|e)$"), ""),
    (re.compile("(?<=..[bvgdZzklmnprstfhcCS])(?:aia|aiu|uiu|ogo|omu)$"), ""),
    (re.compile("(?<=..[oei]v)(?:oiu|oi|im|om|a|u|i)$"), ""),
    (re.compile("(?<=...in)(?:oiu|oi|im|om|a|u|i)$"), ""),
    (re.compile("(?<=enk)(?:om|oiu|ovi|evi)$"), ""),
    (re.compile("(?<=[uiae][kCcr])(?:om|em|ovi|evi)$"), ""),
    (re.compile("(?<=..[bvgdZzklmnprstfhcCS])(?:oi|a|e|i|o|u)$"), ""),
    (re.compile("(?<=..[aeiou])i$"), "i"),
)


_WOMANS = re.compile("(?<=...)ová$")


@lru_cache(maxsize=1 << 17)
def stem(key: str) -> str:
    """Return the stem of a surname skeleton: no gender ending, no case ending, no final vowel."""
    for pattern, base in _ENDINGS:
        short, changed = pattern.subn(base, key, count=1)
        if changed:
            return short
    return key


_GENDERED = (
    (re.compile("(?<=[sc]k)(?:aia|a|oi|ogo|omu|im|uiu|u|oiu|ie|e)$"), "i"),
    (re.compile("(?<=..[bvgdZzklmnprstfhcCS])aia$"), "i"),
    (re.compile("(?:(?<=..[oei]v)|(?<=...in))(?:a|oi|oiu|u|im|om|i)$"), ""),
)


@lru_cache(maxsize=1 << 17)
def masculine(key: str) -> str:
    """Return the masculine form of a surname skeleton whose ending tells the gender; any other as it is."""
    for pattern, base in _GENDERED:
        changed, count = pattern.subn(base, key, count=1)
        if count:
            return changed
    return key


@lru_cache(maxsize=1 << 17)
def russian_surnames(surname: str) -> tuple[str, ...]:
    """Return the Russian forms (lower case, most usual first) that a dictionary gives for a Ukrainian surname."""
    plain = fold(surname)
    if not plain or not has_cyrillic(plain):
        return ()
    # What the dictionary has of any role is no surname where it is a given name: Катруся is no Екатерина by surname.
    may_be = may_translate(plain, "surname") and (has_ukrainian_surname(plain) or not read_given(plain).classes)
    known = [form.lower() for form in dictionary().lookup(plain, "last", 3)] if may_be else []
    return tuple(dict.fromkeys([*known, *_translations().get(plain, ())]))


@lru_cache(maxsize=1 << 17)
def surname_skeletons(text: str) -> tuple[str, ...]:
    """Return the skeletons of a written surname, its Russian forms included, the most likely first."""
    found = dict.fromkeys(skeletons(text))
    bare = _WOMANS.sub("", fold(text))
    if bare != fold(text):
        # Czech and Slovak add -ová to a woman's surname and drop its last vowel.
        for key in skeletons(bare)[:4]:
            found.update(dict.fromkeys((key, key + "o")))
    for form in (*russian_surnames(text), *belarusian_readings(text)):
        for key in skeletons(form):
            found.setdefault(key)
    return tuple(found)


@cache
def _equivalents() -> dict[str, str]:
    """Return stem of a Russian form -> stem of the Ukrainian surname, where no letter rule leads there."""
    found = {row["russian_stem"]: row["ukrainian_stem"] for row in tables.rows("surname_equivalents")}
    for row in tables.rows("surname_translations"):
        ukrainian, russian = stem(skeleton(row["ukrainian"])), stem(skeleton(row["russian"]))
        if ukrainian != russian:
            found[russian] = found.get(ukrainian, ukrainian)
    return found


@cache
def _translations() -> dict[str, tuple[str, ...]]:
    """Return folded Ukrainian surname -> the Russian surnames it is translated to."""
    found: dict[str, tuple[str, ...]] = {}
    for row in tables.rows("surname_translations"):
        key = fold(row["ukrainian"])
        found[key] = (*found.get(key, ()), row["russian"].lower())
    return found


@lru_cache(maxsize=1 << 17)
def surname_stems(text: str) -> tuple[str, ...]:
    """Return the distinct stems of a written surname, the canonical one first."""
    found: dict[str, None] = {}
    for key in surname_skeletons(text):
        own = stem(key)
        found.setdefault(_equivalents().get(own, own))
        found.setdefault(own)
    return tuple(found)


# Which endings belong to the forms of one surname: adjectives, nouns in a consonant, in -o, in -a.
_PARADIGMS = (
    ("adjective", frozenset({"i", "oi", "a", "aia", "oiu", "u", "uiu", "ogo", "omu", "im", "e", "ie", "om"})),
    ("consonant", frozenset({"", "a", "u", "om", "em", "ovi", "evi", "oi", "im", "oiu", "ei"})),
    ("o", frozenset({"o", "a", "u", "om", "ovi", "evi"})),
    ("a", frozenset({"a", "i", "u", "oi", "oiu", "e"})),
)


@lru_cache(maxsize=1 << 17)
def surname_forms(text: str) -> tuple[str, ...]:
    """Return the stems of a written surname with each paradigm its ending fits; forms of one surname share one."""
    found: dict[str, None] = {}
    # Baltic spellings put -as, -is, -s for the ending, which leaves the bare stem of an adjective too.
    bare = "" if has_cyrillic(text) else "a"
    for key in surname_skeletons(text)[:8]:
        own = stem(key)
        ending = key[len(own) :] or bare
        for name, endings in _PARADIGMS:
            if ending in endings:
                found.setdefault(f"{_equivalents().get(own, own)}/{name}")
    return tuple(found)


@lru_cache(maxsize=1 << 17)
def nominative_keys(text: str) -> tuple[str, ...]:
    """Return the skeletons of a written surname and of the nominatives it may be declined from, marked as such.

    Where a vowel changes or falls out (Сивокінь, Сивоконя; Заєць, Зайця) no common stem is left, but the nominative is.
    """
    found = dict.fromkeys(f"={key}" for key in surname_skeletons(text)[:6])
    if has_cyrillic(text):
        plain = fold(text).replace("'", "ʼ").replace("ё", "е")
        found.update(dict.fromkeys(f"={skeleton(base)}" for base in possible_bases(plain)))
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


# Endings that hardly any given name has, over the skeleton alphabet.
_CERTAIN = re.compile(
    r"(?:enk[oauie]|[Ciu]uk|(?<=..)[sc]k(?:i|a|aia|oi|ogo|omu)|Svili|dze|(?<=..)iSin[a]?|(?<=...)[oe]v(?:a|oi|oiu)|(?<=..)eC[oa]?|ovec|(?<=..)evic)$"
)


def is_certain_surname(text: str) -> bool:
    """Return whether a written token has an ending that surnames have and given names do not (-енко, -чук, -ський)."""
    return any(_CERTAIN.search(key) is not None for key in skeletons(text)[:2])


@lru_cache(maxsize=1 << 16)
def is_known_surname(cyrillic: str, language: str = "uk") -> bool:
    """Return whether the dictionary has this Ukrainian surname; Russian ones count when spelt alike in both."""
    if language != "uk":
        return False
    return may_translate(fold(cyrillic), "surname")
