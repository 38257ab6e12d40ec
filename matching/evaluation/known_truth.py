"""Evaluation of scored pairs against known truth: recall at k and the best F1, by source and scenario."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.errors import FrameError


@dataclass(frozen=True)
class Score:
    """The figures of one group of pairs.

    Attributes:
        group: What the pairs have in common, as `left → right` or a scenario.
        true_pairs: Pairs of one person in the truth, found or not.
        proposed: Scored pairs in the group.
        recall_at_1, recall_at_5: Share of records with a true partner whose best 1 or 5 candidates hold one.
        best_f1: Highest F1 over all thresholds on probability; `precision`, `recall` and `threshold` at that point.
        recall_at_precision_99: Highest recall at a threshold with a precision of 0.99 or more.
    """

    group: str
    true_pairs: int
    proposed: int
    recall_at_1: float
    recall_at_5: float
    best_f1: float
    precision: float
    recall: float
    threshold: float
    recall_at_precision_99: float


@dataclass(frozen=True)
class Evaluation:
    """Figures over everything, by kind of list, by pair of sources, and by scenario of the listed record.

    By scenario, a pair competes with all candidates of the same left record in the same source, whatever they are.
    """

    overall: Score
    by_lists: tuple[Score, ...]
    by_sources: tuple[Score, ...]
    by_scenario: tuple[Score, ...]


def read_truth(frame: pd.DataFrame) -> pd.DataFrame:
    """Check a truth table `source, key, person_id[, scenario]` and return it as strings.

    Raises:
        FrameError: when a column is missing or a record has two persons.
    """
    for column in ("source", "key", "person_id"):
        if column not in frame:
            raise FrameError(
                f"the column '{column}' is missing",
                where="truth",
                mend="It needs source, key, person_id and may have scenario",
            )
    truth = frame.astype(str).copy()
    if "scenario" not in truth:
        truth["scenario"] = "plain"
    truth["scenario"] = truth["scenario"].replace({"": "plain", "nan": "plain"})
    truth = truth.drop_duplicates(["source", "key", "person_id"])
    if truth.duplicated(["source", "key"]).any():
        raise FrameError(
            "a record belongs to two persons", where="truth", mend="Give each source and key one person_id"
        )
    return truth


def evaluate(
    candidates: pd.DataFrame,
    truth: pd.DataFrame,
    sides: Mapping[str, str],
    lists: Mapping[str, Collection[str]] | None = None,
) -> Evaluation:
    """Compare candidates with the truth.

    Args:
        candidates: `left_source, left_key, right_source, right_key, probability`, one row per scored pair.
        truth: As `read_truth` returns it; records that it does not name count as unrelated to everybody.
        sides: For each source `seeking`, `found` or `both`: which pairs the linkage is asked for at all.
        lists: Names of kinds of lists, each with the sources of the listed records that belong to it.

    Returns:
        Figures over the pairs (seeking record, found record) of different sources; others are left out.
    """
    true = true_pairs(truth, sides)
    scored = _asked(candidates.astype({"left_key": str, "right_key": str}), sides)
    pair = ["left_source", "left_key", "right_source", "right_key"]
    scored = scored.sort_values("probability", ascending=False, kind="stable").drop_duplicates(pair)
    person = truth.set_index(["source", "key"])["person_id"]
    left_person, right_person = (
        person.reindex(pd.MultiIndex.from_frame(scored[[f"{side}_source", f"{side}_key"]])).to_numpy()
        for side in ("left", "right")
    )
    known = ~pd.isna(left_person) & ~pd.isna(right_person)
    scored = scored.assign(true=known & (left_person == right_person))
    named = set(truth["source"])
    scored = scored[scored["left_source"].isin(named) & scored["right_source"].isin(named)]
    pairs = sorted({*zip(true["left_source"], true["right_source"], strict=True)})
    by_sources = tuple(
        _score(
            f"{a} → {b}",
            scored[(scored["left_source"] == a) & (scored["right_source"] == b)],
            true[(true["left_source"] == a) & (true["right_source"] == b)],
        )
        for a, b in pairs
    )
    by_scenario = tuple(
        _score(name, _rivals(scored, true[true["scenario"] == name]), true[true["scenario"] == name])
        for name in sorted(set(true["scenario"]))
    )
    by_lists = tuple(
        _score(name, scored[scored["right_source"].isin(members)], true[true["right_source"].isin(members)])
        for name, members in (lists or {}).items()
    )
    return Evaluation(_score("all", scored, true), by_lists, by_sources, by_scenario)


def true_pairs(truth: pd.DataFrame, sides: Mapping[str, str]) -> pd.DataFrame:
    """Return the pairs of one person that a linkage is asked for: `left_*`, `right_*`, the right record's scenario."""
    side = truth["source"].map(sides).fillna("both")
    left = truth[side.isin(("seeking", "both"))]
    right = truth[side.isin(("found", "both"))]
    both = left.merge(right, on="person_id", suffixes=("_left", "_right"))
    twin = both["source_left"].map(sides).fillna("both").eq("both") & both["source_right"].map(sides).fillna("both").eq(
        "both"
    )
    both = both[(both["source_left"] != both["source_right"]) & ~(twin & (both["source_left"] > both["source_right"]))]
    return pd.DataFrame(
        {
            "left_source": both["source_left"],
            "left_key": both["key_left"],
            "right_source": both["source_right"],
            "right_key": both["key_right"],
            "scenario": both["scenario_right"],
        }
    )


