"""Running engines one after another and holding their pairs against the truth."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pandas as pd

from benchmarks.linkage.data import Dataset
from matching.evaluation import Evaluation, Score, evaluate, read_truth

PACKAGES = {"Ridni": "ridni", "Splink": "splink", "recordlinkage": "recordlinkage"}
"""The engines in the order in which they run, with the package that has their version."""


@dataclass(frozen=True)
class Quality:
    """Best F1 and recall at precision 0.99 of a group of pairs, with the number of its true pairs."""

    true_pairs: int
    best_f1: float
    recall_at_precision_99: float


@dataclass(frozen=True)
class Run:
    """One engine on one dataset; of repeated runs the quickest.

    Attributes:
        engine: Name of the engine.
        fields_seconds: Making the peers' columns from the normalised records; 0 for Ridni, which does it in its run.
        seconds, cpu_seconds: From there to scored pairs, training included: by the clock, and of the processors.
        peak_mb: Peak resident memory of the process, in 10⁶ bytes.
        compared: Pairs that were compared.
        groups: Quality of the pairs as the engine scores them: `all`, each group of lists, each scenario.
        best_links: The same when only pairs stay that are the best of both records in the other's source.
    """

    engine: str
    fields_seconds: float
    seconds: float
    cpu_seconds: float
    peak_mb: float
    compared: int
    groups: dict[str, Quality]
    best_links: dict[str, Quality]


def installed() -> dict[str, str]:
    """Return the versions of the engines that are here."""
    found = {}
    for engine, package in PACKAGES.items():
        try:
            found[engine] = version(package)
        except PackageNotFoundError:
            continue
    return found


def make_fields(data: Dataset) -> float:
    """Make the peers' columns in a process of its own; returns its seconds."""
    return _step("fields", data)["seconds"]


def cost(engine: str, data: Dataset, *, repeats: int = 1) -> dict[str, float]:
    """Run one engine in a process of its own and return `seconds`, `cpu_seconds`, `peak_mb`, `compared` of the best.

    Raises:
        subprocess.CalledProcessError: the engine failed; its output was shown.
    """
    return min((_step(engine, data) for _ in range(repeats)), key=lambda facts: facts["seconds"])


def run(engine: str, data: Dataset, *, fields_seconds: float = 0.0, repeats: int = 1) -> Run:
    """Run one engine in a process of its own, several times if asked.

    Raises:
        subprocess.CalledProcessError: the engine failed; its output was shown.
    """
    facts = cost(engine, data, repeats=repeats)
    pairs = _named(pd.read_pickle(data.folder / f"pairs-{engine}.pkl"), data)
    truth = read_truth(data.truth)
    return Run(
        engine=engine,
        fields_seconds=0.0 if engine == "Ridni" else round(fields_seconds, 3),
        seconds=round(facts["seconds"], 3),
        cpu_seconds=round(facts["cpu_seconds"], 3),
        peak_mb=round(facts["peak_mb"], 1),
        compared=int(facts["compared"]),
        groups=_groups(evaluate(pairs, truth, data.sides, data.lists)),
        best_links=_groups(evaluate(best_links(pairs), truth, data.sides, data.lists)),
    )


def best_links(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs that are the best of their left record in the right source and the other way round."""
    best_left = pairs.groupby(["left_source", "left_key", "right_source"])["probability"].transform("max")
    best_right = pairs.groupby(["right_source", "right_key", "left_source"])["probability"].transform("max")
    return pairs[(pairs["probability"] == best_left) & (pairs["probability"] == best_right)]


def _step(step: str, data: Dataset) -> dict[str, float]:
    root = Path(__file__).parents[2]
    path = os.pathsep.join(filter(None, (str(root), os.environ.get("PYTHONPATH"))))
    subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "benchmarks.linkage.worker", step, str(data.folder)],
        check=True,
        env=os.environ | {"PYTHONPATH": path},
    )
    facts: dict[str, float] = json.loads((data.folder / f"run-{step}.json").read_text(encoding="utf-8"))
    return facts


def _groups(found: Evaluation) -> dict[str, Quality]:
    scores: Iterable[Score] = (found.overall, *found.by_lists, *found.by_scenario)
    return {s.group: Quality(s.true_pairs, round(s.best_f1, 4), round(s.recall_at_precision_99, 4)) for s in scores}


def _named(pairs: pd.DataFrame, data: Dataset) -> pd.DataFrame:
    """Put sources and keys beside the record ids; the score takes the place of the probability."""
    records = pd.read_pickle(data.folder / "records.pkl").set_index("record_id")[["source", "key"]]
    out = pd.DataFrame({"probability": pairs["score"].astype(float)})
    for side in ("left", "right"):
        for column in ("source", "key"):
            out[f"{side}_{column}"] = records[column].reindex(pairs[side]).to_numpy()
    return out
