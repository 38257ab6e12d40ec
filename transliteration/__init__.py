"""What a written name, date or place can mean: pure functions from strings to values.

Names are loaded on first use, so that importing the package stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transliteration.base_forms import nominative
    from transliteration.candidates import cyrillic_candidates
    from transliteration.comparison import compare
    from transliteration.damage import Repaired, repair
    from transliteration.features import is_initial
    from transliteration.full_names import FullNameComparison, FullNameIndex, compare_full_names
    from transliteration.given import given_classes
    from transliteration.keys import (
        canonical_key,
        canonical_keys,
        canonical_variants,
        phonetic_key,
        phonetic_keys,
        slip_keys,
    )
    from transliteration.levels import NameComparison, NameLevel, Role
    from transliteration.pairs import compare_pairs
    from transliteration.parse import ParsedName, parse_name
    from transliteration.patronymic import given_of_patronymic, patronymics_of
    from transliteration.romanisation import romanisations, romanise
    from transliteration.sex import sex_of_name

_HOMES = {
    "cyrillic_candidates": "candidates",
    "compare": "comparison",
    "FullNameComparison": "full_names",
    "FullNameIndex": "full_names",
    "compare_full_names": "full_names",
    "is_initial": "features",
    "given_classes": "given",
    "canonical_key": "keys",
    "canonical_keys": "keys",
    "canonical_variants": "keys",
    "phonetic_key": "keys",
    "phonetic_keys": "keys",
    "slip_keys": "keys",
    "NameComparison": "levels",
    "NameLevel": "levels",
    "Role": "levels",
    "nominative": "base_forms",
    "compare_pairs": "pairs",
    "ParsedName": "parse",
    "parse_name": "parse",
    "given_of_patronymic": "patronymic",
    "patronymics_of": "patronymic",
    "Repaired": "damage",
    "repair": "damage",
    "romanisations": "romanisation",
    "romanise": "romanisation",
    "sex_of_name": "sex",
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
    "NameComparison",
    "NameLevel",
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
