"""Records as the engine holds them: each field as whole numbers into its distinct values, encoded once for a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.comparisons.base import Values, codes_of, is_missing
from matching.errors import FrameError
from matching.spec import LinkageSpec

Rows = npt.NDArray[np.int32]

REQUIRED = ("record_id", "source", "source_class", "side")
SEEKING, FOUND = ("seeking", "both"), ("found", "both")


@dataclass(frozen=True)
class Column:
    """One field of all records.

    Attributes:
        codes: Position in `values` of each record, -1 where nothing is known, `(records,)`.
        values: The distinct values.
    """

    codes: Rows
    values: Values

    def __getitem__(self, rows: Rows) -> Rows:
        return self.codes[rows]


class Table:
    """The records of a run.

    Args:
        records: One row per record with `record_id`, `source`, `source_class`, `side` (seeking, found, both) and
            fields; a field without a column is one that nobody knows.
        fields: The fields to hold; as a mapping, with the columns that each reads.

    Attributes:
        record_id: Ids, `(records,)`.
        sources: Names of the sources in alphabetical order; `source` holds positions in it.
        classes: Source class by name of the source.
        seeking: Records that are sought, as rows.
        found: Records in which they may be found, as rows.
        seeks, is_found, both: Whether a record is sought, may be found, or is on both sides, `(records,)`.
        source_class: Source class of each record, `(records,)`.
        columns: The fields.

    Raises:
        FrameError: when a required column is missing, record ids repeat, or no field has any value.
    """

    def __init__(self, records: pd.DataFrame, fields: Iterable[str] | Mapping[str, tuple[str, ...]]) -> None:
        _check(records)
        read = fields if isinstance(fields, Mapping) else {name: (name,) for name in fields}
        self.record_id: npt.NDArray[np.object_] = records["record_id"].to_numpy()
        codes, sources = pd.factorize(records["source"], sort=True)
        self.source, self.sources = codes.astype(np.int32), tuple(sources)
        self.classes: dict[str, str] = dict(
            records[["source", "source_class"]].drop_duplicates().itertuples(index=False)
        )
        side = records["side"]
        self.seeks, self.is_found = side.isin(SEEKING).to_numpy(), side.isin(FOUND).to_numpy()
        self.seeking, self.found = _rows(self.seeks), _rows(self.is_found)
        self.both = (side == "both").to_numpy()
        self.source_class: npt.NDArray[np.object_] = records["source_class"].to_numpy(dtype=object)
        self.columns = {name: _column(records, columns) for name, columns in read.items()}
        if len(records) and all(name in self.empty for name in self.columns):
            raise FrameError("no field has a value in any record", where="records", mend="Normalise the lists first")

    def __len__(self) -> int:
        return len(self.record_id)

    @cached_property
    def empty(self) -> tuple[str, ...]:
        """Fields that are unknown in every record, which say nothing in this run."""
        return tuple(name for name, column in self.columns.items() if not len(column.values))

    @cached_property
    def rank(self) -> npt.NDArray[np.int64]:
        """Place of each record in the order of the ids, `(records,)`."""
        rank = np.empty(len(self), dtype=np.int64)
        rank[np.argsort(self.record_id, kind="stable")] = np.arange(len(self))
        return rank

    @classmethod
    def of(cls, spec: LinkageSpec, records: pd.DataFrame) -> Table:
        """Return records as a spec reads them."""
        table = cls(records, spec.columns)
        for name, field in spec.fields.items():
            for source_class, value in field.empty_by_class.items():
                said = (records["source_class"] == source_class).to_numpy()
                table.columns[name] = _filled(table.columns[name], said, value)
        return table

    def with_column(self, name: str, column: Column) -> Table:
        """Return this table with one more column."""
        other = copy(self)
        other.columns = {**self.columns, name: column}
        return other

    def rows_of(self, record_ids: Iterable[object]) -> Rows:
        """Return the rows of records that are here, in the order of the table."""
        return _rows(pd.Series(self.record_id).isin(list(record_ids)).to_numpy())

    def asked(self, left: Rows, right: Rows) -> npt.NDArray[np.bool_]:
        """Return which pairs of rows are of two lists of which one seeks whom the other may hold, `(pairs,)`.

        All others are listed twice, if they are one person: nobody is found by them.
        """
        seeks, found, source = self.seeks, self.is_found, self.source
        return np.asarray(
            (source[left] != source[right]) & (seeks[left] & found[right] | seeks[right] & found[left]), dtype=bool
        )

    def pair_of_sources(self, left: Rows, right: Rows) -> npt.NDArray[np.int64]:
        """Return a number for the pair of sources that each pair of rows belongs to."""
        return self.source[left].astype(np.int64) * len(self.sources) + self.source[right]

    @property
    def pairs_of_sources(self) -> int:
        """How many numbers `pair_of_sources` may give."""
        return len(self.sources) ** 2

    def sources_of_pair(self, pair_of_sources: int) -> tuple[int, int]:
        """Return the two sources, as positions in `sources`, of a number given by `pair_of_sources`."""
        return divmod(pair_of_sources, len(self.sources))

    def names(self, pair_of_sources: int) -> tuple[str, str]:
        """Return the names of the two sources of a number given by `pair_of_sources`."""
        left, right = self.sources_of_pair(pair_of_sources)
        return self.sources[left], self.sources[right]


def _rows(mask: npt.NDArray[np.bool_]) -> Rows:
    return np.flatnonzero(mask).astype(np.int32)


def _column(records: pd.DataFrame, columns: tuple[str, ...]) -> Column:
    known = [name for name in columns if name in records]
    if not known:
        return Column(np.full(len(records), -1, dtype=np.int32), np.empty(0, dtype=object))
    cells = records[known[0]].to_numpy(dtype=object)
    if len(columns) > 1:
        parts = zip(*(records[name] for name in known), strict=True)
        cells = np.empty(len(records), dtype=object)
        cells[:] = [tuple(part for part in row if not is_missing(part)) for row in parts]
    codes, values = codes_of(cells)
    return Column(codes.astype(np.int32), values)


def _filled(column: Column, rows: npt.NDArray[np.bool_], value: object) -> Column:
    """Return the column with a value of its own where these rows say nothing."""
    values = np.empty(len(column.values) + 1, dtype=object)
    values[:-1], values[-1] = column.values, value
    codes = np.where(rows & (column.codes < 0), len(column.values), column.codes).astype(np.int32)
    return Column(codes, values)


def _check(records: pd.DataFrame) -> None:
    for column in REQUIRED:
        if column not in records:
            raise FrameError(
                f"the column '{column}' is missing",
                where="records",
                mend=f"Give {', '.join(REQUIRED)} and the spec's fields",
            )
    if (repeated := records["record_id"].duplicated()).any():
        raise FrameError(
            f"{int(repeated.sum())} rows repeat a record_id, first at row {int(repeated.to_numpy().argmax())}",
            where="records",
            mend="Give each record one row",
        )
    if len(unknown := sorted({*records["side"].unique()} - {*SEEKING, *FOUND}, key=str)):
        raise FrameError(f"the side '{unknown[0]}' is unknown", where="records", mend="It is seeking, found or both")
