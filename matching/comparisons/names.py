"""Comparison of names by role, over the name model: spelling, language and diminutives come before distance."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

import transliteration
from matching.comparisons.base import (
    CodedComparison,
    Codes,
    Comparison,
    Grader,
    Level,
    Levels,
    Values,
    codes_of,
    remembered,
)
from transliteration.comparison import CODES, VERDICTS
from transliteration.comparison.name_table import store
from transliteration.comparison.vectorised import codes_of_rows

Role = Literal["surname", "given", "patronymic"]

# Prior m of each level by role. A surname has no diminutive; a patronymic is misheard more often than a surname.
_PRIOR_M: dict[str, tuple[float, ...]] = {
    "surname": (0.04, 0.05, 0.03, 0.05, 0.95, 0.001, 0.09, 0.29, 0.50),
    "given": (0.03, 0.05, 0.02, 0.03, 0.95, 0.09, 0.09, 0.32, 0.42),
    "patronymic": (0.05, 0.05, 0.03, 0.05, 0.95, 0.002, 0.08, 0.33, 0.46),
}

# code, sentence, tie, term frequency, stratum
_LEVELS = (
    ("different", "two different names", "", False, "full"),
    ("initial_differs", "the initial does not fit the name", "", False, "initial"),
    ("close", "spelt alike, but more than one slip apart", "", True, "full"),
    ("one_slip", "one letter apart", "", True, "full"),
    ("initial", "the initial fits the name", "", False, "initial"),
    ("diminutive", "a short form of the same name", "", True, "full"),
    ("romanisation", "another romanisation of one name", "same", True, "full"),
    ("other_language", "one name in Ukrainian and Russian spelling", "same", True, "full"),
    ("identical", "the same name, spelt the same", "same", True, "full"),
)

_ALIKE = frozenset({"close", "one_slip"})

# From the name model's verdicts to the positions above: an initial that does not fit weighs one letter, not a name.
_FROM_NAME_LEVEL = (0, 2, 3, 4, 5, 6, 7, 8)
_LEVEL_OF_VERDICT = np.array(
    [
        1 if code == "initial_differs" else -1 if VERDICTS[code].level < 0 else _FROM_NAME_LEVEL[VERDICTS[code].level]
        for code in CODES
    ],
    dtype=np.int8,
)
_DIMINUTIVE = int(transliteration.NameLevel.DIMINUTIVE)
_CLOSE = int(transliteration.NameLevel.CLOSE)


class NameComparison(CodedComparison):
    """Grades two spellings of one part of a name.

    An initial that does not fit has a level of its own: an initial weighs one letter, for and against.
    """

    least_agreement = 0.55

    def __init__(self, role: Role) -> None:
        self.role: Role = role
        self.levels = tuple(
            Level(code, sentence, m, tie, tf, stratum, alike=code in _ALIKE)
            for (code, sentence, tie, tf, stratum), m in zip(_LEVELS, _PRIOR_M[role], strict=True)
        )

    def grader(self, values: Values) -> Grader:
        """Return a grader over the name model's table of features, which each spelling enters once."""
        table = store(self.role)
        rows = table.encode(values)
        return remembered(lambda a, b: _LEVEL_OF_VERDICT[codes_of_rows(table, rows[a], rows[b])], len(values))

    def term(self, value: Any) -> str:
        """Return the canonical key: all spellings of one name count as one name."""
        return transliteration.canonical_key(str(value), self.role)


class InitialComparison(Comparison):
    """Grades the first letters of two given names: who gives a child another name often keeps the initial."""

    levels = (
        Level("first_letter_differs", "another first letter", 0.6),
        Level("first_letter_same", "another name with the same first letter", 0.4),
    )

    def grade(self, left: Values, right: Values) -> Levels:
        """Grade by whether some spelling of the one begins as some spelling of the other."""
        first = {value: initials(value, "given") for value in {*left, *right}}
        shared = (bool(set(first[a]) & set(first[b])) for a, b in zip(left, right, strict=True))
        return np.fromiter(shared, dtype=np.int8, count=len(left))


def initials(value: str, role: Role) -> tuple[str, ...]:
    """Return the first letters that a name may have, over all its spellings."""
    return tuple(sorted({key[0] for key in transliteration.canonical_variants(value, role) if key}))


class PersonComparison(CodedComparison):
    """Grades a parent, `(surname, given, patronymic)`, without the surname: the child mostly bears it too."""

    levels = (
        Level("parent_differs", "another first name of the parent", 0.12),
        Level("parent_patronymic_differs", "the parent's first name agrees, the patronymic does not", 0.05),
        Level("parent_given", "the parent's first name agrees", 0.25, tf=True),
        Level("parent_same", "the parent's first name and patronymic agree", 0.58, tf=True),
    )

    def grader(self, values: Values) -> Grader:
        """Return a grader that remembers first names and patronymics apart: persons are many, their names few."""
        given, of_given = _part(values, 1, "given")
        patronymic, of_patronymic = _part(values, 2, "patronymic")

        def grade(left: Codes, right: Codes) -> Levels:
            first = of_given(given[left], given[right])
            second = of_patronymic(patronymic[left], patronymic[right])
            same = second >= _CLOSE
            levels = np.where(first < _CLOSE, 0, np.where(second < 0, 2, np.where(same, 3, 1))).astype(np.int8)
            levels[first < 0] = -1
            return levels

        return grade

    def term(self, value: Any) -> str:
        """Return the canonical given name of the parent."""
        return transliteration.canonical_key(str(value[1]), "given")


class NameSetComparison(Comparison):
    """Grades two lists of given names, as of brothers and sisters: one shared name is evidence, none shared is weak."""

    levels = (
        Level("siblings_differ", "no brother or sister of the same name", 0.25),
        Level("siblings_some", "a brother or sister bears the same name", 0.30, tf=True),
        Level("siblings_all", "all named brothers and sisters agree", 0.45, tf=True),
    )

    def grade(self, left: Values, right: Values) -> Levels:
        """Grade by the share of the shorter list that finds an equal in the longer.

        All names of all pairs are compared in one call, since a call costs more than many names.
        """
        pairs = [(a, b) if len(a) <= len(b) else (b, a) for a, b in zip(left, right, strict=True)]
        few = [name for a, b in pairs for name in a for _ in b]
        many = [name for a, b in pairs for _ in a for name in b]
        equal = transliteration.compare_pairs(few, many, "given") >= _DIMINUTIVE
        widths = np.array([len(b) for a, b in pairs for _ in a], dtype=np.int64)
        found = np.logical_or.reduceat(equal, np.cumsum(widths) - widths)
        sizes = np.array([len(a) for a, _ in pairs], dtype=np.int64)
        hits = np.add.reduceat(found.astype(np.int64), np.cumsum(sizes) - sizes)
        return np.select([hits == sizes, hits > 0], [2, 1], default=0).astype(np.int8)


def _part(values: Values, position: int, role: Role) -> tuple[Codes, Grader]:
    """Return the code of one part of each person's name, and a grader of these codes in `NameLevel`s."""
    part = np.empty(len(values), dtype=object)
    part[:] = [value[position] for value in values]
    codes, distinct = codes_of(part)
    shifted = (codes + 1).astype(np.int32)  # 0 stands for a part that is missing, as '' does in the name model
    texts = ["", *map(str, distinct)]

    def grade(left: Codes, right: Codes) -> Levels:
        return transliteration.compare_pairs([texts[i] for i in left], [texts[i] for i in right], role)

    return shifted, remembered(grade, len(texts))
