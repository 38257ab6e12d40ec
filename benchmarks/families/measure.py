"""Ridni with and without collective evidence on one world, beside the limit, by list and scenario."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from benchmarks.families.generator import Generator, generator_of
from benchmarks.families.limit import Limit, ranks
from benchmarks.linkage.data import Dataset
from configs.settings import CONFIGS
from matching.evaluation import Evaluation, evaluate, read_truth
from matching.linker import link
from matching.spec.yaml_file import load_spec
from synthetic.corruption.rates import Damage
from synthetic.world import World

LISTS = ("adoption_cards", "citizenship_list")
_LEAST = 5
"""A scenario with fewer true pairs is left out."""


@dataclass(frozen=True)
class Row:
    """One list and scenario: recall@1 and recall@5 of the limit, of pairs alone, and of pairs with others."""

    source: str
    scenario: str
    true_pairs: int
    limit: tuple[float, float]
    alone: tuple[float, float]
    together: tuple[float, float]


@dataclass(frozen=True)
class Outcome:
    """What was measured on one world.

    Attributes:
        rows: By list and scenario.
        structured: Best F1 and recall at precision 0.99 on structured lists, alone and together.
        believed: Wrong pairs of one surname with a score of 0.5 or more, alone and together.
        pairs: Pairs compared, alone and together.
        seconds: Of linking, alone and together.
    """

    rows: list[Row]
    structured: tuple[tuple[float, float], tuple[float, float]]
    believed: tuple[int, int]
    pairs: tuple[int, int]
    seconds: tuple[float, float]


def measure(data: Dataset, reports: int, seed: int, damage: Damage | None) -> Outcome:
    """Link one world twice and hold both runs against the truth and the limit."""
    records, truth = data.normalised, read_truth(data.truth)
    whole = load_spec(Path(CONFIGS) / "linkage" / "children.yaml")
    runs = []
    for spec in (whole.model_copy(update={"collective": None}), whole):
        started = time.perf_counter()
        found = link(spec, records)
        seconds = time.perf_counter() - started
        runs.append((_named(records, found.candidates), found.compared, seconds))
    best = limits(records, truth, generator_of(World(seed, reports, damage)))
    rows = []
    for source in LISTS:
        of_list = [
            evaluate(pairs[pairs["right_source"] == source], _of(truth, source), data.sides) for pairs, _, _ in runs
        ]
        for scenario, (count, *limit) in best[source].items():
            alone, together = (_recalls(found, scenario) for found in of_list)
            if count >= _LEAST:
                rows.append(Row(source, scenario, count, (limit[0], limit[1]), alone, together))
    whole_runs = [evaluate(pairs, truth, data.sides, data.lists).by_lists[0] for pairs, _, _ in runs]
    (a, b) = ((s.best_f1, s.recall_at_precision_99) for s in whole_runs)
    wrong = [_believed(pairs, records, truth) for pairs, _, _ in runs]
    return Outcome(rows, (a, b), (wrong[0], wrong[1]), (runs[0][1], runs[1][1]), (runs[0][2], runs[1][2]))


def limits(
    records: pd.DataFrame, truth: pd.DataFrame, generator: Generator
) -> dict[str, dict[str, tuple[int, float, float]]]:
    """Return for each list and scenario the true pairs, and recall@1 and recall@5 of a perfect scorer."""
    known = truth.set_index(["source", "key"])
    reports = _with_truth(records, known, "family_reports")
    out: dict[str, dict[str, tuple[int, float, float]]] = {}
    for source in LISTS:
        rows = _with_truth(records, known, source)
        at: dict[str, list[int]] = {}
        for number, person in enumerate(rows["person_id"]):
            at.setdefault(person, []).append(number)
        asked = reports[reports["person_id"].isin(at)].reset_index(drop=True)
        wanted = [at[person] for person in asked["person_id"]]
        found = ranks(Limit(generator, rows), asked, wanted)
        scenario = rows["scenario"].tolist()
        pairs = pd.DataFrame(
            [
                (scenario[row], rank)
                for ws, rs in zip(wanted, found, strict=True)
                for row, rank in zip(ws, rs, strict=True)
            ],
            columns=["scenario", "rank"],
        )
        out[source] = {
            str(name): (len(group), float((group["rank"] <= 1).mean()), float((group["rank"] <= 5).mean()))
            for name, group in pairs.groupby("scenario")
        }
    return out


def _with_truth(records: pd.DataFrame, known: pd.DataFrame, source: str) -> pd.DataFrame:
    rows = records[records["source"] == source].reset_index(drop=True)
    index = pd.MultiIndex.from_frame(rows[["source", "key"]].astype(str))
    return rows.assign(**{name: known[name].reindex(index).to_numpy() for name in ("person_id", "scenario")})


def _of(truth: pd.DataFrame, source: str) -> pd.DataFrame:
    return truth[truth["source"].isin(("family_reports", source))]


def _recalls(found: Evaluation, scenario: str) -> tuple[float, float]:
    score = next((s for s in found.by_scenario if s.group == scenario), None)
    return (0.0, 0.0) if score is None else (score.recall_at_1, score.recall_at_5)


def _named(records: pd.DataFrame, candidates: pd.DataFrame) -> pd.DataFrame:
    keys = records.set_index("record_id")[["source", "key"]]
    columns = {
        f"{side}_{name}": keys[name].reindex(candidates[side]).to_numpy()
        for side in ("left", "right")
        for name in ("source", "key")
    }
    return pd.DataFrame({**columns, "probability": candidates["probability"].to_numpy()})


def _believed(pairs: pd.DataFrame, records: pd.DataFrame, truth: pd.DataFrame) -> int:
    """Count wrong pairs of one surname that a score of 0.5 or more stands by: brothers, sisters and namesakes."""
    likely = pairs[pairs["probability"] >= 0.5]
    person = truth.set_index(["source", "key"])["person_id"]
    surname = records.assign(key=records["key"].astype(str)).set_index(["source", "key"])["surname"]
    sides = [
        pd.MultiIndex.from_frame(likely[[f"{side}_source", f"{side}_key"]].astype(str)) for side in ("left", "right")
    ]
    wrong = person.reindex(sides[0]).to_numpy() != person.reindex(sides[1]).to_numpy()
    alike = surname.reindex(sides[0]).to_numpy() == surname.reindex(sides[1]).to_numpy()
    return int((wrong & alike).sum())
