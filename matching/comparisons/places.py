"""Comparison of places as sets: a written place may mean several, and a town lies in a region."""

from __future__ import annotations

import numpy as np

from matching.comparisons.base import CodedComparison, Comparison, Grader, Level, Levels, Values, remembered
from transliteration import places
from transliteration.places import institutions


class PlaceComparison(Comparison):
    """Grades two sets of place identifiers, as `transliteration.places.compare.place_ids` gives them."""

    levels = (
        Level("place_differs", "two places far apart", 0.14),
        Level("place_same_region", "two places of one region", 0.10),
        Level("place_within", "one place lies in the other", 0.20),
        Level("place_ambiguous", "one of several places that bear the name", 0.06, tf=True),
        Level("place_same", "the same place", 0.50, tf=True),
    )

    def grade(self, left: Values, right: Values) -> Levels:
        """Grade sets given as tuples of identifiers."""
        return places.compare_place_sets(list(left), list(right)).astype(np.int8)

    def term(self, value: object) -> str:
        """Return the set itself as one term."""
        return "|".join(sorted(map(str, value))) if isinstance(value, tuple | list | frozenset) else str(value)


class InstitutionComparison(CodedComparison):
    """Grades two institutions by kind, number and place, in whichever language they are written."""

    levels = (
        Level("institution_differs", "two institutions in different places", 0.12),
        Level("institution_same_place", "two institutions of one place", 0.08),
        Level("institution_compatible", "what both sides say of the institution fits", 0.15),
        Level("institution_alike", "institutions of one kind in one place, number or name unknown", 0.25),
        Level("institution_same", "the same institution", 0.40, tf=True),
    )

    def grader(self, values: Values) -> Grader:
        """Return a grader over what the written names say, each read once."""
        table = institutions.InstitutionTable([institutions.institution_key(str(value)) for value in values])
        return remembered(table.levels, len(values))

    def term(self, value: object) -> str:
        """Return kind, number and name as one term."""
        key = institutions.institution_key(str(value))
        return f"{key.kind}|{key.number}|{key.name}|{'|'.join(sorted(key.place_ids))}"
