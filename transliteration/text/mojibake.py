"""Undoing of wrong code pages (UTF-8, cp1251, KOI8-U, cp866, Latin-1) and of a wrong keyboard layout."""

from __future__ import annotations

import re
from functools import lru_cache

from transliteration.text.plausibility import surprise
from transliteration.text.scripts import has_cyrillic, has_latin

# (read as, really was): the code pages that Ukrainian and Russian lists are damaged between.
_WRONG_PAGES = (
    ("cp1251", "koi8_u"), ("koi8_u", "cp1251"), ("cp1252", "cp1251"), ("latin_1", "cp1251"), ("cp1252", "koi8_u"),
    ("latin_1", "koi8_u"), ("cp866", "cp1251"), ("cp1251", "cp866"), ("cp866", "koi8_u"), ("latin_1", "cp866"),
    ("mac_cyrillic", "cp1251"), ("cp1251", "mac_cyrillic"), ("iso8859_5", "cp1251"), ("cp1251", "iso8859_5"),
)  # fmt: skip
_UTF8_TRACES = re.compile(
    "[РСÐÑÃÂÄÅÊË][\u0080-\u00bf\u0400-\u040f\u0450-\u045f\u0490-\u0491\u2010-\u2122€]|[РС][а-яА-Я]|в[Ђ„]"
)
_HIGH = re.compile("[\u0080-\u00ff\u0152-\u0192\u02c6-\u02dc\u2013-\u203a\u20ac\u2122]")
_QWERTY = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_RUSSIAN = "йцукенгшщзхъфывапролджэячсмитьбюё"
_UKRAINIAN = "йцукенгшщзхїфівапролджєячсмитьбю'"
MAX_ROUNDS = 3
NAME_BITS = 5.2
"""A reading at most this surprising per letter pair may pass for a name."""
GAIN_BITS = 2.0
"""A repair must make the text less surprising by this much."""


def _layout(source: str, target: str) -> dict[int, str]:
    upper = source.upper().replace("[]", "{}").replace(";'", ':"')
    return {ord(a): b for a, b in zip(upper + source, target.upper() + target, strict=True)}


_TO_RUSSIAN, _TO_UKRAINIAN = _layout(_QWERTY, _RUSSIAN), _layout(_QWERTY, _UKRAINIAN)
_TO_QWERTY = _layout(_RUSSIAN + "іїє", _QWERTY + "s]'")
_BACK = str.maketrans("abcdefghijklmnopqrstuvwxyz", "абкдефггійклмнопкрстуввхиз")


def _bytes(text: str, page: str) -> bytes | None:
    """Return the bytes of a text in a code page; C1 control characters pass as the byte they stand for."""
    try:
        return text.encode(page)
    except UnicodeEncodeError:
        pass
    try:
        return b"".join(bytes([ord(c)]) if 0x80 <= ord(c) <= 0xA0 else c.encode(page) for c in text)
    except UnicodeEncodeError:
        return None


_UNUSED: re.Pattern[str] = re.compile("[\u0460-\u048f\u04c0-\u052f\u0600-\u1fff]")
"""Letters that no list has: СІРІ in capitals is UTF-8 of such, too."""


def _utf8(text: str) -> str:
    for page in ("cp1251", "cp1252", "latin_1", "koi8_r", "koi8_u", "cp866"):
        raw = _bytes(text, page)
        if raw is None:
            continue
        try:
            found = raw.decode("utf-8")
        except UnicodeDecodeError:
            continue
        if found != text and len(found) < len(text) and _UNUSED.search(found) is None:
            return found
    return text


PAIRS = (
    "(?:[РСÐÑ][\u0080-\u00bf\u0192\u02c6\u02dc\u0401-\u040f\u0451-\u045f\u0490\u0491\u0152\u0153\u0160\u0161\u0178\u017d"
    "\u017e\u2010-\u2122€]){2}|[вâ]„–"
)
"""Pairs of letters that UTF-8 read as cp1251, cp1252 or Latin-1 is made of."""
_UTF8_PAIRS = re.compile(PAIRS + "|(?:[пя][\u00a0°²·÷©\u2219-\u2265\u2320-\u25a0]){2}|(?:[╨╤][^\x00-\x7f]){2}")


def undo_utf8(text: str) -> str:
    """Return a text as it was before its UTF-8 was read as a code page of one byte a letter; else unchanged.

    Only what can be nothing else is undone: pairs of such letters, and bytes that are UTF-8 to the last one.
    """
    if _UTF8_PAIRS.search(text) is None:
        return text
    whole = _utf8(text)
    return whole if whole != text else " ".join(_utf8(word) for word in text.split(" "))


@lru_cache(maxsize=1 << 12)
def undo_code_page(text: str) -> str:
    """Return the text as it was before it was read in a wrong code page; unchanged when it makes sense as it is."""
    for _ in range(MAX_ROUNDS):
        if not _UTF8_TRACES.search(text):
            break
        found = _utf8(text)
        if found == text:
            break
        text = found
    high = len(_HIGH.findall(text))
    cyrillic = has_cyrillic(text)
    letters = sum(c.isalpha() for c in text)
    if letters < 3 or not (cyrillic or high * 3 > letters * 2):
        return text
    before = surprise(text) if cyrillic else 12.0
    if before <= NAME_BITS:
        return text
    best, best_bits = text, min(before - GAIN_BITS, NAME_BITS)
    for read_as, was in _WRONG_PAGES:
        raw = _bytes(text, read_as)
        if raw is None:
            continue
        try:
            found = raw.decode(was)
        except UnicodeDecodeError:
            continue
        bits = surprise(found)
        if bits < best_bits:
            best, best_bits = found, bits
    return best


@lru_cache(maxsize=1 << 12)
def undo_layout(text: str) -> str:
    """Return the text as it would be with the other keyboard layout on; unchanged when it makes sense as it is."""
    if sum(c.isalpha() for c in text) < 4:
        return text
    if not has_cyrillic(text):
        if not text.isascii():
            return text
        typed = min((text.translate(_TO_UKRAINIAN), text.translate(_TO_RUSSIAN)), key=surprise)
        as_latin = surprise(text.lower().translate(_BACK))
        return typed if surprise(typed) < min(NAME_BITS, as_latin - GAIN_BITS) else text
    if has_latin(text):
        return text
    before = surprise(text)
    if before < 8.0:
        return text
    typed = text.translate(_TO_QWERTY)
    return typed if typed.isascii() and surprise(typed.lower().translate(_BACK)) < NAME_BITS else text
