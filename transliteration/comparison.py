"""The comparison of two written names of one role: a graded level with its reason in words."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import OSA

from transliteration.features import NameFeatures, features
from transliteration.levels import NameComparison, NameLevel, Role

SENTENCES = {
    "absent": "one of the two names is not given",
    "identical": "the same spelling",
    "initial": "the initial agrees",
    "initial_differs": "the initial differs",
    "other_language": "Ukrainian and Russian form of one name",
    "other_form": "another gender or case form of one surname",
    "romanisation": "another Latin spelling of one name",
    "diminutive": "a diminutive of the other name, or of the same one",
    "one_slip": "one letter apart",
    "close": "close in sound, but more than one letter apart",
    "other_known_name": "two different names",
    "different": "different names",
}
_LEVELS = {
    "absent": NameLevel.ABSENT,
    "identical": NameLevel.IDENTICAL,
    "initial": NameLevel.INITIAL,
    "initial_differs": NameLevel.DIFFERENT,
    "other_language": NameLevel.OTHER_LANGUAGE,
    "other_form": NameLevel.OTHER_LANGUAGE,
    "romanisation": NameLevel.ROMANISATION,
    "diminutive": NameLevel.DIMINUTIVE,
    "one_slip": NameLevel.ONE_SLIP,
    "close": NameLevel.CLOSE,
    "other_known_name": NameLevel.DIFFERENT,
    "different": NameLevel.DIFFERENT,
}
CODES = tuple(_LEVELS)
VERDICTS = {code: NameComparison(level, code, SENTENCES[code]) for code, level in _LEVELS.items()}


def _distance_code(left: NameFeatures, right: NameFeatures) -> str:
    best = min(
        ((OSA.distance(a, b), -max(len(a), len(b))) for a in left.skeletons[:4] for b in right.skeletons[:4]),
        default=(99, 0),
    )
    distance, length = best[0], -best[1]
    if distance <= 1 and length >= 4:
        return "one_slip"
    if distance <= 1 or (distance == 2 and length >= 7):
        return "close"
    return "different"


def code_of(left: NameFeatures, right: NameFeatures, role: Role) -> str:
    """Return the code of the verdict on two names of one role."""
    if not left.plain or not right.plain:
        return "absent"
    if left.initial or right.initial:
        return "initial" if left.letters & right.letters else "initial_differs"
    if left.plain == right.plain:
        return "identical"
    same = "other_language" if left.cyrillic and right.cyrillic else "romanisation"
    if left.formal & right.formal:
        return same
    if left.formal & right.diminutive or left.diminutive & right.formal or left.diminutive & right.diminutive:
        return "diminutive"
    if not set(left.skeletons).isdisjoint(right.skeletons):
        return same
    if role == "surname" and not set(left.stems).isdisjoint(right.stems):
        return "other_form" if same == "other_language" else same
    if (left.formal or left.diminutive) and (right.formal or right.diminutive):
        return "other_known_name"
    return _distance_code(left, right)


@lru_cache(maxsize=1 << 16)
def compare(a: str, b: str, role: Role) -> NameComparison:
    """Compare two written names of one role.

    Returns:
        The level (see `NameLevel`), a stable code and an English sentence; neither ever contains a name.
    """
    return VERDICTS[code_of(features(a, role), features(b, role), role)]
