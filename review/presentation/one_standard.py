"""One standard of Latin letters for both records: a word that they write alike stands alike in Latin letters, too.

Each record is romanised by the standard of its own language, KMU 55 for Ukrainian and ICAO 9303 for Russian, so that a
surname which both lists spell the same would read `Yavorova` beside `Iavorova`, a difference that is not there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from transliteration import romanise
from transliteration.text.scripts import fold

_WORD = re.compile(r"\w+(?:['\u02bc\u2019]\w+)*")


def in_one_standard(
    mine: Sequence[str], theirs: Sequence[str], latin: str, their_latin: str, language: str, their_language: str
) -> str:
    """Return the Latin form of a value, with each word that the other record writes alike by one standard.

    Args:
        mine: The value as written, one entry per value.
        theirs: What the other record writes.
        latin: The Latin form of `mine`; '' stays ''.
        their_latin: The Latin form of `theirs`.
        language: Language of this record.
        their_language: Language of the other; where the two differ, words in common stand by Ukraine's standard.
    """
    if not latin or not their_latin or language == their_language:
        return latin
    shared = {fold(word) for word in _WORD.findall(" ".join(theirs))}
    words = iter(_WORD.findall(" ".join(mine)))

    def by_one(found: re.Match[str]) -> str:
        word = next(words, "")
        return romanise(word, "kmu55") if fold(word) in shared else found[0]

    said = _WORD.sub(by_one, latin)
    return said if next(words, None) is None else latin  # words of the two do not go together: nothing is changed
