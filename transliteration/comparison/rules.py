"""The rules by which two names of one role agree, in their order: the first that holds decides.

They stand here once. Each asks questions of a pair (`PairOfNames`), which one pair answers with a bool and a million
pairs answer with an array: `transliteration.comparison.scalar` and `.vectorised` only run them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from transliteration.comparison.levels import NameLevel, NameVerdict

Flag = Literal["absent", "cyrillic", "initial", "known"]
"""What may be true of a name; `known`: a table of given names has it, as a name or as its short form."""

Column = Literal["letters", "formal", "diminutive", "known", "oblique", "short_oblique", "readings", "whole", "parts"]
"""What a name has several of, as `transliteration.names.features.NameFeatures` describes them; known: formal or
diminutive."""

Answer = Any
"""A bool for one pair of names, an array of bool for many."""


class PairOfNames(Protocol):
    """One pair of names, or many at once: the questions that rules ask."""

    def either(self, flag: Flag) -> Answer:
        """Whether the flag is true of one of the two names."""

    def both(self, flag: Flag) -> Answer:
        """Whether the flag is true of both names."""

    def same_spelling(self) -> Answer:
        """Whether both are spelt the same, but for case, apostrophes and the dots of ё."""

    def share(self, left: Column, right: Column) -> Answer:
        """Whether something of the left name's column is in the right name's."""


Question = Callable[[PairOfNames], Answer]


@dataclass(frozen=True)
class Rule:
    """One rule: pairs for which it holds get its code, and those of them that `where` holds for get `instead`."""

    holds: Question
    code: str
    where: Question | None = None
    instead: str = ""


_VERDICTS = (
    ("absent", NameLevel.ABSENT, "one of the two names is not given"),
    ("identical", NameLevel.IDENTICAL, "the same spelling"),
    ("other_language", NameLevel.OTHER_LANGUAGE, "Ukrainian and Russian form of one name"),
    ("other_form", NameLevel.OTHER_LANGUAGE, "another gender or case form of one name"),
    ("romanisation", NameLevel.ROMANISATION, "another Latin spelling of one name"),
    ("romanised_form", NameLevel.ROMANISATION, "another Latin spelling of a case form of one name"),
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
VERDICTS = {code: NameVerdict(level, code, sentence) for code, level, sentence in _VERDICTS}
CODES = tuple(VERDICTS)


def _shared(column: Column) -> Question:
    return lambda pair: pair.share(column, column)


def _shared_across(one: Column, other: Column) -> Question:
    return lambda pair: pair.share(one, other) | pair.share(other, one)


def _both_cyrillic(pair: PairOfNames) -> Answer:
    return pair.both("cyrillic")


def _both_known(pair: PairOfNames) -> Answer:
    return pair.both("known")


RULES = (
    Rule(lambda pair: pair.either("absent"), "absent"),
    # An initial weighs one letter, for and against: nothing below is asked of it.
    Rule(
        lambda pair: pair.either("initial"),
        "initial_differs",
        lambda pair: pair.same_spelling() | pair.share("letters", "letters"),
        "initial",
    ),
    Rule(lambda pair: pair.same_spelling(), "identical"),
    Rule(_shared("formal"), "romanisation", _both_cyrillic, "other_language"),
    # Юля sounds like Юлія, and is its diminutive all the same.
    Rule(_shared_across("formal", "diminutive"), "diminutive"),
    Rule(_shared("readings"), "romanisation", _both_cyrillic, "other_language"),
    Rule(_shared("diminutive"), "diminutive"),
    Rule(_shared("whole"), "romanisation", _both_cyrillic, "other_form"),
    Rule(lambda pair: _both_known(pair) & _shared_across("known", "oblique")(pair), "case_or_other"),
    Rule(_shared_across("known", "oblique"), "romanised_form", _both_cyrillic, "other_form"),
    # A case form of a diminutive is no better than the diminutive.
    Rule(_shared_across("known", "short_oblique"), "diminutive", _both_known, "case_or_other"),
    Rule(_shared_across("parts", "whole"), "part"),
    Rule(_shared("parts"), "part"),
    # Two names of the tables that have come so far are two names, however alike: Олена and Олеся are no slip.
    Rule(_both_known, "other_known_name"),
)

OTHERWISE = "different"
"""The code of pairs for which no rule holds and whose spellings are neither a slip apart nor close."""

FARTHEST = 2
"""Edits beyond which two spellings need no measuring."""

_MIN_SLIP_LENGTH = 4  # in three letters one edit makes another name as often as a slip
_MIN_CLOSE_LENGTH = 7


def is_slip(edits: Answer, longest: Answer) -> Answer:
    """Whether spellings so many edits apart, the longer one so long, are one slip apart."""
    return (edits <= 1) & (longest >= _MIN_SLIP_LENGTH)


def is_close(edits: Answer, longest: Answer) -> Answer:
    """Whether they are close: one edit in a short name, or two in a long one."""
    return (edits <= 1) | ((edits <= FARTHEST) & (longest >= _MIN_CLOSE_LENGTH))
