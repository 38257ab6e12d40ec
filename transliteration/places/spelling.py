"""A spelling key for place names that Ukrainian, Russian and Latin spellings of one name share."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import product

from transliteration.tables import rows
from transliteration.text.folding import fold

MOST_READINGS = 96
"""Nominative readings tried for a name of several words; each costs one dictionary look-up."""

_CYRILLIC = str.maketrans(
    {
        **dict(zip("абвгґдезийклмнопрстуфыэіїєё", "abvggdeziiklmnoprstufieiiee", strict=True)),
        **{
            "ж": "ž",
            "х": "h",
            "ц": "c",
            "ч": "č",
            "ш": "š",
            "щ": "šč",
            "ю": "iu",
            "я": "ia",
            "ь": "",
            "ъ": "",
            "ў": "v",
        },
    }
)
_LATIN = (
    ("shch", "šč"), ("szcz", "šč"), ("sch", "š"), ("tsch", "č"), ("zh", "ž"), ("kh", "h\0"), ("ch", "č"), ("cz", "č"),
    ("sh", "š"), ("sz", "š"), ("rz", "ž"), ("ts", "c"), ("tz", "c"), ("x", "ks"), ("w", "v"), ("q", "k"),
    ("y", "i"), ("j", "i"), ("ou", "u"),
)  # fmt: skip
_ENDINGS = (
    (re.compile(r"[oei]vk(a|i)$"), r"ovk\1"),
    (re.compile(r"[oei]vs(?=k(?:a|e|i|oe|aia)?$)"), "ovs"),
    (re.compile(r"(?<=..)[ei]v$"), "ov"),
    (re.compile(r"(?<=[kcnvdtlrhg])(?:oe|o)$"), "e"),
    (re.compile(r"(?<=[kcnvdtlrhg])aia$"), "a"),
    (re.compile(r"(?<=[kcnvdtlrhg])oi$"), "i"),
    (re.compile(r"(?<=[ck])ie$"), "i"),
)
_SOME_ENDING = re.compile("|".join(pattern.pattern.replace("(a|i)", "[ai]") for pattern, _ in _ENDINGS))
_DOUBLED = re.compile(r"([^o])\1+")
_PREFIX = re.compile(r"^(?:novo|staro|veliko|malo|verhn[oe]|nižn[oe])(?=.{4})")
_WORD = re.compile(r"[\w']+")
_HAS_CYRILLIC = re.compile(r"[\u0400-\u04ff]")


@lru_cache(maxsize=200_000)
def spelling_key(name: str) -> str:
    """A key equal for the usual Ukrainian, Russian and Latin spellings of a place name, `''` where no letter is left.

    It follows letter rules only (і/и/ы, г/h, -івка/-овка, -ське/-ское, Олександр-/Александр-); translated names such as
    Червоне/Красное meet through the gazetteer instead.
    """
    words = _WORD.findall(fold(name).replace("-", " "))
    return " ".join(filter(None, (_word_key(word) for word in words)))


@lru_cache(maxsize=200_000)
def _word_key(word: str) -> str:
    skeleton = _letters(word)
    prefix = _PREFIX.match(skeleton)
    start = prefix.end() if prefix else 0
    pattern, russian = _stems()
    stem = pattern.match(skeleton, start)
    if stem:
        skeleton = skeleton[:start] + russian[stem[0]] + skeleton[stem.end() :]
    return plain_ending(skeleton)


def plain_ending(skeleton: str) -> str:
    """A skeleton with its ending in the one form that both languages share, such as -ovka for -івка and -евка."""
    if _SOME_ENDING.search(skeleton):
        for pattern, plain in _ENDINGS:
            skeleton = pattern.sub(plain, skeleton)
    return skeleton


def _letters(word: str) -> str:
    skeleton = word.translate(_CYRILLIC) if _HAS_CYRILLIC.search(word) else _latin_skeleton(word)
    skeleton = _DOUBLED.sub(r"\1", re.sub(r"[^\w]|_", "", skeleton))
    return _DOUBLED.sub(r"\1", re.sub(r"ie|io(?=[mt])", "e", skeleton))


def _latin_skeleton(word: str) -> str:
    word = word.replace("ł", "l").replace("ß", "ss").replace("ø", "o").replace("đ", "d")
    word = word.replace("č", "ch").replace("š", "sh").replace("ž", "zh").replace("ś", "s").replace("ĥ", "kh")
    word = "".join(char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char))
    for written, plain in _LATIN:
        word = word.replace(written, plain)
    return re.sub(r"h(?!\0)", "g", word).replace("\0", "")


@cache
def _stems() -> tuple[re.Pattern[str], dict[str, str]]:
    """Beginnings that differ between the languages by more than a letter, as skeletons: a pattern, and the others."""
    pairs = {(_letters(row["uk"]), _letters(row["ru"])) for row in rows("place_stems")}
    longest_first = sorted(pairs, key=lambda pair: (-len(pair[0]), pair))
    russian: dict[str, str] = {}
    for own, other in longest_first:
        russian.setdefault(own, other)
    return re.compile("|".join(map(re.escape, russian))), russian


@cache
def _case_endings() -> tuple[tuple[str, str], ...]:
    endings = {(row["ending"], row["nominative"]) for row in rows("place_case_endings")}
    return tuple(sorted(endings, key=lambda row: (-len(row[0]), row)))


def nominative_readings(name: str) -> list[str]:
    """Nominative forms that a declined place name may come from, the longest ending first, without the name itself."""
    words = fold(name).replace("-", " ").split(" ")
    if len(words) > 4 or not _HAS_CYRILLIC.search(name):
        return []
    options = [_word_readings(word) for word in words]
    found = {" ".join(reading): None for reading, _ in zip(product(*options), range(MOST_READINGS), strict=False)}
    found.pop(" ".join(words), None)
    return list(found)


def _word_readings(word: str) -> list[str]:
    readings = [word]
    for ending, nominative in _case_endings():
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            readings.append(word[: len(word) - len(ending)] + nominative)
    return readings[:10]
