"""Reads the package's own tables of facts."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files


@cache
def read_facts(name: str) -> tuple[dict[str, str], ...]:
    """Rows of the tab-separated fact file `data/<name>.tsv`, one dictionary per row keyed by the header.

    Lines that start with `#` are remarks about the file. Read once per process.
    """
    path = files("transliteration").joinpath("data", f"{name}.tsv")
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE, restval="")
    return tuple({key: value.strip() for key, value in row.items()} for row in rows)
