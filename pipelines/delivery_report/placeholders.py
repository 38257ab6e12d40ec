"""Placeholders in the cells of a delivery, read out of its evidence: what stands there and means nothing."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from sources.description.load import SourceConfig
from sources.errors import SourceError
from sources.extraction.reading import read_source
from sources.read_items import Row

_LONGEST = 40


@dataclass(frozen=True)
class Placeholders:
    """How often each kind of placeholder stands in each field's column; `note` says why nothing was read, else ''."""

    counts: dict[tuple[str, str], int]
    note: str = ""

    def of_field(self, name: str) -> int:
        """Return how many cells of a field hold a placeholder."""
        return sum(count for (field, _), count in self.counts.items() if field == name)


def placeholders(config: SourceConfig, path: Path, name: str, file_id: str) -> Placeholders:
    """Read a delivery again and count the placeholders in the columns that feed fields."""
    fed = {column: field for field, spec in config.fields.items() for column, _ in spec.column_names()}
    counts: Counter[tuple[str, str]] = Counter()

    try:
        for item, _ in read_source(config, path, name=name, file_id=file_id).pairs():
            for column, text in item.cells.items() if isinstance(item, Row) else ():
                if column in fed and text and (kind := kind_of(text)):
                    counts[fed[column], kind] += 1
    except SourceError as error:
        return Placeholders({}, error.private)
    return Placeholders(dict(counts))


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    text = files("pipelines.delivery_report").joinpath("placeholders.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return tuple((row["kind"], re.compile(row["pattern"], re.IGNORECASE)) for row in rows)


def kind_of(text: str) -> str:
    """Return what kind of placeholder a cell holds, '' for none; of several the last one listed, the most special."""
    text = text.strip()
    if len(text) > _LONGEST:
        return ""
    return _kind_of_short(text)


def _kind_of_short(text: str) -> str:
    found = ""
    for kind, pattern in _patterns():
        if pattern.fullmatch(text):
            found = kind
    return found
