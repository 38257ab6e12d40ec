"""The comparison of two written names of one role: a graded level with its reason in words."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import OSA

from transliteration.comparison.levels import NameComparison, NameLevel
from transliteration.names.features import NameFeatures, features
from transliteration.names.roles import Role

_VERDICTS = (
    ("absent", NameLevel.ABSENT, "one of the two names is not given"),
    ("identical", NameLevel.IDENTICAL, "the same spelling"),
    ("other_language", NameLevel.OTHER_LANGUAGE, "Ukrainian and Russian form of one name"),
    ("other_form", NameLevel.OTHER_LANGUAGE, "another gender or case form of one name"),
    ("romanisation", NameLevel.ROMANISATION, "another Latin spelling of one name"),
    ("diminutive", NameLevel.DIMINUTIVE, "a diminutive of the other name, or two forms of one name"),
    ("part", NameLevel.DIMINUTIVE, "one part of a double name agrees"),
    ("initial", NameLevel.INITIAL, "the initial agrees"),
    ("one_slip", NameLevel.ONE_SLIP, "one letter apart"),
    ("case_or_other", NameLevel.ONE_SLIP, "either a case form of the other name or a name of its own"),
    ("close", NameLevel.CLOSE, "close in sound, but more than one letter apart"),
    ("initial_differs", NameLevel.DIFFERENT, "the initial differs"),
    ("other_known_name", NameLevel.DIFFERENT, "two different known names"),
    ("different", NameLevel.DIFFERENT, "different names"),
)
VERDICTS = {code: NameComparison(level, code, sentence) for code, level, sentence in _VERDICTS}
CODES = tuple(VERDICTS)
MIN_SLIP_LENGTH = 4
MIN_CLOSE_LENGTH = 7
MIN_CLOSENESS = 0.5


def _distance_code(left: NameFeatures, right: NameFeatures) -> str:
    """Return `one_slip` for one edit in 4 letters or more, `close` for one in fewer or two in 7 or more."""
    best = "different"
    for a in left.near:
        for b in right.near:
            distance = OSA.distance(a, b, score_cutoff=2)
            length = max(len(a), len(b))
            if distance <= 1 and length >= MIN_SLIP_LENGTH:
                return "one_slip"
            if distance <= 1 or (distance == 2 and length >= MIN_CLOSE_LENGTH):
                best = "close"
    return best


def closeness(left: NameFeatures, right: NameFeatures) -> float:
    """Return the similarity (0.5-1) of the closest spellings of two names: 1 less edits by length, at least 0.5."""
    best = MIN_CLOSENESS
    for a in left.near:
        for b in right.near:
            best = max(best, OSA.normalized_similarity(a, b, score_cutoff=best))
    return best


def code_of(left: NameFeatures, right: NameFeatures, role: Role) -> str:
    """Return the code of the verdict on two names of one role; the first rule that holds decides."""
    if not left.plain or not right.plain:
        return "absent"
    if left.initial or right.initial:
        return "initial" if left.plain == right.plain or left.letters & right.letters else "initial_differs"
    if left.plain == right.plain:
        return "identical"
    same = "other_language" if left.cyrillic and right.cyrillic else "romanisation"
    if left.formal & right.formal or not set(left.readings).isdisjoint(right.readings):
        return same
    if left.formal & right.diminutive or left.diminutive & right.formal or left.diminutive & right.diminutive:
        return "diminutive"
    if not set(left.whole).isdisjoint(right.whole):
        return "other_form" if same == "other_language" else same
    known_left, known_right = left.formal | left.diminutive, right.formal | right.diminutive
    if known_left & right.oblique or known_right & left.oblique:
        return "case_or_other" if known_left and known_right else "other_form"
    parts, others = set(left.parts), set(right.parts)
    if not parts.isdisjoint(right.whole) or not others.isdisjoint(left.whole) or not parts.isdisjoint(others):
        return "part"
    if known_left and known_right:
        return "other_known_name"
    return _distance_code(left, right)


@lru_cache(maxsize=1 << 16)
def compare(a: str, b: str, role: Role) -> NameComparison:
    """Compare two written names of one role.

    Returns:
        The level (see `NameLevel`), a stable code and an English sentence; neither ever contains a name.
    """
    return VERDICTS[code_of(features(a, role), features(b, role), role)]
