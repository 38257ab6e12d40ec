"""`truth.csv`: which person each row of each list is about, and what was done to the row."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from synthetic.corruption.scenarios import UNRELATED, main_scenario
from synthetic.population.people import Child


class Truth:
    """Writes `source,key,person_id,scenario`, one line per row of a list, and counts."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._csv = csv.writer(self._file, lineterminator="\n")
        self._csv.writerow(("source", "key", "person_id", "scenario"))
        self.rows: Counter[str] = Counter()
        self.scenarios: Counter[tuple[str, str]] = Counter()

    def add(self, source: str, key: str, person_id: str, scenario: str) -> None:
        """One row of a list."""
        self._csv.writerow((source, key, person_id, scenario))
        self.rows[source] += 1
        self.scenarios[source, scenario] += 1

    def __enter__(self) -> Truth:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()


def scenario_of(child: Child, done: Iterable[str]) -> str:
    """The scenario of a row about this child to which these things were done."""
    return UNRELATED if child.alone else main_scenario(done)
