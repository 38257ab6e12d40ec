"""The Ukrainian to Russian name dictionaries of `names_translator` (MIT), loaded on first use."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from names_translator.dicts import NameDicts


@cache
def dictionary() -> NameDicts:
    """Return the shared dictionaries; pools `first`, `patronymic`, `last`: Ukrainian name to ranked Russian forms."""
    from names_translator.dicts import default_dicts

    return default_dicts()
