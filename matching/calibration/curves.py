"""The two calibration curves: a line in log-odds (Platt) and a staircase (isotonic)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from matching.calibration.scale import Floats
from matching.errors import CalibrationError

Method = Literal["platt", "isotonic"]
Truth = npt.NDArray[np.bool_]

_DIGITS = 10


@dataclass(frozen=True)
class PlattCurve:
    """P(one child) = 1 / (1 + exp(−(slope · bits + intercept))): two numbers, fit for few verdicts."""

    slope: float
    intercept: float

    def __call__(self, bits: Floats) -> Floats:
        """Return the calibrated probability of each score."""
        return np.asarray(1 / (1 + np.exp(-np.clip(self.slope * bits + self.intercept, -500, 500))))


@dataclass(frozen=True)
class IsotonicCurve:
    """A rising broken line through `(bits, probability)`: any shape, fit for a thousand verdicts or more."""

    bits: tuple[float, ...]
    probability: tuple[float, ...]

    def __call__(self, bits: Floats) -> Floats:
        """Return the calibrated probability of each score; beyond the ends it stays as it is there."""
        return np.interp(bits, self.bits, self.probability)


Curve = PlattCurve | IsotonicCurve


def fit_curve(method: Method, bits: Floats, same: Truth) -> Curve:
    """Fit one curve to scores `(n,)` and verdicts `(n,)`.

    Raises:
        CalibrationError: when higher scores do not go with more verdicts of one child.
    """
    return _platt(bits, same) if method == "platt" else _isotonic(bits, same)


def _platt(bits: Floats, same: Truth) -> PlattCurve:
    """Fit by logistic regression on Platt's smoothed targets, which stay off 0 and 1 when scores separate the verdicts.

    Source: Platt, Advances in Large Margin Classifiers (1999), 61–74.
    """
    from sklearn.linear_model import LogisticRegression  # only fitting needs it, reading a curve does not

    yes, no = int(same.sum()), int((~same).sum())
    target = np.where(same, (yes + 1) / (yes + 2), 1 / (no + 2))
    model = LogisticRegression(C=np.inf, tol=1e-8, max_iter=1_000)
    scores = np.concatenate([bits, bits]).reshape(-1, 1)
    outcome = np.concatenate([np.ones(len(bits), dtype=bool), np.zeros(len(bits), dtype=bool)])
    model.fit(scores, outcome, sample_weight=np.concatenate([target, 1 - target]))
    slope = round(float(model.coef_[0, 0]), _DIGITS)
    if slope <= 0:
        raise CalibrationError(
            "pairs with higher scores were judged to be one child no more often than those with lower ones",
            where="verdicts",
            mend="Look at some of them: is the model the one whose scores these are?",
        )
    return PlattCurve(slope, round(float(model.intercept_[0]), _DIGITS))


def _isotonic(bits: Floats, same: Truth) -> IsotonicCurve:
    """Fit a staircase; a step of pairs that were all judged alike still leaves room for one more verdict (Laplace)."""
    from sklearn.isotonic import IsotonicRegression

    fitted = IsotonicRegression(increasing=True, out_of_bounds="clip").fit(bits, same.astype(np.float64))
    x, raw = np.asarray(fitted.X_thresholds_), np.asarray(fitted.y_thresholds_)
    steps = fitted.predict(bits)
    size = np.array([np.isclose(steps, value).sum() for value in raw], dtype=np.float64)
    smooth = np.maximum.accumulate((raw * size + 1) / (size + 2))
    return IsotonicCurve(_rounded(x), _rounded(smooth))


def _rounded(values: Floats) -> tuple[float, ...]:
    return tuple(round(float(value), _DIGITS) for value in values)
