"""One plain form for text that differs only in typing: case, dashes, apostrophes, blanks, stress marks."""

from __future__ import annotations

import re
import unicodedata

_APOSTROPHES = "'\u2019\u2018\u02bc\u02b9\u2032\u0060\u00b4\u055a\uff07\u201b"
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad\ufe58\ufe63\uff0d"
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_SINGLE = {
    **dict.fromkeys(map(ord, _APOSTROPHES), "'"),
    **dict.fromkeys(map(ord, _DASHES), "-"),
    **dict.fromkeys(map(ord, _INVISIBLE), None),
    **dict.fromkeys(map(ord, "«»“”„‟″＂"), '"'),
    0x301: None,
    0x300: None,
}
_BLANKS = re.compile(r"\s+")


def fold(text: str) -> str:
    """Lower-cased NFC text with plain apostrophes, hyphens, quotes and single blanks, stress marks removed."""
    plain = unicodedata.normalize("NFC", text).translate(_SINGLE).lower()
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", plain)).strip()


def fold_with_offsets(text: str) -> tuple[str, list[int]]:
    """Like `fold`, but keeps case and line breaks, with the offset in `text` of every character and of the end.

    The list has one entry more than the folded text, so that a span `[i:j]` of the folded text is the span
    `[offsets[i]:offsets[j]]` of the original.
    """
    folded: list[str] = []
    offsets: list[int] = []
    position = 0
    while position < len(text):
        end = position + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        cluster = unicodedata.normalize("NFC", text[position:end].translate(_SINGLE))
        for char in cluster:
            folded.append(" " if char.isspace() and char != "\n" else char)
            offsets.append(position)
        position = end
    offsets.append(len(text))
    return "".join(folded), offsets


def lower_in_place(text: str) -> str:
    """Lower-cased text of the same length, with ё as е: the few letters whose lower case is longer stay as they are."""
    return "".join(low if len(low := char.lower()) == 1 else char for char in text).replace("ё", "е")
