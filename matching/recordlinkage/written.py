"""Columns of a script's frames as the comparisons take them: dates and places are read, the rest stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd

from matching.comparisons.base import is_missing
from matching.comparisons.dates import interval
from transliteration.dates import parse_date
from transliteration.dates.interval import DateError
from transliteration.places import place_ids


def read_column(column: pd.Series[Any], kind: str) -> pd.Series[Any]:
    """Return the column as the comparison of `kind` takes it; what is missing or cannot be read is None.

    Args:
        column: Dates as text, `date` or `Timestamp`, or as an interval `YYYY-MM-DD/YYYY-MM-DD`; places as text or as
            collections of identifiers; values of other kinds as `matching.comparisons` describes them.
        kind: One of `matching.comparisons.KINDS`.
    """
    read = _READ.get(kind, _as_it_is)
    cells = [tuple(cell) if isinstance(cell, list | set) else cell for cell in column]
    known: dict[Any, Any] = {cell: read(cell) for cell in dict.fromkeys(cells) if not is_missing(cell)}
    return pd.Series([known.get(cell) for cell in cells], index=column.index, dtype=object)


def _as_it_is(value: Any) -> Any:
    return None if value is pd.NaT or value is pd.NA else value


def _date(value: Any) -> str | None:
    if value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, date):  # a Timestamp is one, too
        return f"{value:%Y-%m-%d}"
    text = str(value)
    try:
        interval(text)
    except ValueError:
        try:
            read = parse_date(text)
        except DateError:
            return None
        return f"{read.start}/{read.end}"
    return text


def _place(value: Any) -> tuple[str, ...] | None:
    if value is pd.NA:
        return None
    ids = place_ids(value) if isinstance(value, str) else value
    return tuple(sorted(ids)) or None


_READ: dict[str, Callable[[Any], Any]] = {"date": _date, "place": _place}
