"""Rows of numbers for COPY, made by NumPy: a million rows in a fraction of a second.

PostgreSQL's binary format (its manual, "COPY", Binary Format): a header, then for each row the number of columns and
for each column its length and its bytes in network order, then a trailer. Rows of one width are one structured array.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER: Final = b"\xff\xff"
_ROWS = 65_536
"""Rows in one piece, so that the copy needs a few megabytes whatever the number of rows."""


def pieces(*parts: Mapping[str, npt.NDArray[Any]]) -> Iterator[bytes]:
    """Yield a binary COPY stream of columns, each `(rows,)` of numbers or `(rows, width)` of bytes for a `bytea`.

    The dtypes say the types: int16 smallint, int32 integer, int64 bigint, float32 real, float64 double
    precision, bool boolean, uint8 bytea. There are no nulls.

    Args:
        parts: Rows with the same columns; bytes of another width stand in another part.
    """
    yield HEADER
    for columns in parts:
        yield from _rows_of(columns)
    yield TRAILER


def _rows_of(columns: Mapping[str, npt.NDArray[Any]]) -> Iterator[bytes]:
    layout: list[tuple[Any, ...]] = [("columns", ">i2")]
    for name, values in columns.items():
        layout.append((f"{name} length", ">i4"))
        layout.append((name, values.dtype.newbyteorder(">"), values.shape[1:]))
    count = len(next(iter(columns.values())))
    for start in range(0, count, _ROWS):
        part = slice(start, min(start + _ROWS, count))
        rows = np.empty(part.stop - start, dtype=np.dtype(layout))
        rows["columns"] = len(columns)
        for name, values in columns.items():
            rows[f"{name} length"] = values.itemsize * int(np.prod(values.shape[1:]))
            rows[name] = values[part]
        yield rows.tobytes()
