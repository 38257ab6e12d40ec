"""Ukrainian and Russian names in Latin letters, by 17 Ukrainian and 30 Russian systems from one table of facts."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from anyascii import anyascii

from transliteration import tables
from transliteration.text.scripts import APOSTROPHES, MAX_LENGTH, RUSSIAN_LETTERS, UKRAINIAN_LETTERS, strip_marks

_WORD = re.compile(r"[^\W\d_]+(?:['ʼ][^\W\d_]+)*", re.UNICODE)
_APOSTROPHES = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))
_OWN_FORM = re.compile(r"[A-Za-z0-9 .,()/-]*")
_PLAIN_WORDS = re.compile("[А-Яа-яҐґЄєІіЇїЁё]+(?: [А-Яа-яҐґЄєІіЇїЁё]+){0,9}")
_UKRAINIAN_ONLY = re.compile(f"[{UKRAINIAN_LETTERS}'ʼ]", re.IGNORECASE)
_UKRAINIAN_LETTERS = re.compile(f"[{UKRAINIAN_LETTERS}]", re.IGNORECASE)
_RUSSIAN_ONLY = re.compile(f"[{RUSSIAN_LETTERS}]", re.IGNORECASE)
# What a system of one language says of the letters that only the other one has.
_STRANGERS = {
    "uk": {"ы": "y", "э": "e", "ё": "io", "ъ": ""},
    "ru": {"і": "i", "ї": "i", "є": "ie", "ґ": "g", "'": ""},
}


@dataclass(frozen=True, slots=True)
class _Rule:
    after: str
    before: str
    latin: str


@dataclass(frozen=True, slots=True)
class System:
    """One romanisation system: its id, language (`uk` or `ru`), source and letter rules."""

    name: str
    language: str
    source: str
    rules: dict[str, tuple[_Rule, ...]]
    longest: int


@cache
def systems() -> dict[str, System]:
    """Return every known system by id, in the order of the table."""
    gathered: dict[str, dict[str, list[_Rule]]] = {}
    facts: dict[str, tuple[str, str]] = {}
    for row in tables.rows("romanisations"):
        facts.setdefault(row["system"], (row["language"], row["source"]))
        rule = _Rule(row["after"], row["before"], unicodedata.normalize("NFC", row["latin"]))
        gathered.setdefault(row["system"], {}).setdefault(row["letters"], []).append(rule)
    made = {}
    for name, letters in gathered.items():
        # A rule with a context goes before the one without.
        rules = {k: tuple(sorted(v, key=lambda r: not (r.after or r.before))) for k, v in letters.items()}
        language, source = facts[name]
        made[name] = System(name, language, source, rules, max(map(len, rules)))
    return made


def _latin_word(word: str, system: System) -> str:
    lower = word.lower()
    shout = len(word) > 1 and word == word.upper()
    out: list[str] = []
    position = 0
    while position < len(lower):
        previous = lower[position - 1] if position else "^"
        size, latin = 1, None
        for size in range(min(system.longest, len(lower) - position), 0, -1):
            letters = lower[position : position + size]
            following = lower[position + size] if position + size < len(lower) else "$"
            for rule in system.rules.get(letters, ()):
                # An ending rule speaks of the end of a longer word, not of a word that is all ending.
                if rule.before == "$" and (following != "$" or position == 0):
                    continue
                if (not rule.after or previous in rule.after) and (not rule.before or following in rule.before):
                    latin = rule.latin
                    break
            if latin is not None:
                break
        source = word[position : position + size]
        if latin is None:
            stranger = _STRANGERS[system.language].get(lower[position])
            latin = stranger if stranger is not None else (source if source.isascii() else anyascii(source).lower())
        if shout:
            latin = latin.upper()
        elif source[:1] != source[:1].lower():
            latin = latin[:1].upper() + latin[1:]
        out.append(latin)
        position += size
    return "".join(out)


@lru_cache(maxsize=1 << 16)
def _known_word(word: str, system: str) -> str:
    """Return a word in Latin letters; names of lists come again and again, whole lines do not."""
    return _latin_word(word, systems()[system])


@lru_cache(maxsize=1 << 14)
def romanise(text: str, system: str = "kmu55") -> str:
    """Return text in Latin letters by a system: `kmu55` (default), `icao`, or any id of `systems()`.

    Each hyphenated part counts as a word, letters of the other language get their usual value, other scripts go
    through `anyascii`. Latin text is returned as it is. ICAO Doc 9303 gives some letters another value in Ukrainian
    names: `icao` uses it for a text with a letter that only Ukrainian has, `icao_uk` always.

    Raises:
        KeyError: if the system is unknown; the message names the known ones.
    """
    if _PLAIN_WORDS.fullmatch(text) is not None and system in ("kmu55", "icao"):  # nearly every name of a list
        if system == "icao" and _UKRAINIAN_LETTERS.search(text):
            system = "icao_uk"
        return " ".join([_known_word(word, system) for word in text.split(" ")])
    if system in ("kmu55", "icao") and len(text) <= MAX_LENGTH and _OWN_FORM.fullmatch(text) is not None:
        return text  # without the table of systems, which a list in Latin letters never needs
    known = systems()
    if system not in known:
        raise KeyError(f"unknown romanisation system {system!r}; known: {', '.join(known)}")
    plain = strip_marks(text).translate(_APOSTROPHES)
    if system == "icao" and _UKRAINIAN_LETTERS.search(plain):
        system = "icao_uk"
    return _WORD.sub(lambda m: _known_word(m[0], system), plain)


def romanisations(text: str) -> tuple[str, ...]:
    """Return all distinct spellings of a Cyrillic name, KMU 55 and ICAO first.

    A name with letters of one language only goes through the systems of that language; any other through all.
    """
    plain = strip_marks(text)
    ukrainian, russian = _UKRAINIAN_ONLY.search(plain), _RUSSIAN_ONLY.search(plain)
    wanted = {"uk"} if ukrainian and not russian else {"ru"} if russian and not ukrainian else {"uk", "ru"}
    names = [name for name, s in systems().items() if s.language in wanted]
    names.sort(key=lambda name: (name != "kmu55", name != "icao"))
    return tuple(dict.fromkeys(romanise(text, name) for name in names))
