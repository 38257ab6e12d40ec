"""Who belongs together within a side: records of one family name that share a place."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.collective.columns import Codes, names_of, places_of
from matching.engine.clusters import components
from matching.spec import LinkageSpec
from matching.spec.collective_spec import KinSpec
from matching.vectors.records import Rows, Table


class Families:
    """The families of a table.

    Seeking records of several lists may be of one family; found records belong together within one list alone, since
    a name in another list may be the same child. What pairs say of two records never makes them a family.

    Args:
        spec: The linkage spec, with a `kin` part.
        table: The records.

    Attributes:
        seeking: A number for the family of each record, unique where it has none, `(records,)`.
        found: The same for companions within one list.
    """

    def __init__(self, spec: LinkageSpec, table: Table) -> None:
        kin = spec.collective.kin if spec.collective else None
        everybody = np.arange(len(table), dtype=np.int64)
        if kin is None:
            self.seeking = self.found = everybody
            return
        name = _together([names_of(spec, table, field) for field in kin.family])
        places = [places_of(spec, table, field)[0] for field in kin.places]
        self.seeking = _components(kin, np.where(table.seeks, name, -1), places)
        self.found = _components(kin, _together([name, table.source.astype(np.int64)]), places)


class Members:
    """The records of each group, as positions in one list.

    Args:
        group: Number of each record's group, `(records,)`.
    """

    def __init__(self, group: Codes) -> None:
        self._group = group
        self._order = np.argsort(group, kind="stable")
        sorted_groups = group[self._order]
        self._start = np.searchsorted(sorted_groups, group, "left")
        self.count: Codes = (np.searchsorted(sorted_groups, group, "right") - self._start).astype(np.int64)

    def pairs(self, rows: Rows) -> tuple[npt.NDArray[np.int64], Rows]:
        """Return `(positions in rows, others)`: each row with the other members of its group."""
        count = self.count[rows]
        at = np.repeat(np.arange(len(rows)), count)
        within = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count)
        others = self._order[self._start[rows][at] + within].astype(np.int32)
        kept = others != rows[at]
        return at[kept], others[kept]


def _together(codes: list[Codes]) -> Codes:
    """Return one number for several, -1 where one of them is unknown."""
    out = codes[0].copy()
    for other in codes[1:]:
        known = (out >= 0) & (other >= 0)
        pair = out * (int(other.max(initial=0)) + 1) + other
        out = np.full(len(out), -1, dtype=np.int64)
        out[known] = pd.factorize(pair[known], sort=True)[0]
    return out


def _components(kin: KinSpec, name: Codes, places: list[Codes]) -> Codes:
    """Return a number for each group of records that share the name and a place, directly or through each other."""
    count = len(name)
    links: list[tuple[Codes, Codes]] = []
    placeless = np.ones(count, dtype=bool)
    for place in places:
        links.append(_links(_together([name, place])))
        placeless &= place < 0
    links.append(_links(np.where(placeless, name, -1)))
    left, right = (np.concatenate(side) for side in zip(*links, strict=True))
    group: Codes = components(left, right, count)
    # A group of too many is a common name in a large town, and no family.
    large = np.bincount(group)[group] > kin.largest
    group[large] = int(group.max(initial=0)) + 1 + np.flatnonzero(large)
    return group


def _links(key: Codes) -> tuple[Codes, Codes]:
    """Return pairs of neighbouring records of one key, which connect all records of it."""
    rows = np.flatnonzero(key >= 0)
    rows = rows[np.argsort(key[rows], kind="stable")]
    same = key[rows[1:]] == key[rows[:-1]]
    return rows[:-1][same], rows[1:][same]
