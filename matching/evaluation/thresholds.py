"""Choosing a threshold: what each one finds, how surely that is known, and what it asks of the people who judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.errors import FrameError
from matching.evaluation.intervals import wilson
from matching.evaluation.known_truth import true_pairs

PAIR = ["left_source", "left_key", "right_source", "right_key"]
VERDICTS = {"same": True, "different": False}
PEOPLE_PER_PAIR = 2

_PER = 1_000
_SURE = 0.99
_NEARLY_ALL = 0.99
_FIGURES = ("threshold", *(f"{what}{end}" for what in ("precision", "recall") for end in ("", "_low", "_high")))


@dataclass(frozen=True)
class Judged:
    """Scored pairs whose truth is known.

    Attributes:
        pairs: One row per pair: those of `PAIR`, `weight`, `probability`, `same`.
        true_pairs: Pairs of one child in all, found or not.
        complete: Whether that is known of all pairs. With verdicts it is not: nobody counts the pairs that nobody saw,
            and recall is a share of those confirmed.
    """

    pairs: pd.DataFrame
    true_pairs: int
    complete: bool


@dataclass(frozen=True)
class OperatingPoint:
    """A threshold that one may choose, and what follows from it.

    Attributes:
        name: What it is good for.
        threshold: Pairs at least so probable are shown.
        precision, precision_low, precision_high: Share of shown pairs that are one child, with its 95 % interval.
        recall, recall_low, recall_high: Share of the true pairs that are shown, likewise.
        pairs_per_thousand: Shown pairs for 1,000 reports.
        words: All of it in a sentence.
    """

    name: str
    threshold: float
    precision: float
    precision_low: float
    precision_high: float
    recall: float
    recall_low: float
    recall_high: float
    pairs_per_thousand: float
    words: str


def judged_by_truth(candidates: pd.DataFrame, truth: pd.DataFrame, sides: Mapping[str, str]) -> Judged:
    """Mark candidates by known truth.

    Args:
        candidates: `PAIR`, `weight`, `probability`.
        truth: As `matching.evaluation.known_truth.read_truth` returns it.
        sides: For each source `seeking`, `found` or `both`.
    """
    scored = _once(candidates)
    named = set(truth["source"])
    scored = scored[scored["left_source"].isin(named) & scored["right_source"].isin(named)]
    person = truth.set_index(["source", "key"])["person_id"]
    left, right = (
        person.reindex(pd.MultiIndex.from_frame(scored[[f"{side}_source", f"{side}_key"]])).to_numpy()
        for side in ("left", "right")
    )
    same = ~pd.isna(left) & ~pd.isna(right) & (left == right)
    return Judged(scored.assign(same=same).reset_index(drop=True), len(true_pairs(truth, sides)), complete=True)


def judged_by_verdicts(candidates: pd.DataFrame, verdicts: pd.DataFrame) -> Judged:
    """Keep the candidates on which two people agreed, and mark them by what they said.

    Args:
        candidates: `PAIR`, `weight`, `probability`, as `ridni candidates export` writes them.
        verdicts: `PAIR`, `verdict` (same or different), as `ridni candidates verdicts` writes them; a pair may stand
            either way round.

    Raises:
        FrameError: when a verdict is neither, or none is about a candidate.
    """
    unknown = sorted(set(verdicts["verdict"]) - set(VERDICTS))
    if unknown:
        raise FrameError(
            f"there is a verdict '{unknown[0]}'", where="verdicts", mend="Leave pairs out that are not decided"
        )
    told = verdicts[[*PAIR, "verdict"]].astype(str)
    turned = told.rename(columns=dict(zip(PAIR, PAIR[2:] + PAIR[:2], strict=True)))
    both = pd.concat([told, turned]).drop_duplicates(PAIR)
    pairs = _once(candidates).merge(both, on=PAIR)
    if pairs.empty:
        raise FrameError(
            "no verdict is about one of the candidates", where="verdicts", mend="Export both from one home"
        )
    pairs = pairs.assign(same=pairs.pop("verdict").map(VERDICTS).astype(bool))
    return Judged(pairs, int(pairs["same"].sum()), complete=False)


def _once(candidates: pd.DataFrame) -> pd.DataFrame:
    scored = candidates.astype({"left_key": str, "right_key": str})
    return scored.sort_values("probability", ascending=False, kind="stable").drop_duplicates(PAIR)


def threshold_curve(probability: npt.ArrayLike, same: npt.ArrayLike, true_pairs: int | None = None) -> pd.DataFrame:
    """Return what each threshold would show, from the highest to the lowest; equal probabilities are one threshold.

    Args:
        probability: Of scored pairs, `(n,)`.
        same: Whether each is one child, `(n,)`.
        true_pairs: Pairs of one child in all; unset: those among the scored.

    Returns:
        `threshold, shown, true` (counts), `precision` and `recall` each with `_low` and `_high` (95 % Wilson), `f1`.
    """
    score = np.asarray(probability, dtype=np.float64)
    hits = np.asarray(same, dtype=bool)
    order = np.argsort(-score, kind="stable")
    score, hits = score[order], hits[order]
    last = np.append(score[1:] != score[:-1], True) if len(score) else np.zeros(0, dtype=bool)
    found, shown = np.cumsum(hits)[last], np.flatnonzero(last) + 1
    total = max(int(hits.sum()) if true_pairs is None else true_pairs, 1)
    precision, recall = found / np.maximum(shown, 1), found / total
    precision_low, precision_high = wilson(found, shown)
    recall_low, recall_high = wilson(found, np.full(len(found), total))
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    return pd.DataFrame(
        {
            "threshold": score[last],
            "shown": shown,
            "true": found,
            "precision": precision,
            "precision_low": precision_low,
            "precision_high": precision_high,
            "recall": recall,
            "recall_low": recall_low,
            "recall_high": recall_high,
            "f1": f1,
        }
    )


def pairs_per_thousand(probability: npt.ArrayLike, thresholds: npt.ArrayLike, reports: int) -> npt.NDArray[np.float64]:
    """Return how many pairs each threshold shows for 1,000 reports.

    Args:
        probability: Of all candidates, judged or not, `(n,)`.
        thresholds: `(m,)`.
        reports: Records that somebody seeks.
    """
    ordered = np.sort(np.asarray(probability, dtype=np.float64))
    shown = len(ordered) - np.searchsorted(ordered, np.asarray(thresholds, dtype=np.float64), side="left")
    return np.asarray(shown * _PER / max(reports, 1), dtype=np.float64)


def operating_points(
    curve: pd.DataFrame, probability: npt.ArrayLike, reports: int, *, complete: bool = True
) -> tuple[OperatingPoint, ...]:
    """Recommend thresholds: one with few false pairs, a balanced one, and one that misses little.

    Args:
        curve: As `threshold_curve` returns it.
        probability: Of all candidates, judged or not.
        reports: Records that somebody seeks.
        complete: Whether the curve knows all true pairs, or those confirmed by people alone.
    """
    if curve.empty:
        return ()
    precision, recall = curve["precision"].to_numpy(dtype=float), curve["recall"].to_numpy(dtype=float)
    sure = precision >= _SURE
    chosen = (
        ("few false pairs", int(np.where(sure, recall, -1).argmax()) if sure.any() else int(precision.argmax())),
        ("balanced (best F1)", int(curve["f1"].to_numpy(dtype=float).argmax())),
        ("miss little", int((recall >= _NEARLY_ALL * recall.max()).argmax())),
    )
    figures = {name: curve[name].to_numpy(dtype=float) for name in _FIGURES}
    return tuple(
        _point(name, {figure: float(values[at]) for figure, values in figures.items()}, probability, reports, complete)
        for name, at in chosen
    )


def _point(
    name: str, row: Mapping[str, float], probability: npt.ArrayLike, reports: int, complete: bool
) -> OperatingPoint:
    load = float(pairs_per_thousand(probability, [row["threshold"]], reports)[0])
    whole = "of 100 true pairs" if complete else "of 100 pairs that people have confirmed"
    words = (
        f"Show pairs from {row['threshold']:.4g} on. Of 100 shown, {row['precision'] * 100:.0f} "
        f"({row['precision_low'] * 100:.0f}–{row['precision_high'] * 100:.0f}) are one child; {whole}, "
        f"{row['recall'] * 100:.0f} ({row['recall_low'] * 100:.0f}–{row['recall_high'] * 100:.0f}) are shown. "
        f"1,000 reports give {load:,.0f} pairs to judge: {load * PEOPLE_PER_PAIR:,.0f} verdicts, two for each."
    )
    return OperatingPoint(name=name, pairs_per_thousand=load, words=words, **row)


def at_threshold(pairs: pd.DataFrame, threshold: float, by: Sequence[str]) -> pd.DataFrame:
    """Return what one threshold means for each group of judged pairs: a threshold that suits all may fail some.

    Args:
        pairs: `probability`, `same`, and the columns of `by`.
        threshold: Pairs at least so probable are shown.
        by: Columns that make a group.

    Returns:
        One row per group: `true` and `shown` (counts), `precision` and `recall` among the judged pairs, each with
        `_low` and `_high` (95 % Wilson). Where nothing is shown or true, the share is NaN.
    """
    shown = pairs["probability"] >= threshold
    marked = pairs.assign(shown=shown, hit=shown & pairs["same"])
    counts = marked.groupby(list(by), sort=True)[["same", "shown", "hit"]].sum().rename(columns={"same": "true"})
    for name, whole in (("precision", "shown"), ("recall", "true")):
        hits, total = counts["hit"].to_numpy(dtype=float), counts[whole].to_numpy(dtype=float)
        low, high = wilson(hits, total)
        counts[name] = np.where(total > 0, hits / np.maximum(total, 1), np.nan)
        counts[f"{name}_low"], counts[f"{name}_high"] = low, high
    return counts.drop(columns="hit")


def with_keys(candidates: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """Return candidates of a linkage (`left`, `right`) with the columns of `PAIR`, from records that have a `key`."""
    of = records.set_index("record_id")[["source", "key"]]
    found = {
        f"{side}_{column}": of[column].reindex(candidates[side]).to_numpy()
        for side in ("left", "right")
        for column in ("source", "key")
    }
    return candidates.assign(**found)


def expected_true(probability: npt.ArrayLike, edges: npt.ArrayLike, weight: npt.ArrayLike) -> pd.DataFrame:
    """Return by bin of weight how many pairs there are and how many of them the model expects to be one child.

    Args:
        probability: The model's own estimate, `(n,)`.
        edges: Edges of the bins in bits, ascending.
        weight: `(n,)`.

    Returns:
        `low, high, pairs, expected`, one row per bin.
    """
    bounds = np.asarray(edges, dtype=np.float64)
    at = np.clip(np.searchsorted(bounds, np.asarray(weight, dtype=np.float64), side="right") - 1, 0, len(bounds) - 2)
    chance = np.asarray(probability, dtype=np.float64)
    return pd.DataFrame(
        {
            "low": bounds[:-1],
            "high": bounds[1:],
            "pairs": np.bincount(at, minlength=len(bounds) - 1),
            "expected": np.bincount(at, weights=chance, minlength=len(bounds) - 1),
        }
    )
