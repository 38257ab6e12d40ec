"""What a description makes of a file, counted row by row; nothing is stored."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from sources.description.load import SourceConfig
from sources.extraction.cell_splitting import Written
from sources.extraction.children import Child, children_of
from sources.extraction.extracted import Extracted, Problem
from sources.locator import Locator

_EXAMPLES: Final = 3


@dataclass
class Check:
    """Counts of a reading: each row has records, goes to quarantine, or names nobody.

    Attributes:
        config: The description.
        rows: Rows that have a record or more.
        quarantined: Rows without a record of which something goes to quarantine.
        nobody: Rows whose text names nobody.
        children: Records.
        filled: How many records fill a field.
        reasons, first_place: What goes to quarantine by code and reason, and where the first stands.
        doubts: What is in doubt about records.
        keys: How often each key comes.
        examples: The fields of the first records; to be shown masked only.
    """

    config: SourceConfig
    rows: int = 0
    quarantined: int = 0
    nobody: int = 0
    children: int = 0
    filled: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    first_place: dict[tuple[str, str], Locator] = field(default_factory=dict)
    doubts: Counter[str] = field(default_factory=Counter)
    keys: Counter[str] = field(default_factory=Counter)
    examples: list[Written] = field(default_factory=list)

    def add(self, item: Extracted | Problem) -> None:
        """Count a row as it is ingested later."""
        found = list(children_of(item, self.config))
        children = [each for each in found if isinstance(each, Child)]
        for each in found:
            if isinstance(each, Problem):
                reason = each.reason_code, each.reason
                self.reasons[reason] += 1
                self.first_place.setdefault(reason, each.locator)
        if children:
            self.rows += 1
        elif found:
            self.quarantined += 1
        else:
            self.nobody += 1
        for child in children:
            self.children += 1
            self.filled.update(child.item.written.keys())
            self.doubts.update(child.meant.values.get("doubts", ()))
            self.keys[child.item.key] += 1
            if len(self.examples) < _EXAMPLES:
                self.examples.append(child.item.written)
