"""What a person may ask the queue for: pairs of one source, scenario, region, age or meeting; or rows listed twice."""

from __future__ import annotations

from dataclasses import dataclass

AGES: dict[str, tuple[int, int]] = {"0-5": (0, 5), "6-11": (6, 11), "12-15": (12, 15), "16-17": (16, 17)}
"""Ages in years, first and last, by which the queue may be filtered."""


@dataclass(frozen=True)
class QueueFilter:
    """Which pairs a person wants to be given; empty parts ask for nothing.

    Attributes:
        source: Number of a source of one of the two records.
        scenario: Code of the scenario. Pairs that wait for a blind second verdict are never chosen by it.
        region: Identifier of a region in which a place of either record may lie.
        age: A key of `AGES`, by the age the child has now.
        meeting: Number of two rosters that meet.
        listed_twice: The queue of pairs in which nobody is sought, instead of that of children.
    """

    source: int | None = None
    scenario: str = ""
    region: str = ""
    age: str = ""
    meeting: int | None = None
    listed_twice: bool = False

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is asked for."""
        return self == QueueFilter()


EVERYTHING = QueueFilter()

LISTED_TWICE = QueueFilter(listed_twice=True)
