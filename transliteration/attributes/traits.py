"""Eye colour, hair colour and health group as codes, in Ukrainian, Russian and English."""

from __future__ import annotations

import re
from enum import IntEnum
from functools import cache, lru_cache
from itertools import pairwise
from typing import Literal

from transliteration.tables import rows
from transliteration.text.folding import fold

TraitKind = Literal["eyes", "hair", "health"]
LONGEST_TEXT = 120


class TraitLevel(IntEnum):
    """How far two traits agree. They are weak evidence at best: people call one colour by different words."""

    ABSENT = -1
    DIFFERENT = 0
    NEAR = 1
    SAME = 2


@lru_cache(maxsize=20_000)
def trait_code(text: str, kind: TraitKind) -> str:
    """The code of a written trait (`brown`, `grey_blue`, `dark_blond`, `2`), or `''` when no known word occurs.

    Two colours written side by side ("сірі з зеленим", "серые, голубые") give their mixture where one is known, and
    otherwise `''`.
    """
    folded = re.sub(r"\s?-\s?", "-", fold(text[:LONGEST_TEXT]).replace("ё", "е"))
    words = re.findall(r"[\w'-]+", folded)
    if kind == "health":
        words = [word.translate(str.maketrans("і", "i")) if set(word) <= set("ivі") else word for word in words]
        words = [re.sub(r"^(\d)-?(?:а|я|га|ша|тя|та|ї|й|nd|st|rd|th)$", r"\1", word) for word in words]
    pairs = [f"{first}-{second}" for first, second in pairwise(words)]
    words = [pair for pair in pairs if _declined(pair, kind) in _words(kind)] or words
    codes = list(dict.fromkeys(code for word in words if (code := _words(kind).get(_declined(word, kind)))))
    if len(codes) == 1:
        return codes[0]
    if len(codes) == 2:
        mixture = "_".join(sorted(codes))
        return next((code for code in set(_words(kind).values()) if "_".join(sorted(code.split("_"))) == mixture), "")
    return ""


def trait_level(left: str, right: str, kind: TraitKind) -> TraitLevel:
    """The level of two codes from `trait_code`; neighbouring shades and neighbouring health groups are `NEAR`."""
    if not left or not right:
        return TraitLevel.ABSENT
    if left == right:
        return TraitLevel.SAME
    near = abs(int(left) - int(right)) == 1 if kind == "health" else frozenset((left, right)) in _neighbours(kind)
    return TraitLevel.NEAR if near else TraitLevel.DIFFERENT


@cache
def _words(kind: str) -> dict[str, str]:
    return {row["form"]: row["code"] for row in rows("traits") if row["kind"] == kind}


@cache
def _neighbours(kind: str) -> frozenset[frozenset[str]]:
    return frozenset(frozenset((row["one"], row["other"])) for row in rows("trait_neighbours") if row["kind"] == kind)


def _declined(word: str, kind: str) -> str:
    """The listed form of a colour word in another case: "карих", "с голубыми", "зеленим"."""
    known = _words(kind)
    if word in known or kind == "health":
        return word
    stem = re.sub(r"(?:ими|ыми|их|ых|им|ым|ого|ої|ою|ей|ой|ий|ый|ому|е|а|я|і|ые|ие|о)$", "", word)
    if len(stem) < 3:
        return word
    return next(
        (stem + ending for ending in ("і", "ие", "ые", "ий", "ый", "е", "ой", "о") if stem + ending in known), word
    )
