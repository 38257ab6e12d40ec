"""Comparison of parts and numbers: year, month and day on their own, long codes, quantities, texts in any order."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from matching.comparisons.base import CodedComparison, Codes, Grader, Level, Levels, Values, remembered
from matching.comparisons.dates import interval

Part = Literal["year", "month", "day"]

_CLOSE = 0.92


def date_part(value: Any, part: Part) -> str:
    """Return one part of a date as digits, '' where the date does not say it.

    Args:
        value: An interval `YYYY-MM-DD/YYYY-MM-DD`, an ISO date, or the part itself as a number.
        part: Which part.

    Raises:
        ValueError: the value is neither.
    """
    text = str(value)
    if text.replace(".0", "").isdigit():
        return text.replace(".0", "").zfill(4 if part == "year" else 2)
    first, last = (date.fromordinal(day) for day in interval(text))
    if first.year != last.year or (part != "year" and first.month != last.month):
        return ""
    if part == "day":
        return f"{first.day:02}" if first == last else ""
    return f"{first.year:04}" if part == "year" else f"{first.month:02}"


class DatePartComparison(CodedComparison):
    """Grades one part of two dates: a slip in the year is another slip than one in the day, and years have a rarity."""

    levels = (
        Level("part_differs", "another year, month or day", 0.04),
        Level("part_slip", "one digit apart, or two digits swapped", 0.04),
        Level("part_same", "the same year, month or day", 0.92, tf=True),
    )

    def __init__(self, part: Part) -> None:
        self.part: Part = part

    def grader(self, values: Values) -> Grader:
        """Return a grader of digits by optimal string alignment."""
        texts = np.array([date_part(value, self.part) for value in values], dtype=object)

        def grade(left: Codes, right: Codes) -> Levels:
            a, b = texts[left], texts[right]
            distance = cpdist(a, b, scorer=OSA.distance, score_cutoff=1)
            levels = np.select([distance == 0, distance == 1], [2, 1], default=0).astype(np.int8)
            levels[(a == "") | (b == "")] = -1
            return levels

        return remembered(grade, len(texts))

    def term(self, value: Any) -> str:
        """Return the digits."""
        return date_part(value, self.part)


class CodeComparison(CodedComparison):
    """Grades two long codes, such as a telephone or insurance number, in which two slips still say something."""

    levels = (
        Level("code_differs", "two different codes", 0.04),
        Level("code_two_slips", "the codes are two slips apart", 0.02),
        Level("code_slip", "the codes are one sign or one transposition apart", 0.05),
        Level("code_same", "the same code", 0.89),
    )

    def grader(self, values: Values) -> Grader:
        """Return a grader by optimal string alignment; two slips count where they leave two thirds of the code."""
        texts = np.array([str(value).strip() for value in values], dtype=object)
        lengths = np.array([len(text) for text in texts], dtype=np.int64)

        def grade(left: Codes, right: Codes) -> Levels:
            distance = cpdist(texts[left], texts[right], scorer=OSA.distance, score_cutoff=2)
            long = np.minimum(lengths[left], lengths[right]) >= 6
            cases = [distance == 0, distance == 1, (distance == 2) & long]
            return np.select(cases, [3, 2, 1], default=0).astype(np.int8)

        return remembered(grade, len(texts))


class NumberComparison(CodedComparison):
    """Grades two quantities, such as an age, a height or an income."""

    levels = (
        Level("quantity_differs", "the numbers are far apart", 0.06),
        Level("quantity_near", "the numbers are within a tenth", 0.06),
        Level("quantity_close", "the numbers are one or two in a hundred apart", 0.13),
        Level("quantity_same", "the same number", 0.75, tf=True),
    )

    def grader(self, values: Values) -> Grader:
        """Return a grader of what the values say as numbers."""
        numbers = np.array([_number(value) for value in values], dtype=np.float64)

        def grade(left: Codes, right: Codes) -> Levels:
            a, b = numbers[left], numbers[right]
            gap, size = np.abs(a - b), np.maximum(np.abs(a), np.abs(b))
            close, near = gap <= np.maximum(1.0, 0.02 * size), gap <= 0.1 * size
            return np.select([gap == 0, close, near], [3, 2, 1], default=0).astype(np.int8)

        return grade

    def term(self, value: Any) -> str:
        """Return the number itself."""
        return f"{_number(value):g}"


class TextsComparison(CodedComparison):
    """Grades two small sets of texts, such as the first names of both parents, in whichever order they stand."""

    levels = (
        Level("texts_differ", "none of the texts agrees", 0.12),
        Level("texts_close", "one of the texts is nearly the same", 0.08),
        Level("texts_some", "one of the texts is the same", 0.25, tf=True),
        Level("texts_all", "all texts that both sides know are the same, in any order", 0.55, tf=True),
    )

    def grader(self, values: Values) -> Grader:
        """Return a grader over tuples of texts, each text read once."""
        known: dict[str, int] = {}
        sets = [dict.fromkeys(known.setdefault(text, len(known)) for text in texts_of(value)) for value in values]
        width = max(map(len, sets), default=1)
        codes = np.full((len(sets), max(width, 1)), -1, dtype=np.int32)
        for row, found in zip(codes, sets, strict=True):
            row[: len(found)] = list(found)
        texts, size = np.array([*known, ""], dtype=object), (codes >= 0).sum(axis=1)

        def grade(left: Codes, right: Codes) -> Levels:
            shared, close = np.zeros(len(left), dtype=np.int64), np.zeros(len(left), dtype=bool)
            for i in range(codes.shape[1]):
                for j in range(codes.shape[1]):
                    a, b = codes[left, i], codes[right, j]
                    both = (a >= 0) & (b >= 0)
                    shared += both & (a == b)
                    close |= both & (_alike(texts[a], texts[b]) >= _CLOSE)
            smaller = np.minimum(size[left], size[right])
            levels = np.select([shared >= smaller, shared > 0, close], [3, 2, 1], default=0).astype(np.int8)
            levels[smaller == 0] = -1
            return levels

        return remembered(grade, len(values))

    def term(self, value: Any) -> str:
        """Return the texts in alphabetical order."""
        return "|".join(sorted(texts_of(value)))


def texts_of(value: Any) -> tuple[str, ...]:
    """Return the texts of a set, case-folded; one text is a set of one."""
    parts = (value,) if isinstance(value, str) else tuple(value)
    return tuple(text for part in parts if part is not None and (text := str(part).casefold().strip()))


def _alike(left: Values, right: Values) -> npt.NDArray[np.float64]:
    return np.asarray(cpdist(left, right, scorer=JaroWinkler.similarity, score_cutoff=_CLOSE), dtype=np.float64)


def _number(value: Any) -> float:
    return float(str(value).replace(",", ".").strip())
