"""A delta: new records linked against all known ones, without reading or scoring again what was linked before."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from matching.model.frequencies import TermCounts


@dataclass(frozen=True)
class Delta:
    """What is new, and what a run must know of the records that are not at hand.

    Attributes:
        new: Ids of the new records; only pairs with one of them are compared.
        terms: How common the terms of each field are among all records.
        sizes: Records of each source.
        rivals: Pairs of earlier runs that compete with the new ones, as `left`, `right`, `weight`; they are not
            scored again.
    """

    new: Collection[Any]
    terms: Mapping[str, TermCounts] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    rivals: pd.DataFrame | None = None
