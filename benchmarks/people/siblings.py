"""Children of one census among "cards" of the next, which hold first name, sex and age: pairs alone, and families.

Surname, day of birth and address are hidden; the household stands for the mark of brothers and sisters on a card.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.people.tasks import list_of, read, together
from matching.linker import link
from matching.spec.yaml_file import load_spec

GOALS = {"at_1": 0.86, "at_1_listed": 0.95, "at_95": 0.75}
_LISTS = (("census", 2020, 0, 7, "reports", "seeking"), ("census_later", 2030, 8, 19, "cards", "found"))
"""List, its year, youngest and oldest age, source and side."""


def records(folder: Path) -> pd.DataFrame:
    """Return both lists as a frame, with the person of each record for the evaluation alone."""
    return together(*(_list(folder, *listed) for listed in _LISTS))


def rows(folder: Path, world: int) -> Iterator[str]:
    """Yield the rows of the table: each pair by itself, then with what brothers and sisters say."""
    spec, people = load_spec(Path(__file__).with_suffix(".yaml")), records(folder)
    for name, one in (("pairs alone", spec.model_copy(update={"collective": None})), ("with families", spec)):
        figures = _figures(people, link(one, people.drop(columns="person")).candidates)
        missed = [goal for goal, least in GOALS.items() if figures[goal] < least]
        verdict = "" if name == "pairs alone" else f"missed: {', '.join(missed)}" if missed else "met"
        shown = " | ".join(f"{figures[name]:.3f}" for name in ("at_1", "at_1_listed", "at_5", "at_95"))
        yield f"| {world} | {name} | {figures['true']:.0f} | {figures['listed']:.0f} | {shown} | {verdict} |"


def table(lines: list[str]) -> str:
    """Return the section of the page."""
    return _HEAD + "\n".join(lines) + "\n"


_HEAD = """
## Brothers and sisters

Children under 8 of one census among those of 8 to 19 in the next, of whom first name, sex and age alone are known; the
household tells in each list who is whose brother or sister (`benchmarks/people/siblings.yaml`). Recall at 1 over all
true pairs (goal 0.86), where a brother or sister is listed with the child (goal 0.95), at 5; R@P95: recall of the best
pair of each report at a precision of 0.95 (goal 0.75). Ties count against.

| world | | true pairs | sibling listed | at 1 | at 1, listed | at 5 | R@P95 | goals |
|---:|---|---:|---:|---:|---:|---:|---:|---|
"""


def _list(folder: Path, name: str, year: int, youngest: int, oldest: int, source: str, side: str) -> pd.DataFrame:
    people = read(folder, name)
    age = pd.to_numeric(people["age"], errors="coerce")
    here = age.between(youngest, oldest) & (people["housing_type"] == "Household")
    columns = {"first_name": "first_name", "sex": "sex", "household": "household_id"}
    out = list_of(people[here], columns, source, side)
    # A census asks on 1 April.
    return out.assign(birth=[f"{year - int(old) - 1}-04-02/{year - int(old)}-04-01" for old in age[here]])


def _figures(people: pd.DataFrame, pairs: pd.DataFrame) -> dict[str, float]:
    person, household = people["person"].to_numpy(), people["household"].to_numpy()
    seeking, found = (people[people["side"] == side] for side in ("seeking", "found"))
    card = dict(zip(found["person"], found["record_id"], strict=True))
    true = [report for report in seeking["record_id"] if person[report] in card]
    family, cards = (side.groupby("household")["person"].agg(set) for side in (seeking, found))
    listed = [
        report
        for report in true
        if (family[household[report]] - {person[report]}) & cards[household[card[person[report]]]]
    ]
    pairs = pairs.sort_values("probability", ascending=False, kind="stable")
    right = person[pairs["left"]] == person[pairs["right"]]
    # The place of a true pair is the last of all that are as probable.
    place = pairs.groupby("left")["probability"].rank(method="max", ascending=False)[right]
    place = place.groupby(pairs["left"][right]).min()
    best = pairs.assign(right_one=right).drop_duplicates("left")
    hits = best["right_one"].cumsum().to_numpy()
    sure = hits >= 0.95 * np.arange(1, len(hits) + 1)

    def at(count: int, of: list[int]) -> float:
        return float((place.reindex(of) <= count).mean())

    return {
        "true": len(true),
        "listed": len(listed),
        "at_1": at(1, true),
        "at_1_listed": at(1, listed),
        "at_5": at(5, true),
        "at_95": float(hits[sure].max() / len(true)) if sure.any() else 0.0,
    }
