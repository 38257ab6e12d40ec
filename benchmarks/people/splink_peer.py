"""Splink 5 on the same frames: similarity of names and addresses, slips of dates and numbers, term frequencies, EM."""

from __future__ import annotations

import contextlib
import logging
from typing import Any

import pandas as pd
import pyarrow as pa
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

_RULES = (
    ("date_of_birth",), ("first_name", "last_name"), ("last_name", "birth_year"), ("first_name", "birth_month"),
    ("first_name", "birth_year"), ("first3", "last3"), ("street", "street_number"), ("first_name", "street"),
    ("last3", "street"), ("last_name", "middle_initial"), ("first_name", "street_number"),
)  # fmt: skip
_TRAINING = (("first_name", "last_name"), ("date_of_birth",), ("street", "street_number"))


def score(records: pd.DataFrame) -> pd.DataFrame:
    """Return `left, right, probability` of the pairs that Splink predicts; rules without their columns are left out."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    frame = records.drop(columns=["side", "source_class", "person", "source"])
    frame["first3"], frame["last3"] = frame["first_name"].str[:3], frame["last_name"].str[:3]
    if "date_of_birth" in frame:
        frame["birth_year"], frame["birth_month"] = frame["date_of_birth"].str[:4], frame["date_of_birth"].str[:7]
    present = set(map(str, frame))
    rules = [rule for rule in _RULES if set(rule) <= present]
    seeks = records["side"] == "seeking"
    database = DuckDBAPI()
    tables = [
        database.register(pa.table({name: pa.array(part[name].tolist()) for name in part}), table_name=f"t{number}")
        for number, part in enumerate((frame[seeks], frame[~seeks]))
    ]
    linker = Linker(
        tables,
        SettingsCreator(
            link_type="link_only",
            unique_id_column_name="record_id",
            comparisons=[_comparison(name) for name in _compared(present)],
            blocking_rules_to_generate_predictions=[block_on(*rule) for rule in rules],
        ),
        log_level=logging.ERROR,
    )
    sure: list[Any] = [block_on("first_name", "last_name")]
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    for rule in _TRAINING:
        if set(rule) <= present:
            with contextlib.suppress(ValueError):
                linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    predicted: Any = linker.inference.predict(threshold_match_weight=-10)
    pairs: pd.DataFrame = predicted.as_pandas_dataframe()
    names = {"record_id_l": "left", "record_id_r": "right", "match_probability": "probability"}
    return pairs.rename(columns=names)[["left", "right", "probability"]]


def _compared(present: set[str]) -> list[str]:
    names = ("first_name", "last_name", "middle_initial", "date_of_birth", "sex")
    return [name for name in (*names, "street", "street_number", "unit", "zipcode") if name in present]


def _comparison(name: str) -> Any:
    if name in ("first_name", "last_name"):
        return cl.JaroWinklerAtThresholds(name, [0.92, 0.80]).configure(term_frequency_adjustments=True)
    if name == "street":
        return cl.JaroWinklerAtThresholds(name, [0.92, 0.80])
    if name == "date_of_birth":
        return cl.DamerauLevenshteinAtThresholds(name, [1, 2])
    if name in ("street_number", "zipcode"):
        return cl.DamerauLevenshteinAtThresholds(name, [1])
    return cl.ExactMatch(name)
