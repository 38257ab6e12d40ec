"""Records of the registry as the frame that the linker works on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from matching.spec import LinkageSpec

if TYPE_CHECKING:
    from registry.linkage.records import StoredRecord

Progress = Callable[[str, int, int], None]

_COLUMNS = ("record_id", "source", "source_class", "side", "key")


def current_frame(spec: LinkageSpec, progress: Progress | None = None) -> pd.DataFrame:
    """Return all current records, in the order of `frame_of`."""
    from registry.linkage import records

    total = records.count_current()

    def counted() -> Iterable[StoredRecord]:
        done = 0
        for chunk in records.iter_current():
            done += len(chunk)
            yield from chunk
            if progress is not None:
                progress("reading records", done, total)

    return frame_of(spec, counted())


def frame_of(spec: LinkageSpec, records: Iterable[StoredRecord]) -> pd.DataFrame:
    """Return records as a frame with `record_id, source, source_class, side, key` and the spec's fields.

    The order is by source and key, not by database id, so that the same records give the same bytes in any registry.
    """
    fields = list(dict.fromkeys(column for columns in spec.columns.values() for column in columns))
    columns: list[list[Any]] = [[] for _ in (*_COLUMNS, *fields)]
    for record in records:
        values = record.values
        row = (record.id, record.source, record.source_class, record.side, record.key)
        for column, value in zip(columns, (*row, *(_hashable(values.get(name)) for name in fields)), strict=True):
            column.append(value)
    frame = pd.DataFrame(
        {
            name: pd.Series(column, dtype=object if name != "record_id" else "int64")
            for name, column in zip((*_COLUMNS, *fields), columns, strict=True)
        }
    )
    return frame.sort_values(["source", "key"], kind="stable", ignore_index=True)


def digest_of_records(frame: pd.DataFrame) -> str:
    """Return a hash of what a frame holds, database ids apart."""
    digest = hashlib.sha256()
    for content in frame.drop(columns="record_id").itertuples(index=False):
        digest.update(repr(tuple(content)).encode())
    return digest.hexdigest()


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
