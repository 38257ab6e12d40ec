"""Letters that another program changed before the list was saved: wrong code pages, escapes, a shift key held down."""

from __future__ import annotations

import html
import quopri
import re
from typing import Final
from urllib.parse import unquote

from transliteration.text.mojibake import PAIRS, undo_code_page, undo_utf8

_ENTITY: Final = re.compile(r"&(?:#\d{2,7}|#x[0-9A-Fa-f]{2,6}|amp|quot|apos|nbsp|lt|gt|rsquo|laquo|raquo);")
_UNICODE: Final = re.compile(r"(?:\\u[0-9A-Fa-f]{4})+")
_PERCENT: Final = re.compile(r"(?:%[0-9A-Fa-f]{2}){4,}")
_QUOTED: Final = re.compile(r"(?:=[0-9A-F]{2}){4,}")
_ONE_BYTE: Final = re.compile(r"[À-ÿ]{3}|[╨╤\u2500-\u259f]|\b[а-яёіїєґ][А-ЯЁІЇЄҐ]{2}")
"""Letters of one-byte pages read as another: accents in a row, box drawing, case changed about."""
_CHANGED_ABOUT: Final = re.compile(r"[а-яёіїєґў][А-ЯЁІЇЄҐЎ'’-]+(?:\s+[а-яёіїєґў][А-ЯЁІЇЄҐЎ'’-]+)*")
_MAY_BREAK: Final = re.compile(r"[&%=\\]")
_MAY_BE_BROKEN: Final = re.compile(
    rf"[&%=\\╨╤\u2219-\u2265\u2320-\u25a0]|[À-ÿ]{{3}}|(?:^|[\s\x1f])[а-яёіїєґ][А-ЯЁІЇЄҐ]{{2}}|{PAIRS}"
)
"""What any changed text has; of rows without it one search tells so."""
_STILL: Final = re.compile(
    "(?:[ÐÑ][\u0080-\u00bf\u0152-\u0192\u02c6-\u02dc\u2010-\u2122€]){2}"
    "|(?:[РС][°±µ¶·№»‚„…†‡€‰‹‘’“”•–—™›§©«¬®¦\u00a0-\u00af]){2}"
    "|(?:[пя][\u2219-\u2265\u2320-\u25a0]){2}|(?:[╨╤][^\x00-\x7f]){2}"
)
"""Pairs of letters that are left where UTF-8 was read as another code page and could not be read back."""


def mended(text: str) -> str:
    """Return a text as it was before another program changed its letters; unchanged where none did."""
    if _MAY_BREAK.search(text) is not None:
        text = _unescaped(text)
    if text.isascii():
        return text
    whole = undo_utf8(text)
    if whole != text or _ONE_BYTE.search(text) is None:
        return whole
    whole = undo_code_page(text)
    if whole == text and _CHANGED_ABOUT.fullmatch(text):
        return text.swapcase()
    return whole


def may_be_broken(text: str) -> bool:
    """Tell whether a text, or several of them joined, has a trace of changed letters: most lists have none."""
    return _MAY_BE_BROKEN.search(text) is not None


def is_broken(text: str) -> bool:
    """Tell whether another program has changed the letters of a text."""
    return mended(text) != text


def unmended(text: str) -> bool:
    """Tell whether a text still has the traces of UTF-8 that was read as another code page."""
    return _STILL.search(text) is not None


def _unescaped(text: str) -> str:
    """Undo what web pages, JSON, addresses and e-mails write for letters beyond ASCII."""
    if _ENTITY.search(text):
        text = html.unescape(text)
    if _UNICODE.search(text):
        text = _UNICODE.sub(_of_json, text)
    if _PERCENT.search(text) and "://" not in text:
        text = _whole(text, unquote(text))
    if _QUOTED.search(text):
        text = _whole(text, quopri.decodestring(text.encode()).decode("utf-8", "replace"))
    return text


def _of_json(hit: re.Match[str]) -> str:
    raw = bytes.fromhex(hit[0].replace("\\u", ""))
    return raw.decode("utf-16-be", "replace")


def _whole(before: str, after: str) -> str:
    return before if "\ufffd" in after else after
