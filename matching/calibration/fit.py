"""Fitting a calibration to verdicts, and saying honestly on held-out ones what it is worth."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd

from matching.calibration.calibration_file import Calibration
from matching.calibration.curves import Method, Truth, fit_curve
from matching.calibration.reliability import Reliability, assess
from matching.calibration.scale import Floats, log_odds, share
from matching.errors import CalibrationError, FrameError

VERDICT_COLUMNS = ("left", "right", "sources", "probability", "same")
"""One row per judged pair: stable names of its records, the pair of sources, the model's probability, the verdict."""

Choice = Literal["auto", "platt", "isotonic"]
CHOICES: tuple[Choice, ...] = get_args(Choice)
"""How a curve may be asked for: by its kind, or `auto` for the one that foretells better."""

FEWEST = 100
FEWEST_OF_A_KIND = 20
ISOTONIC_FROM = 1_000
_EDGE = 5


@dataclass(frozen=True)
class Assessment:
    """What a calibration is worth, on verdicts that it did not see.

    Attributes:
        before: The model's own probabilities.
        after: Calibrated ones; each pair's was predicted by a curve fitted without its fold.
        compared: Held-out log-loss of each method that was tried.
    """

    before: Reliability
    after: Reliability
    compared: dict[str, float]


def fit(
    verdicts: pd.DataFrame,
    *,
    model_digest: str,
    seed: int,
    method: Choice = "auto",
    folds: int = 5,
) -> tuple[Calibration, Assessment]:
    """Fit a calibration of the model's log-odds to pairs on which two people agreed.

    People judge what the model finds likely, so verdicts say nothing of scores that nobody looked at: the calibration
    holds between the fifth lowest and the fifth highest score among the verdicts, and for pairs of sources of which
    enough were judged. Pairs on which people could not agree are not among them.

    Args:
        verdicts: Rows with `VERDICT_COLUMNS`. The order does not matter.
        model_digest: Hash of the model whose scores these are.
        seed: Of the folds and of the resampling.
        method: `platt`, `isotonic`, or `auto`: Platt, or from 1,000 verdicts on the one that foretells better.
        folds: Parts of cross-validation; all pairs of one left record lie in one part.

    Raises:
        FrameError: when a column is missing.
        CalibrationError: when there is no such method, there are fewer than 100 verdicts or 20 of a kind, or they
            contradict the scores.
    """
    choice = chosen(method)
    frame = _checked(verdicts)
    bits, same = log_odds(frame["probability"]), frame["same"].to_numpy(dtype=bool)
    methods = _methods(choice, len(frame))
    parts = _folds(frame, same, folds, seed)
    held_out = {name: _predict(name, bits, same, parts) for name in methods}
    after = {name: assess(bits, predicted, same, seed=seed) for name, predicted in held_out.items()}
    best = min(methods, key=lambda name: (round(after[name].log_loss, 6), methods.index(name)))
    ordered = np.sort(bits)
    calibration = Calibration(
        model_digest=model_digest,
        curve=fit_curve(best, bits, same),
        lowest_bits=round(float(ordered[_EDGE - 1]), 6),
        highest_bits=round(float(ordered[-_EDGE]), 6),
        sources={str(name): int(count) for name, count in frame["sources"].value_counts().sort_index().items()},
        same=int(same.sum()),
        different=int((~same).sum()),
        verdicts_sha256=_digest(frame),
        seed=seed,
        folds=folds,
    )
    compared: dict[str, float] = {name: found.log_loss for name, found in after.items()}
    return calibration, Assessment(assess(bits, share(bits), same, seed=seed), after[best], compared)


def chosen(method: str) -> Choice:
    """Return the method as one of `CHOICES`.

    Raises:
        CalibrationError: when there is no such method.
    """
    if method not in CHOICES:
        mend = f"Choose one of {', '.join(CHOICES)}"
        raise CalibrationError(f"there is no method '{method}'", where="method", mend=mend)
    return method


def _methods(choice: Choice, verdicts: int) -> tuple[Method, ...]:
    if choice != "auto":
        return (choice,)
    return ("platt", "isotonic") if verdicts >= ISOTONIC_FROM else ("platt",)


def _checked(verdicts: pd.DataFrame) -> pd.DataFrame:
    """Return the verdicts in an order of their own, each pair once."""
    for column in VERDICT_COLUMNS:
        if column not in verdicts:
            raise FrameError(
                f"the column '{column}' is missing", where="verdicts", mend=f"Give {', '.join(VERDICT_COLUMNS)}"
            )
    frame = verdicts[list(VERDICT_COLUMNS)].astype({"left": str, "right": str, "sources": str, "same": bool})
    frame = frame.assign(probability=frame["probability"].astype(float).round(6))
    frame = frame.sort_values(["left", "right", "probability"], ignore_index=True).drop_duplicates(["left", "right"])
    same = int(frame["same"].sum())
    different = len(frame) - same
    if len(frame) < FEWEST or min(same, different) < FEWEST_OF_A_KIND:
        raise CalibrationError(
            f"there are {len(frame)} pairs on which two people agreed ({same} same, {different} different), and a "
            f"calibration wants at least {FEWEST}, {FEWEST_OF_A_KIND} of each kind",
            where="verdicts",
            mend="Until then a score is a score; go on judging pairs, unlikely ones too",
        )
    return frame


def _folds(frame: pd.DataFrame, same: Truth, folds: int, seed: int) -> list[Floats]:
    """Return the positions of each part; rival candidates of one record stay together."""
    from sklearn.model_selection import StratifiedGroupKFold  # only fitting needs it

    groups = pd.factorize(frame["left"])[0]
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed % 2**32)
    return [test for _, test in splitter.split(np.zeros(len(frame)), same, groups) if len(test)]


def _predict(method: Method, bits: Floats, same: Truth, parts: list[Floats]) -> Floats:
    """Return for each pair the probability that a curve fitted without its part gives."""
    out = np.zeros(len(bits))
    for test in parts:
        train = np.ones(len(bits), dtype=bool)
        train[test] = False
        out[test] = fit_curve(method, bits[train], same[train])(bits[test])
    return out


def _digest(frame: pd.DataFrame) -> str:
    digest = hashlib.sha256()
    for row in frame.itertuples(index=False):
        digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()
