"""A fictional world as delivered files: everything but the last reports of families, and a file with these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.linkage.data import FILES
from synthetic.lists import write_world

FEW = ("family_reports", "citizenship_list")
"""Sources of a quick run."""


@dataclass(frozen=True)
class World:
    """What is delivered.

    Attributes:
        reports: Missing children with a family report.
        files: Of each source, in the order in which they come.
        late: A list of new reports, delivered when everything has been linked.
        truth: Which row is about which child.
    """

    reports: int
    files: dict[str, list[Path]]
    late: Path
    truth: Path


def write(
    folder: Path, reports: int, *, cards: int, late: int, sources: Sequence[str] = tuple(FILES), seed: int = 7
) -> World:
    """Write a world whose last reports come late.

    Args:
        folder: Made if missing.
        reports: Missing children with a family report.
        cards: Cards of unrelated children.
        late: How many reports come late.
        sources: Whose lists are delivered.
        seed: Of the world.
    """
    write_world(folder, children=reports, cards=cards, seed=seed)
    lists = folder / "lists"
    whole = lists / "family_reports.csv"
    rows = whole.read_bytes().splitlines(keepends=True)
    last = lists / "family_reports_late.csv"
    last.write_bytes(rows[0] + b"".join(rows[-late:]))
    whole.write_bytes(b"".join(rows[:-late]))
    files = {slug: sorted(lists.glob(pattern)) for slug, pattern in FILES.items() if slug in sources}
    return World(reports, files, last, folder / "truth.csv")
