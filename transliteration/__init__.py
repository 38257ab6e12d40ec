"""What a written name, date or place can mean: pure functions from strings to values.

Names are loaded on first use, so that importing the package stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transliteration.comparison import compare
    from transliteration.comparison.full_names import FullNameComparison, FullNameIndex, compare_full_names
    from transliteration.comparison.levels import NameLevel, NameVerdict
    from transliteration.comparison.vectorised import compare_pairs
    from transliteration.names.cyrillic_candidates import cyrillic_candidates
    from transliteration.names.features import is_initial
    from transliteration.names.given import given_classes
    from transliteration.names.keys import (
        canonical_key,
        canonical_keys,
        canonical_variants,
        phonetic_key,
        phonetic_keys,
        slip_keys,
    )
    from transliteration.names.nominative import nominative
    from transliteration.names.parse import ParsedName, parse_name
    from transliteration.names.patronymic import given_of_patronymic, patronymics_of
    from transliteration.names.roles import Role
    from transliteration.names.sex import sex_of_name
    from transliteration.spelling.romanisation import romanisations, romanise
    from transliteration.text.repair import Repaired, repair

_HOMES = {
    "cyrillic_candidates": "names.cyrillic_candidates",
    "compare": "comparison.scalar",
    "FullNameComparison": "comparison.full_names",
    "FullNameIndex": "comparison.full_names",
    "compare_full_names": "comparison.full_names",
    "is_initial": "names.features",
    "given_classes": "names.given",
    "canonical_key": "names.keys",
    "canonical_keys": "names.keys",
    "canonical_variants": "names.keys",
    "phonetic_key": "names.keys",
    "phonetic_keys": "names.keys",
    "slip_keys": "names.keys",
    "NameVerdict": "comparison.levels",
    "NameLevel": "comparison.levels",
    "Role": "names.roles",
    "nominative": "names.nominative",
    "compare_pairs": "comparison.vectorised",
    "ParsedName": "names.parse",
    "parse_name": "names.parse",
    "given_of_patronymic": "names.patronymic",
    "patronymics_of": "names.patronymic",
    "Repaired": "text.repair",
    "repair": "text.repair",
    "romanisations": "spelling.romanisation",
    "romanise": "spelling.romanisation",
    "sex_of_name": "names.sex",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its module on first use."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'transliteration' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"transliteration.{home}"), name)
    return value


__all__ = [
    "FullNameComparison",
    "FullNameIndex",
    "NameLevel",
    "NameVerdict",
    "ParsedName",
    "Repaired",
    "Role",
    "canonical_key",
    "canonical_keys",
    "canonical_variants",
    "compare",
    "compare_full_names",
    "compare_pairs",
    "cyrillic_candidates",
    "given_classes",
    "given_of_patronymic",
    "is_initial",
    "nominative",
    "parse_name",
    "patronymics_of",
    "phonetic_key",
    "phonetic_keys",
    "repair",
    "romanisations",
    "romanise",
    "sex_of_name",
    "slip_keys",
]
