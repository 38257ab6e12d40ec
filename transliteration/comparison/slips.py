"""Whether what stands between two near spellings of a surname is a slip, or makes another surname of it."""

from __future__ import annotations

from functools import cache, lru_cache

from rapidfuzz.distance import OSA, Levenshtein

from transliteration import tables
from transliteration.comparison.rules import FARTHEST
from transliteration.names.dictionary_index import has_surname
from transliteration.names.features import features


@cache
def _confused() -> frozenset[tuple[str, str]]:
    """Return pairs of letters, of Cyrillic or of skeletons, that are taken for each other."""
    rows = [(row["one"], row["other"]) for row in tables.rows("letter_confusions")]
    return frozenset(rows) | {(other, one) for one, other in rows}


@lru_cache(maxsize=1 << 15)
def is_other_surname(a: str, b: str) -> bool:
    """Return whether no rule of spelling, hearing or scanning leads from one near surname to the other.

    Another letter in the place of one must be one that is confused with it: Poroshenko is no slip of Doroshenko. A
    letter lost, added or moved is a slip where one of the two is no surname that is known.
    """
    left, right = features(a, "surname"), features(b, "surname")
    both_known = left.cyrillic and right.cyrillic and has_surname(left.plain) and has_surname(right.plain)
    return not any(_is_slip(x, y, both_known) for x in left.near for y in right.near)


def _is_slip(a: str, b: str, both_known: bool) -> bool:
    edits = OSA.distance(a, b, score_cutoff=FARTHEST)
    if edits > FARTHEST:
        return False
    moved = edits < Levenshtein.distance(a, b)
    if moved:
        return not both_known
    return all(
        (a[edit.src_pos], b[edit.dest_pos]) in _confused() if edit.tag == "replace" else not both_known
        for edit in Levenshtein.editops(a, b)
    )
