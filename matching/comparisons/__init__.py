"""Graded comparisons, by kind of field."""

from __future__ import annotations

from collections.abc import Callable

from matching.comparisons.base import ABSENT, IMPLIED, Comparison, Level, Levels, Values
from matching.comparisons.dates import DateComparison
from matching.comparisons.names import InitialComparison, NameComparison, NameSetComparison, PersonComparison
from matching.comparisons.parts import CodeComparison, DatePartComparison, NumberComparison, TextsComparison
from matching.comparisons.places import InstitutionComparison, PlaceComparison
from matching.comparisons.values import (
    CategoryComparison,
    CountComparison,
    IdentifierComparison,
    StringComparison,
    TraitComparison,
)

KINDS: dict[str, Callable[[], Comparison]] = {
    "surname": lambda: NameComparison("surname"),
    "given": lambda: NameComparison("given"),
    "patronymic": lambda: NameComparison("patronymic"),
    "parent": PersonComparison,
    "siblings": NameSetComparison,
    "date": DateComparison,
    "place": PlaceComparison,
    "institution": InstitutionComparison,
    "category": CategoryComparison,
    "eyes": lambda: TraitComparison("eyes"),
    "hair": lambda: TraitComparison("hair"),
    "health": lambda: TraitComparison("health"),
    "identifier": IdentifierComparison,
    "code": CodeComparison,
    "initial": InitialComparison,
    "count": CountComparison,
    "string": StringComparison,
    "texts": TextsComparison,
    "number": NumberComparison,
    "date_year": lambda: DatePartComparison("year"),
    "date_month": lambda: DatePartComparison("month"),
    "date_day": lambda: DatePartComparison("day"),
}
"""The kinds that a linkage spec may name, each with what makes its comparison."""

__all__ = ["ABSENT", "IMPLIED", "KINDS", "Comparison", "Level", "Levels", "Values"]