def _asked(scored: pd.DataFrame, sides: Mapping[str, str]) -> pd.DataFrame:
    """Return the pairs of who seeks with who may be found; a spec may compare others as well."""
    left, right = (scored[f"{side}_source"].map(sides).fillna("both") for side in ("left", "right"))
    asked = (left.ne("found") & right.ne("seeking")) | (right.ne("found") & left.ne("seeking"))
    return scored[asked & (scored["left_source"] != scored["right_source"])]


def _rivals(scored: pd.DataFrame, true: pd.DataFrame) -> pd.DataFrame:
    """Return the candidates that compete for these true pairs: all of their left records in the same right sources.

    Which scenario a wrong candidate belongs to is known to the truth alone, so a wrong one counts against every
    scenario that it competes with. True pairs of other scenarios are left out: they are neither hits nor errors here.
    """
    by = ["left_source", "left_key", "right_source"]
    rivals = scored.merge(true[by].drop_duplicates(), on=by)
    own = rivals.merge(true[[*by, "right_key"]].drop_duplicates(), on=[*by, "right_key"], how="left", indicator=True)
    return rivals[~rivals["true"].to_numpy() | (own["_merge"] == "both").to_numpy()]


def _score(group: str, scored: pd.DataFrame, true: pd.DataFrame) -> Score:
    """Return the figures of one group; ties in probability count as one threshold."""
    total = len(true)
    ordered = scored.sort_values("probability", ascending=False, kind="stable")
    hits = ordered["true"].to_numpy(dtype=bool)
    probability = ordered["probability"].to_numpy(dtype=float)
    last_of_tie = np.append(probability[1:] != probability[:-1], True) if len(probability) else np.zeros(0, dtype=bool)
    found = np.cumsum(hits)[last_of_tie]
    taken = (np.arange(len(hits)) + 1)[last_of_tie]
    precision = found / np.maximum(taken, 1)
    recall = found / max(total, 1)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    best = int(f1.argmax()) if len(f1) else -1
    sure = recall[precision >= 0.99]
    at1, at5 = _recall_at(ordered, true, 1), _recall_at(ordered, true, 5)
    if best < 0:
        return Score(group, total, 0, at1, at5, 0.0, 0.0, 0.0, 1.0, 0.0)
    thresholds: npt.NDArray[np.float64] = probability[last_of_tie]
    return Score(
        group,
        total,
        len(scored),
        at1,
        at5,
        float(f1[best]),
        float(precision[best]),
        float(recall[best]),
        float(thresholds[best]),
        float(sure.max()) if len(sure) else 0.0,
    )


def _recall_at(ordered: pd.DataFrame, true: pd.DataFrame, k: int) -> float:
    """Return the share of (left record, right source) with a true partner whose best k candidates hold one."""
    wanted = true[["left_source", "left_key", "right_source"]].drop_duplicates()
    if wanted.empty:
        return 0.0
    by = ["left_source", "left_key", "right_source"]
    rank = ordered.groupby(by, sort=False).cumcount()
    top = ordered[(rank < k).to_numpy() & ordered["true"].to_numpy(dtype=bool)][by].drop_duplicates()
    return len(wanted.merge(top, on=by)) / len(wanted)
