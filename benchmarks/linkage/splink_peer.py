"""Splink 5, set up with care: DuckDB, levels of similarity, term frequencies, EM over several blocks."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.internals.blocking_rule_creator import BlockingRuleCreator
from splink.internals.comparison_creator import ComparisonCreator
from splink.internals.comparison_level_creator import ComparisonLevelCreator

RECORDS = "peers.pkl"
SEED = 1
RANDOM_PAIRS = 1e7
LEAST_WEIGHT = -12.0
"""Match weight in bits below which no pair is given out: one in 4,000 pairs of this weight is a match."""

_LISTS = ("birthplace", "last_place", "siblings", "eyes_parts", "birth_years")
_NUMBERS = ("record_id", "birth_first", "birth_last")


@dataclass(frozen=True)
class Setup:
    """What a user of Splink writes for one kind of records; a rule is the columns that must be equal.

    Attributes:
        comparisons: Comparisons with their levels.
        blocking: Rules for prediction.
        training: Rules for the runs of EM.
        deterministic: Rules that are nearly always right, and the recall that is guessed for them.
    """

    comparisons: Sequence[ComparisonCreator]
    blocking: Sequence[Sequence[str]]
    training: Sequence[Sequence[str]]
    deterministic: Sequence[Sequence[str]]
    deterministic_recall: float


def score(records: pd.DataFrame, kind: str) -> tuple[pd.DataFrame, int]:
    """Return the pairs `left, right, score` (record ids, match weight) and the number of pairs compared."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    setup = children() if kind == "children" else febrl4()
    database = DuckDBAPI()
    tables = [
        database.register(_typed(part), table_name=f"t{i}_{name}") for i, (name, part) in enumerate(_tables(records))
    ]
    settings = SettingsCreator(
        link_type="link_only",
        unique_id_column_name="record_id",
        comparisons=list(setup.comparisons),
        blocking_rules_to_generate_predictions=[_rule(columns) for columns in setup.blocking],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
    )
    linker = Linker(tables, settings, log_level=logging.ERROR)
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [_rule(columns) for columns in setup.deterministic], recall=setup.deterministic_recall
    )
    training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=SEED)
    for columns in setup.training:
        # On a few hundred records EM may drive a level to nothing, which Splink refuses; the other runs stand.
        with contextlib.suppress(ValueError):
            training.estimate_parameters_using_expectation_maximisation(_rule(columns))
    blocked = linker.inference.compute_blocked_pairs_for_predict()
    compared = database.duckdb_con.sql(f"select count(*) from {blocked.physical_name}").fetchall()[0][0]
    predicted: Any = linker.inference.predict(threshold_match_weight=LEAST_WEIGHT)
    pairs: pd.DataFrame = predicted.as_pandas_dataframe()
    return (
        pairs.rename(columns={"record_id_l": "left", "record_id_r": "right", "match_weight": "score"})[
            ["left", "right", "score"]
        ],
        int(compared),
    )


