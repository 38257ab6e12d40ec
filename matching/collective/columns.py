"""Columns as whole numbers that collective evidence counts by: a name of a family, an origin, a region."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.comparisons import KINDS
from matching.spec import LinkageSpec
from matching.vectors.records import Column, Table
from transliteration.places.compare import place_ancestors

Codes = npt.NDArray[np.int64]


_NAMELESS = "|||"
"""How the term of an institution begins of which neither kind nor number nor name is known."""


def names_of(spec: LinkageSpec, table: Table, field: str) -> Codes:
    """Return a number for the name of each record, one for all spellings of a name; -1 where none is known."""
    kind = spec.kinds.get(field)
    texts = [KINDS[kind]().term(value) if kind else str(value) for value in table.columns[field].values]
    return _numbered(table.columns[field], [(text,) if text else () for text in texts])


def places_of(spec: LinkageSpec, table: Table, field: str) -> tuple[Codes, list[str]]:
    """Return a number for the place or institution of each record, -1 where none is known, and what each number means.

    Of the several places that a written one may mean, the one that most records may mean is taken.
    """
    column = table.columns[field]
    return _numbered_and_named(column, [place_atoms(spec, field, value) for value in column.values])


def place_atoms(spec: LinkageSpec, field: str, value: Any) -> tuple[str, ...]:
    """Return what a value of places or of an institution may mean; nothing where it names none."""
    if spec.kinds.get(field) != "institution":
        return _ids(value)
    text = KINDS["institution"]().term(value)
    return () if text.startswith(_NAMELESS) else (text,)


def regions_of(table: Table, field: str) -> tuple[Codes, list[str]]:
    """Return a number for the region of each record, -1 where none or several may be meant, and the regions' ids."""
    column = table.columns[field]
    regions = [frozenset(_region(place) for place in _ids(value)) for value in column.values]
    names = sorted({next(iter(region)) for region in regions if len(region) == 1 and next(iter(region))})
    number = {name: place for place, name in enumerate(names)}
    of_value = [number.get(next(iter(region)), -1) if len(region) == 1 else -1 for region in regions]
    return _spread(column, of_value), names


def _ids(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, tuple | list | frozenset) else (str(value),)


def _region(place: str) -> str:
    """Return the region that a place lies in, or is; the place itself where nothing is known of it."""
    around = place_ancestors(place)
    return around[-2] if len(around) > 1 else place


def _numbered(column: Column, atoms: Sequence[Sequence[str]]) -> Codes:
    return _numbered_and_named(column, atoms)[0]


def _numbered_and_named(column: Column, atoms: Sequence[Sequence[str]]) -> tuple[Codes, list[str]]:
    uses = np.bincount(column.codes[column.codes >= 0], minlength=len(atoms)).tolist()
    common: Counter[str] = Counter()
    for keys, used in zip(atoms, uses, strict=True):
        common.update(dict.fromkeys(keys, used))
    best = [min(keys, key=lambda key: (-common[key], key)) if keys else "" for keys in atoms]
    names = sorted({key for key in best if key})
    number = {key: place for place, key in enumerate(names)}
    return _spread(column, [number.get(key, -1) for key in best]), names


def _spread(column: Column, of_value: Sequence[int]) -> Codes:
    return np.append(np.array(of_value, dtype=np.int64), -1)[column.codes]
