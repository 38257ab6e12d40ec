"""Repair of broken spellings: marks, apostrophes, look-alikes of the other script, digits for letters, spaces."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from transliteration.text.mojibake import NAME_BITS, undo_code_page, undo_layout
from transliteration.text.plausibility import surprise
from transliteration.text.scripts import (
    APOSTROPHE,
    APOSTROPHES,
    HYPHENS,
    MAX_LENGTH,
    has_cyrillic,
    has_latin,
    strip_marks,
)

_LATIN_TWINS = "ABCEHIJKMOPSTXYaceijopsxykmthbnu"
_CYRILLIC_TWINS = "АВСЕНІЈКМОРЅТХУасеіјорѕхукмтнвпи"
_TO_CYRILLIC = str.maketrans(
    {
        **dict(zip(_LATIN_TWINS, _CYRILLIC_TWINS, strict=True)),
        "ï": "ї",
        "Ï": "Ї",
        "ë": "ё",
        "Ë": "Ё",
        "3": "З",
        "0": "О",
    }
)
_TO_LATIN = str.maketrans(dict(zip("АВСЕНІЈКМОРЅТХУасеіјорѕхук", "ABCEHIJKMOPSTXYaceijopsxyk", strict=True)))
# Ї is not here: nobody types it by accident in a Latin word, and ï is on no keyboard of those who write Cyrillic.
_SEEN_AS_LATIN = frozenset("АВСЕНІКМОРТХУасеіорхук")
_SEEN_AS_CYRILLIC = frozenset("ABCEHIKMOPTXYaceiopxykïÏëË")
_DIGITS = str.maketrans({"0": "о", "3": "з", "4": "ч", "6": "б", "1": "і"})
_LATIN_DIGITS = str.maketrans({"0": "o", "1": "l", "5": "s"})
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffc]")
_TOKEN = re.compile(r"\S+")
_PLAIN_CYRILLIC = re.compile(
    "[А-ЩЬЮЯҐЄІЇЁЫЭЪ]?[а-щьюяґєіїёыэъʼ]*(?:-[А-ЩЬЮЯҐЄІЇЁЫЭЪ][а-щьюяґєіїёыэъʼ]+)?|[А-ЩЬЮЯҐЄІЇЁЫЭЪ]+"
)
_PLAIN_LATIN = re.compile("[A-Z]?[a-z]+|[A-Z]+")
_SPACES = re.compile(r"\s+")
_BETWEEN = re.compile(rf"(?<=[^\W\d_])\s?[*{re.escape(APOSTROPHES)}](?=[^\W\d_])")
_HYPHENS = str.maketrans(dict.fromkeys(HYPHENS, "-"))


@dataclass(frozen=True, slots=True)
class Repaired:
    """A repaired text and the names of the repairs made, in the order they were made."""

    text: str
    fixes: tuple[str, ...] = ()


def _one_script(token: str) -> str:
    letters = [c for c in token if c.isalpha()]
    cyrillic = sum(has_cyrillic(c) for c in letters)
    latin = sum(has_latin(c) for c in letters)
    if not cyrillic or not latin:
        return token
    # A letter without a twin tells the script of the word, however few they are beside the look-alikes.
    own_cyrillic = sum(has_cyrillic(c) and c not in _SEEN_AS_LATIN for c in letters)
    own_latin = sum(has_latin(c) and c not in _SEEN_AS_CYRILLIC for c in letters)
    if own_cyrillic > own_latin or (own_cyrillic == own_latin and cyrillic >= latin):
        changed = token.translate(_TO_CYRILLIC).replace("Ѕ", "S").replace("ѕ", "s").replace("Ј", "J").replace("ј", "j")
    else:
        changed = token.translate(_TO_LATIN)
    return changed


def _letters_for_digits(token: str) -> str:
    letters = sum(c.isalpha() for c in token)
    digits = sum(c.isdigit() for c in token)
    if not digits or letters < 3 or digits * 2 > letters or not token.strip(".,;:()").replace("-", "").isalnum():
        return token
    table = _DIGITS if has_cyrillic(token) else _LATIN_DIGITS
    changed = token.translate(table)
    if token.upper() == token:
        return changed.upper()
    return changed[:1].upper() + changed[1:] if token[:1].isdigit() else changed


@lru_cache(maxsize=1 << 17)
def is_sound(word: str) -> bool:
    """Return whether a word plainly needs no repair; most words of a list do not, and are settled by one look-up."""
    if _PLAIN_CYRILLIC.fullmatch(word):
        return surprise(word) <= NAME_BITS
    return _PLAIN_LATIN.fullmatch(word) is not None and undo_layout(word) == word


def _is_plain(word: str) -> bool:
    return bool(_PLAIN_CYRILLIC.fullmatch(word) or _PLAIN_LATIN.fullmatch(word))


@lru_cache(maxsize=1 << 16)
def repair(text: str) -> Repaired:
    """Return the text with its spelling damage mended, and what was mended.

    Fixes are named `mojibake`, `keyboard`, `invisible`, `marks`, `hyphen`, `apostrophe`, `digits`, `look_alikes`,
    `spaces` and `length`.
    """
    words = text.split(" ")
    if len(text) <= MAX_LENGTH and all(map(is_sound, words)):
        return Repaired(text)
    fixes: list[str] = []
    if len(text) > MAX_LENGTH * 8:
        fixes.append("length")
    current = text[: MAX_LENGTH * 8]

    def step(name: str, changed: str) -> None:
        nonlocal current
        if changed != current:
            if name not in fixes:
                fixes.append(name)
            current = changed

    # Where look-alikes alone make the words sound, nothing was wrong with the code page or the keyboard.
    one_script = _TOKEN.sub(lambda m: _one_script(m[0]), current)
    if one_script != current and all(map(_is_plain, one_script.split(" "))):
        step("look_alikes", one_script)
    else:
        step("mojibake", undo_code_page(current))
        step("keyboard", undo_layout(current))
    step("invisible", _INVISIBLE.sub("", current))
    step("marks", strip_marks(unicodedata.normalize("NFC", current)))
    step("hyphen", current.translate(_HYPHENS))
    if has_cyrillic(current):
        step("apostrophe", _BETWEEN.sub(APOSTROPHE, current))
    step("digits", _TOKEN.sub(lambda m: _letters_for_digits(m[0]), current))
    step("look_alikes", _TOKEN.sub(lambda m: _one_script(m[0]), current))
    step("spaces", _SPACES.sub(" ", current).strip())
    step("length", current[:MAX_LENGTH])
    return Repaired(current, tuple(fixes))
