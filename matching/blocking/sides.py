"""Which records are paired with which: those who seek with those found, rows of one list, lists that the spec names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from matching.spec import LinkageSpec
from matching.vectors.records import Rows, Table

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Sides:
    """Rows on the left and on the right of pairs, and which of these pairs are meant.

    Attributes:
        left, right: Rows of the table.
        kind: `across` pairs who seek with who may be found, `within` the rows of one list with one another, `between`
            lists of two classes that the spec names.
        twice: Whether the left row of a pair may be the higher one, as a new row of a list beside an old one, and is
            turned then.
    """

    left: Rows
    right: Rows
    kind: Literal["across", "within", "between"]
    twice: bool = False

    def meant(self, table: Table, left: Rows, right: Rows) -> Mask:
        """Return which pairs of these sides are meant: of two lists, or of one, and never the mirrored twin."""
        if self.kind == "within":
            return np.asarray(left < right if not self.twice else left != right, dtype=bool)
        source = table.source
        apart = source[left] != source[right]
        if self.kind == "across":
            mirrored = table.both[left] & table.both[right] & (source[left] > source[right])
            return np.asarray(apart & ~mirrored, dtype=bool)
        same_class = table.source_class[left] == table.source_class[right]
        mirrored = same_class & (source[left] > source[right])
        return np.asarray(apart & ~table.asked(left, right) & ~mirrored, dtype=bool)


def all_sides(spec: LinkageSpec, table: Table) -> Iterator[Sides]:
    """Yield the sides of a run over all records."""
    yield Sides(table.seeking, table.found, "across")
    for rows in lists_within(spec, table):
        yield Sides(rows, rows, "within")
    for left, right in _classes(spec, table):
        yield Sides(left, right, "between")


def new_sides(spec: LinkageSpec, table: Table, new: Rows) -> Iterator[Sides]:
    """Yield the sides of a delta: pairs of which at least one row is new."""
    across = [(table.seeking, table.found, "across")]
    between = [(left, right, "between") for left, right in _classes(spec, table)]
    for left, right, kind in [*across, *between]:
        yield Sides(np.intersect1d(left, new), right, kind)  # type: ignore[arg-type]
        yield Sides(np.setdiff1d(left, new), np.intersect1d(right, new), kind)  # type: ignore[arg-type]
    for rows in lists_within(spec, table):
        added = np.intersect1d(rows, new)
        yield Sides(added, np.setdiff1d(rows, new), "within", twice=True)
        yield Sides(added, added, "within")  # one array twice: its pairs are of one list, and counted once


def lists_within(spec: LinkageSpec, table: Table) -> Iterator[Rows]:
    """Yield the rows of each list that is searched for persons who stand in it twice."""
    for number, name in enumerate(table.sources):
        if spec.searches_within(table.classes[name]):
            yield np.flatnonzero(table.source == number).astype(np.int32)


def rows_beside(spec: LinkageSpec, table: Table) -> Rows:
    """Return the rows that take part in pairs beside those of who seek with who may be found, on either side."""
    parts = [*lists_within(spec, table), *(rows for pair in _classes(spec, table) for rows in pair)]
    return np.unique(np.concatenate([np.zeros(0, dtype=np.int32), *parts])).astype(np.int32)


def _classes(spec: LinkageSpec, table: Table) -> Iterator[tuple[Rows, Rows]]:
    for left, right in dict.fromkeys(spec.between):
        yield tuple(np.flatnonzero(table.source_class == name).astype(np.int32) for name in (left, right))  # type: ignore[misc]
