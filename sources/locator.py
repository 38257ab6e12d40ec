"""Where in a piece of evidence something stands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    pass


INSIDE_ROW = ("cells", "offsets", "part")


def place(locator: Mapping[str, Any]) -> str:
    """Return where a row stands, without its cells: equal for all readings of one row."""
    return json.dumps({name: part for name, part in locator.items() if name not in INSIDE_ROW}, sort_keys=True)


def locate(locator: Mapping[str, Any], field: str) -> dict[str, Any]:
    """Return the place of one field: the row's place, with the field's own cell instead of the cells of all fields."""
    place = {name: part for name, part in locator.items() if name != "cells"}
    cells = locator.get("cells")
    if isinstance(cells, Mapping) and field in cells:
        place["cell"] = cells[field]
    return place


_WITHOUT_NAME = ("cells", "offsets")


def words(locator: Mapping[str, Any]) -> str:
    """Say a place in words, without its cells: `sheet Етап 1, row 6`."""
    return ", ".join(f"{name} {value}" for name, value in locator.items() if name not in _WITHOUT_NAME)
