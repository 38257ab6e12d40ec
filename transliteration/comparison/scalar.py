"""The comparison of two written names of one role: a graded level with its reason in words."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from rapidfuzz.distance import OSA

from transliteration.comparison.levels import NameVerdict
from transliteration.comparison.rules import FARTHEST, OTHERWISE, RULES, VERDICTS, Column, Flag, is_close, is_slip
from transliteration.names.features import NameFeatures, features
from transliteration.names.roles import Role

MIN_CLOSENESS = 0.5


class _Pair:
    """Two names, as the rules ask of them."""

    def __init__(self, left: NameFeatures, right: NameFeatures) -> None:
        self.left, self.right = left, right
        self.apart = left.items.isdisjoint(right.items)

    def either(self, flag: Flag) -> bool:
        return is_true_of(self.left, flag) or is_true_of(self.right, flag)

    def both(self, flag: Flag) -> bool:
        return is_true_of(self.left, flag) and is_true_of(self.right, flag)

    def same_spelling(self) -> bool:
        return self.left.plain == self.right.plain

    def share(self, left: Column, right: Column) -> bool:
        if self.apart and left != "letters":
            return False
        items, others = column(self.left, left), column(self.right, right)
        return bool(items and others) and not frozenset(items).isdisjoint(others)


class _Apart:
    """Two names that share nothing and of which all else is true: the rules that hold for it need no sharing."""

    def either(self, flag: Flag) -> bool:
        return True

    both = either

    def same_spelling(self) -> bool:
        return True

    def share(self, left: Column, right: Column) -> bool:
        return False


_RULES_FOR_APART = tuple(rule for rule in RULES if rule.holds(_Apart()))


def is_true_of(name: NameFeatures, flag: Flag) -> bool:
    """Return whether a flag is true of a name."""
    if flag == "absent":
        return not name.plain
    if flag == "known":
        return bool(name.formal or name.diminutive)
    return name.initial if flag == "initial" else name.cyrillic


def column(name: NameFeatures, column: Column) -> Collection[str]:
    """Return what a name has in a column."""
    found: Collection[str] = name.formal | name.diminutive if column == "known" else getattr(name, column)
    return found


def _distance_code(left: NameFeatures, right: NameFeatures) -> str:
    """Return the code of the nearest spellings of two names."""
    best = OTHERWISE
    for a in left.near:
        for b in right.near:
            edits = OSA.distance(a, b, score_cutoff=FARTHEST)
            longest = max(len(a), len(b))
            if is_slip(edits, longest):
                return "one_slip"
            if is_close(edits, longest):
                best = "close"
    return best


def closeness(left: NameFeatures, right: NameFeatures) -> float:
    """Return the similarity (0.5-1) of the closest spellings of two names: 1 less edits by length, at least 0.5."""
    best = MIN_CLOSENESS
    for a in left.near:
        for b in right.near:
            best = max(best, OSA.normalized_similarity(a, b, score_cutoff=best))
    return best


def code_of(left: NameFeatures, right: NameFeatures) -> str:
    """Return the code of the verdict on two names of one role."""
    pair = _Pair(left, right)
    for rule in _RULES_FOR_APART if pair.apart else RULES:
        if rule.holds(pair):
            return rule.instead if rule.where is not None and rule.where(pair) else rule.code
    return _distance_code(left, right)


@lru_cache(maxsize=1 << 16)
def compare(a: str, b: str, role: Role) -> NameVerdict:
    """Compare two written names of one role.

    Returns:
        The level (see `NameLevel`), a stable code and an English sentence; neither ever contains a name.
    """
    return VERDICTS[code_of(features(a, role), features(b, role))]