def _tables(records: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Split into tables whose cross pairs are the pairs asked for: seeking, each source that does both, found."""
    side = records["side"]
    parts = [("seeking", records[side == "seeking"])]
    parts += [(f"both_{source}", part) for source, part in records[side == "both"].groupby("source")]
    return [(name, part) for name, part in [*parts, ("found", records[side == "found"])] if len(part)]


def _typed(part: pd.DataFrame) -> pa.Table:
    """Give columns without a value a type, so that all tables have the same ones."""
    columns = {
        name: pa.array(
            part[name].tolist(),
            type=pa.list_(pa.string()) if name in _LISTS else pa.int64() if name in _NUMBERS else pa.string(),
        )
        for name in part
        if name not in ("side", "source_class")
    }
    return pa.table(columns)


def _rule(columns: Sequence[str]) -> BlockingRuleCreator:
    return block_on(*columns, arrays_to_explode=[name for name in columns if name in _LISTS])


def children() -> Setup:
    """Return the set-up for the children's lists."""
    return Setup(
        comparisons=[
            _name("surname", _close("surname", 0.92), _close("surname", 0.80)),
            _name("given", _initial("given"), _close("given", 0.88)),
            _name("patronymic", _initial("patronymic"), _close("patronymic", 0.88)),
            cl.CustomComparison(
                output_column_name="birth",
                comparison_levels=[
                    _null("birth_first"),
                    cll.ExactMatchLevel("birth_day", term_frequency_adjustments=True),
                    cll.CustomLevel(
                        "birth_first_l <= birth_last_r and birth_first_r <= birth_last_l"
                        " and (birth_day_l is null or birth_day_r is null)",
                        "intervals meet",
                    ),
                    cll.CustomLevel("damerau_levenshtein(birth_day_l, birth_day_r) <= 1", "one digit differs"),
                    cll.CustomLevel(
                        "substr(birth_day_l, 1, 4) = substr(birth_day_r, 1, 4)"
                        " and substr(birth_day_l, 6, 2) = substr(birth_day_r, 9, 2)"
                        " and substr(birth_day_l, 9, 2) = substr(birth_day_r, 6, 2)",
                        "day and month swapped",
                    ),
                    _within(31),
                    _within(200),
                    _within(400),
                    cll.ElseLevel(),
                ],
            ),
            _overlap("birthplace"),
            _overlap("last_place"),
            _overlap("siblings"),
            cl.CustomComparison(
                output_column_name="institution",
                comparison_levels=[
                    _null("institution_key"),
                    cll.ExactMatchLevel("institution_key"),
                    cll.ExactMatchLevel("institution_kind"),
                    cll.ElseLevel(),
                ],
            ),
            cl.CustomComparison(
                output_column_name="mother",
                comparison_levels=[
                    _null("mother_given"),
                    cll.CustomLevel("mother_given_l = mother_given_r and mother_key_l = mother_key_r", "both names"),
                    cll.CustomLevel("mother_given_l = mother_given_r", "given name"),
                    cll.ElseLevel(),
                ],
            ),
            _identifier("birth_certificate"),
            _identifier("rnokpp"),
            _identifier("unzr"),
            cl.CustomComparison(
                output_column_name="eyes",
                comparison_levels=[
                    _null("eyes"),
                    _fixed(cll.ExactMatchLevel("eyes"), 0.75),
                    _fixed(cll.ArrayIntersectLevel("eyes_parts", 1), 0.15),
                    _fixed(cll.ElseLevel(), 0.10),
                ],
            ),
            cl.CustomComparison(
                output_column_name="hair",
                comparison_levels=[
                    _null("hair"),
                    _fixed(cll.ExactMatchLevel("hair"), 0.75),
                    _fixed(cll.ElseLevel(), 0.25),
                ],
            ),
        ],
        blocking=[
            ("birth_certificate",),
            ("rnokpp",),
            ("unzr",),
            ("surname_key", "given_initial"),
            ("surname_sound", "given_key"),
            ("surname_sound", "birth_years"),
            ("surname_key", "birth_month"),
            ("given_key", "birth_month"),
            ("given_key", "birth_years"),
            ("given_key", "patronymic_key"),
            ("birth_day", "sex"),
        ],
        training=[("surname_key", "given_key"), ("birth_day", "sex"), ("given_key", "birth_month")],
        deterministic=[
            ("surname_key", "given_key", "birth_day"),
            ("surname_key", "given_key", "patronymic_key", "birth_years"),
            ("given_key", "patronymic_key", "birth_day"),
        ],
        deterministic_recall=0.6,
    )


def febrl4() -> Setup:
    """Return the set-up for FEBRL 4."""
    return Setup(
        comparisons=[
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DamerauLevenshteinAtThresholds("date_of_birth", [1, 2]),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
            cl.JaroWinklerAtThresholds("address_1", [0.95, 0.85]),
            cl.JaroWinklerAtThresholds("suburb", [0.95, 0.85]),
            cl.ExactMatch("state"),
        ],
        blocking=[
            ("soc_sec_id",),
            ("date_of_birth",),
            ("surname", "given_name"),
            ("surname", "postcode"),
            ("given_name", "postcode"),
            ("address_1", "suburb"),
            ("suburb", "substr(given_name, 1, 4)"),
            ("suburb", "substr(surname, 1, 4)"),
            ("substr(surname, 1, 4)", "substr(given_name, 1, 4)", "state"),
        ],
        training=[("date_of_birth",), ("surname", "given_name")],
        deterministic=[("soc_sec_id",), ("surname", "given_name", "date_of_birth")],
        deterministic_recall=0.9,
    )


def _null(column: str) -> ComparisonLevelCreator:
    return cll.NullLevel(column)


def _fixed(level: ComparisonLevelCreator, m: float) -> ComparisonLevelCreator:
    """Set m by hand where few records have the field on both sides and EM goes astray."""
    return level.configure(m_probability=m, fix_m_probability=True)


def _name(role: str, *middle: ComparisonLevelCreator) -> ComparisonCreator:
    """Compare a name by the key that is equal in both alphabets, then by its romanised spelling."""
    return cl.CustomComparison(
        output_column_name=role,
        comparison_levels=[
            _null(f"{role}_initial"),
            cll.ExactMatchLevel(f"{role}_key", term_frequency_adjustments=True),
            *middle,
            cll.ElseLevel(),
        ],
    )


def _initial(role: str) -> ComparisonLevelCreator:
    return cll.CustomLevel(
        f"({role}_key_l is null or {role}_key_r is null) and {role}_initial_l = {role}_initial_r", "initial agrees"
    )


def _close(role: str, least: float) -> ComparisonLevelCreator:
    return cll.CustomLevel(
        f"greatest(jaro_winkler_similarity({role}_key_l, {role}_key_r),"
        f" jaro_winkler_similarity({role}_latin_l, {role}_latin_r)) >= {least}",
        f"Jaro-Winkler at least {least}",
    )


def _within(days: int) -> ComparisonLevelCreator:
    return cll.CustomLevel(
        f"greatest(birth_first_l - birth_last_r, birth_first_r - birth_last_l) <= {days}", f"within {days} days"
    )


def _overlap(column: str) -> ComparisonCreator:
    return cl.CustomComparison(
        output_column_name=column,
        comparison_levels=[_null(column), cll.ArrayIntersectLevel(column, 1), cll.ElseLevel()],
    )


def _identifier(column: str) -> ComparisonCreator:
    return cl.DamerauLevenshteinAtThresholds(column, [1])
