"""From a Latin spelling back to Cyrillic: ranked candidates by letter statistics and name dictionaries."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Literal

from transliteration import tables
from transliteration.names.given import read_given, russian_forms, written_forms
from transliteration.names.surname import is_known_surname
from transliteration.spelling.latin_orthographies import latin_readings
from transliteration.text.scripts import fold, has_cyrillic, title

Language = Literal["uk", "ru"]
_BEAM = 80
_READINGS = 6
_UNSEEN = 14.0
# Cyrillic letters a phoneme may be written with; a longer phoneme goes before its parts.
_LETTERS: dict[Language, dict[str, tuple[str, ...]]] = {
    "uk": {
        "SC": ("щ",), "ia": ("я", "ія", "іа"), "iu": ("ю", "ію"), "ie": ("є", "іє", "ьє"), "io": ("йо", "ьо", "іо"),
        "ii": ("ій", "ий", "ії"), "a": ("а",), "b": ("б",), "v": ("в",), "g": ("г", "ґ"), "h": ("х", "г"), "d": ("д",),
        "e": ("е", "є"), "Z": ("ж",), "z": ("з",), "i": ("и", "і", "й", "ї", "ий", "ій", "ь"), "k": ("к",), "l": ("л",),
        "m": ("м",), "n": ("н",), "o": ("о",), "p": ("п",), "r": ("р",), "s": ("с",), "t": ("т",), "u": ("у",),
        "f": ("ф",), "c": ("ц",), "C": ("ч",), "S": ("ш",),
    },
    "ru": {
        "SC": ("щ",), "ia": ("я", "ия"), "iu": ("ю", "ию"), "ie": ("е", "ье", "ие"), "io": ("ё", "ьё", "ио"),
        "ii": ("ий", "ый", "ии"), "a": ("а",), "b": ("б",), "v": ("в",), "g": ("г",), "h": ("х", "г"), "d": ("д",),
        "e": ("е", "э"), "Z": ("ж",), "z": ("з",), "i": ("и", "й", "ы", "ий", "ый", "ь"), "k": ("к",), "l": ("л",),
        "m": ("м",), "n": ("н",), "o": ("о",), "p": ("п",), "r": ("р",), "s": ("с",), "t": ("т",), "u": ("у",),
        "f": ("ф",), "c": ("ц",), "C": ("ч",), "S": ("ш",),
    },
}  # fmt: skip
_SOFT = frozenset("лнсцтдзр")
_LABIAL = frozenset("бпвмфрк")
_FOREIGN: dict[Language, frozenset[str]] = {"uk": frozenset("ыэёъ"), "ru": frozenset("іїєґ'ʼ")}


@cache
def _bits() -> dict[str, float]:
    return {row["letters"]: float(row["bits"]) for row in tables.rows("letter_bigrams")}


def _spellings(raw: str, language: Language) -> list[tuple[float, str]]:
    """Return (cost in bits, spelling) of the best Cyrillic spellings of a phonemic string."""
    bits, letters = _bits(), _LETTERS[language]
    beams: dict[int, dict[str, float]] = {0: {"^": 0.0}}
    for position in range(len(raw)):
        here = sorted(beams.pop(position, {}).items(), key=lambda item: (item[1], item[0]))[:_BEAM]
        for size in (2, 1):
            options = letters.get(raw[position : position + size])
            if options is None or position + size > len(raw):
                continue
            target = beams.setdefault(position + size, {})
            for written, cost in here:
                for option in _with_signs(options, written[-1], language):
                    total = cost
                    previous = written[-1]
                    for letter in option.replace("ʼ", ""):
                        total += bits.get(previous + letter.replace("ё", "е"), _UNSEEN)
                        previous = letter.replace("ё", "е")
                    longer = written + option
                    if total < target.get(longer, 1e9):
                        target[longer] = total
    ends = beams.get(len(raw), {})
    found = []
    for written, cost in ends.items():
        last = written[-1].replace("ё", "е")
        found.append((cost + bits.get(last + "$", _UNSEEN), written[1:]))
        if last in _SOFT:
            found.append((cost + bits.get(last + "ь", _UNSEEN) + bits.get("ь$", _UNSEEN), written[1:] + "ь"))
    return sorted(found)


def _with_signs(options: tuple[str, ...], previous: str, language: Language) -> list[str]:
    """Return the options, those after a consonant also with the soft sign or the apostrophe before them."""
    found = list(options)
    if previous in _SOFT:
        found += ["ь" + option for option in options if option[0] not in "аоуіиїєяюйь"]
    if language == "uk" and previous in _LABIAL:
        found += ["ʼ" + option for option in options if option[0] in "яюєї"]
    if language == "ru" and (previous in _LABIAL or previous in _SOFT):
        found += ["ь" + option for option in options if option[0] in "яюеё"]
    return found


@lru_cache(maxsize=1 << 14)
def cyrillic_candidates(latin: str, language: Language = "uk", limit: int = 10) -> tuple[str, ...]:
    """Return Cyrillic spellings a Latin name part may stand for, the best first, at most `limit`.

    Known given names come first, then surnames of the dictionary, then what the letters of the language make likely.
    A part that is Cyrillic already comes back as it is.
    """
    plain = fold(latin)
    if not plain:
        return ()
    if has_cyrillic(plain):
        return (title(plain),)
    found: dict[str, None] = {}
    reading = read_given(plain)
    for name in sorted(reading.formal, key=lambda n: (-reading.formal[n], n)):
        forms = written_forms()[name][:1] if language == "uk" else russian_forms()[name]
        found.update(dict.fromkeys(forms))
    ranked: list[tuple[bool, float, str]] = []
    for order, raw in enumerate(latin_readings(plain, _READINGS)):
        spelt = [s for s in _spellings(raw, language) if not _FOREIGN[language] & set(s[1]) or language == "ru"][:_BEAM]
        for cost, written in spelt:
            known = is_known_surname(written, language)
            ranked.append((not known, cost + 2.0 * order, written))
    for _, _, written in sorted(ranked):
        found.setdefault(written)
    return tuple(title(written) for written in list(found)[:limit])
