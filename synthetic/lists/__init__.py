"""The lists of the world as real files, with `truth.csv` beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from synthetic.corruption.rates import Coverage, Damage
from synthetic.lists.adoption_cards import AdoptionCards
from synthetic.lists.authority_register import AuthorityRegister
from synthetic.lists.citizenship_list import CitizenshipList
from synthetic.lists.family_reports import FamilyReports
from synthetic.lists.media_clippings import MediaClippings
from synthetic.lists.telegram_posts import TelegramPosts
from synthetic.lists.transfer_lists import TransferLists
from synthetic.lists.truth import Truth
from synthetic.population.people import Community
from synthetic.world import World

__all__ = ["WorldSummary", "write_world"]


class _ListWriter(Protocol):
    slug: str
    files: list[Path]

    def add(self, community: Community) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class WorldSummary:
    """What was written.

    Attributes:
        folder: Where `lists/` and `truth.csv` are.
        children: Missing children with a family report.
        files: The files of each list, by source slug; large worlds have several workbooks of transfers.
        rows: Rows of each list, by source slug.
        scenarios: Rows by source slug and scenario.
    """

    folder: Path
    children: int
    files: dict[str, list[Path]]
    rows: dict[str, int]
    scenarios: dict[tuple[str, str], int]


def write_world(
    out: Path,
    *,
    children: int = 1000,
    cards: int = 10_000,
    seed: int = 7,
    damage: Damage | None = None,
    coverage: Coverage | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> WorldSummary:
    """Writes a fictional world into a folder: `lists/` and `truth.csv`; the same arguments give the same bytes.

    Args:
        out: Folder, made if it is missing; files of an earlier world in it are replaced.
        children: Missing children with a family report, 1 to 1,000,000.
        cards: Cards of children who have nothing to do with them, at least 0.
        seed: Any integer.
        damage: Rates of alteration.
        coverage: In which share of the lists the children are.
        progress: Called with the communities written and their number, after each community and once more when the
            files are put together.

    Raises:
        ValueError: A size out of range.
    """
    if not 1 <= children <= 1_000_000:
        raise ValueError(f"children is {children}; give 1 to 1000000")
    if cards < 0 or cards > 5_000_000:
        raise ValueError(f"cards is {cards}; give 0 to 5000000")
    world = World(seed, children, damage, coverage)
    lists = out / "lists"
    lists.mkdir(parents=True, exist_ok=True)
    with Truth(out / "truth.csv") as truth:
        writers: list[_ListWriter] = [
            FamilyReports(lists, world, truth),
            AuthorityRegister(lists, world, truth),
            TransferLists(lists, world, truth),
            AdoptionCards(lists, world, truth, cards),
            CitizenshipList(lists, world, truth),
            TelegramPosts(lists, world, truth),
            MediaClippings(lists, world, truth),
        ]
        for community in world:
            for writer in writers:
                writer.add(community)
            if progress:
                progress(community.number + 1, world.communities + 1)
        for writer in writers:
            writer.close()
        if progress:
            progress(world.communities + 1, world.communities + 1)
        rows = {writer.slug: truth.rows[writer.slug] for writer in writers}
        files = {writer.slug: writer.files for writer in writers}
        return WorldSummary(out, children, files, rows, dict(sorted(truth.scenarios.items())))
