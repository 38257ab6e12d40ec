from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest

from synthetic.lists import WorldSummary, write_world

CHILDREN = 1200
CARDS = 800


@dataclass(frozen=True)
class Written:
    folder: Path
    summary: WorldSummary
    truth: dict[str, dict[str, tuple[str, str]]]  # source -> key -> (person, scenario)

    @property
    def lists(self) -> Path:
        return self.folder / "lists"


def read_truth(folder: Path) -> dict[str, dict[str, tuple[str, str]]]:
    truth: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert row["key"] not in truth[row["source"]], "one key twice in one source"
            truth[row["source"]][row["key"]] = (row["person_id"], row["scenario"])
    return dict(truth)


@pytest.fixture(scope="session")
def written(tmp_path_factory) -> Written:
    folder = tmp_path_factory.mktemp("world")
    summary = write_world(folder, children=CHILDREN, cards=CARDS, seed=11)
    return Written(folder, summary, read_truth(folder))
