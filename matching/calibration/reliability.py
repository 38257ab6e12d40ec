"""How far predicted probabilities hold: reliability in bins of equal size, and the usual three summaries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.calibration.curves import Truth
from matching.calibration.scale import Floats
from matching.evaluation.intervals import wilson

_MOST_BINS = 10
_PAIRS_PER_BIN = 20
_RESAMPLES = 400
_TINY = 1e-6


@dataclass(frozen=True)
class Bin:
    """Pairs of neighbouring scores.

    Attributes:
        low_bits, high_bits: Lowest and highest score, in bits.
        pairs, same: How many there are, and how many were judged to be one child.
        predicted: Mean of the predicted probabilities.
        share, share_low, share_high: Share judged to be one child, with its 95 % Wilson interval.
    """

    low_bits: float
    high_bits: float
    pairs: int
    same: int
    predicted: float
    share: float
    share_low: float
    share_high: float

    @property
    def holds(self) -> bool:
        """Tell whether the predicted probability lies within the interval."""
        return self.share_low <= self.predicted <= self.share_high


@dataclass(frozen=True)
class Reliability:
    """How far predictions hold.

    Attributes:
        bins: By score, each of about as many pairs; equal scores are never parted.
        ece: Expected calibration error: mean distance of prediction and share over the bins, by pairs. Few pairs in a
            bin make it larger than it truly is.
        ece_low, ece_high: Its 95 % interval from seeded resampling of pairs.
        brier: Mean squared distance of prediction and verdict.
        log_loss: Mean surprise of the verdicts, in bits.
    """

    bins: tuple[Bin, ...]
    ece: float
    ece_low: float
    ece_high: float
    brier: float
    log_loss: float


def assess(bits: Floats, predicted: Floats, same: Truth, *, seed: int) -> Reliability:
    """Hold predicted probabilities `(n,)` of scores `(n,)` in bits against verdicts `(n,)`."""
    number = bin_numbers(bits)
    bins = tuple(_bin(bits[number == i], predicted[number == i], same[number == i]) for i in range(number.max() + 1))
    generator = np.random.default_rng(seed)
    draws = generator.integers(0, len(bits), size=(_RESAMPLES, len(bits)))
    resampled = [_ece(number[draw], predicted[draw], same[draw]) for draw in draws]
    low, high = np.quantile(resampled, [0.025, 0.975])
    p = np.clip(predicted, _TINY, 1 - _TINY)
    return Reliability(
        bins=bins,
        ece=_ece(number, predicted, same),
        ece_low=float(low),
        ece_high=float(high),
        brier=float(np.mean((predicted - same) ** 2)),
        log_loss=float(-np.mean(np.where(same, np.log2(p), np.log2(1 - p)))),
    )


def bin_numbers(bits: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Return for each score the number of its bin: ten of equal size, fewer when there would be under 20 pairs each."""
    wanted = max(1, min(_MOST_BINS, len(bits) // _PAIRS_PER_BIN))
    edges = np.unique(np.quantile(bits, np.arange(1, wanted) / wanted, method="higher"))
    number = np.searchsorted(edges, bits, side="right")
    return np.unique(number, return_inverse=True)[1].astype(np.int64)


def _bin(bits: Floats, predicted: Floats, same: Truth) -> Bin:
    hits = int(same.sum())
    low, high = wilson(hits, len(same))
    return Bin(
        low_bits=float(bits.min()),
        high_bits=float(bits.max()),
        pairs=len(same),
        same=hits,
        predicted=float(predicted.mean()),
        share=hits / len(same),
        share_low=float(low),
        share_high=float(high),
    )


def _ece(number: np.ndarray[tuple[int, ...], np.dtype[np.int64]], predicted: Floats, same: Truth) -> float:
    gap = np.bincount(number, weights=predicted) - np.bincount(number, weights=same.astype(np.float64))
    return float(np.abs(gap).sum() / len(number))
