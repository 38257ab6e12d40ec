"""Comparison of plain values: categories, identifiers, numbers and free strings of any person data."""

from __future__ import annotations

import numpy as np
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from matching.comparisons.base import CodedComparison, Codes, Comparison, Grader, Level, Levels, Values, remembered
from transliteration.attributes.traits import TraitKind, trait_level


class CategoryComparison(Comparison):
    """Grades two categories, such as sex: equal or not."""

    def __init__(self, m: float = 0.97, *, tf: bool = False) -> None:
        self.levels = (
            Level("value_differs", "the values differ", 1 - m),
            Level("value_same", "the values agree", m, tf=tf),
        )

    def grade(self, left: Values, right: Values) -> Levels:
        """Grade by equality."""
        return np.asarray(left == right, dtype=np.int8)

    def term(self, value: object) -> str:
        """Return the value itself."""
        return str(value)


class TraitComparison(Comparison):
    """Grades two codes of a trait that people call by different words, such as the colour of eyes: weak evidence."""

    levels = (
        Level("trait_differs", "described differently", 0.17),
        Level("trait_near", "neighbouring shades, which two observers may call differently", 0.18),
        Level("trait_same", "the same description", 0.65, tf=True),
    )

    def __init__(self, kind: TraitKind) -> None:
        self.kind: TraitKind = kind

    def grade(self, left: Values, right: Values) -> Levels:
        """Grade codes as `transliteration.attributes.traits.trait_code` gives them."""
        levels = (trait_level(a, b, self.kind) for a, b in zip(left, right, strict=True))
        return np.fromiter(levels, dtype=np.int8, count=len(left))

    def term(self, value: object) -> str:
        """Return the code itself."""
        return str(value)


NONE_NAMED = -1
"""A count where a list would name each one and names none: weaker than a count of 0."""


class CountComparison(CodedComparison):
    """Grades two numbers of the same people, such as brothers and sisters."""

    levels = (
        Level("count_none_named", "one side names none, the other counts some", 0.2, stratum="unnamed"),
        Level("count_none", "one side names none, the other counts none", 0.8, stratum="unnamed"),
        Level("count_differs", "the numbers differ", 0.10, stratum="counted"),
        Level("count_near", "the numbers are one apart", 0.10, stratum="counted"),
        Level("count_same", "the same number", 0.80, stratum="counted"),
    )

    def grader(self, values: Values) -> Grader:
        """Return a grader of whole numbers."""
        numbers = np.array([int(value) for value in values], dtype=np.int32)

        def grade(left: Codes, right: Codes) -> Levels:
            a, b = numbers[left], numbers[right]
            apart, unnamed = np.abs(a - b), (a == NONE_NAMED) | (b == NONE_NAMED)
            counted = np.select([apart == 0, apart == 1], [4, 3], default=2)
            return np.where(unnamed, np.maximum(a, b) <= 0, counted).astype(np.int8)

        return grade


class IdentifierComparison(CodedComparison):
    """Grades two document numbers: equal, one slip apart, or different."""

    levels = (
        Level("number_differs", "two different numbers", 0.04),
        Level("number_slip", "the numbers are one digit or one transposition apart", 0.05),
        Level("number_same", "the same number", 0.91),
    )

    def grader(self, values: Values) -> Grader:
        """Return a grader by optimal string alignment: at most one edit or one swap of neighbours is a slip."""
        texts = np.array([str(value) for value in values], dtype=object)

        def grade(left: Codes, right: Codes) -> Levels:
            distance = cpdist(texts[left], texts[right], scorer=OSA.distance, score_cutoff=1)
            return np.select([distance == 0, distance == 1], [2, 1], default=0).astype(np.int8)

        return remembered(grade, len(texts))


class StringComparison(CodedComparison):
    """Grades two strings of any data by Jaro-Winkler similarity, for specs that know nothing better of a field."""

    levels = (
        Level("string_differs", "two different values", 0.06),
        Level("string_alike", "somewhat alike", 0.05),
        Level("string_close", "nearly the same", 0.09, tf=True),
        Level("string_same", "the same", 0.80, tf=True),
    )

    least_agreement = 0.5

    def __init__(self, *, close: float = 0.92, alike: float = 0.82) -> None:
        self.close, self.alike = close, alike

    def grader(self, values: Values) -> Grader:
        """Return a grader of case-folded strings, each folded once."""
        folded = [str(value).casefold().strip() for value in values]
        numbers = {text: number for number, text in enumerate(dict.fromkeys(folded))}
        texts, number = np.array(folded, dtype=object), np.array([numbers[text] for text in folded], dtype=np.int32)

        def grade(left: Codes, right: Codes) -> Levels:
            score = cpdist(texts[left], texts[right], scorer=JaroWinkler.similarity)
            same = number[left] == number[right]
            return np.select([same, score >= self.close, score >= self.alike], [3, 2, 1], default=0).astype(np.int8)

        return remembered(grade, len(texts))

    def term(self, value: object) -> str:
        """Return the case-folded value."""
        return str(value).casefold().strip()
