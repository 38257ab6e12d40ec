"""What to say of a value that its field cannot read: which field, which row, and how to mend it; never the value."""

from __future__ import annotations

import numpy as np

from matching.comparisons import Comparison
from matching.errors import FrameError
from matching.vectors.records import Table

MISFITS = (ValueError, TypeError, AttributeError, IndexError)
"""What reading a value of another kind may raise."""

_MEND = {
    "date": "Write dates as YYYY-MM-DD or YYYY-MM-DD/YYYY-MM-DD, leave out what is none",
    "number": "Write numbers in digits, leave out what is none",
}


def misfit(table: Table, field: str, kind: str, code: int | None = None) -> FrameError:
    """Return the error of a field whose values do not fit its kind.

    Args:
        table: The records.
        field: The field.
        kind: Its comparison kind.
        code: Position of the value among the field's distinct values; None where it is not known which.
    """
    where, codes = f"field '{field}'", table.columns[field].codes
    if code is not None:
        rows = np.flatnonzero(codes == code)
        more = f", and {len(rows) - 1} more with the same value" if len(rows) > 1 else ""
        where = f"{where}, row {int(rows[0])} of the frame (counted from 0){more}"
    mend = _MEND.get(kind.partition("_")[0], "Normalise the column first")
    return FrameError(f"the value does not fit the kind '{kind}'", where=where, mend=f"{mend}, or give another kind")


def first_misfit(table: Table, field: str, comparison: Comparison) -> int | None:
    """Return the position of the first value that a comparison cannot read, None when each can be read by itself."""
    for code, value in enumerate(table.columns[field].values):
        alone = np.empty(1, dtype=object)
        alone[0] = value
        try:
            comparison(alone, alone)
        except MISFITS:
            return code
    return None
