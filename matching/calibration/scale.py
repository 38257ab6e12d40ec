"""The scale on which scores are calibrated: log-odds in bits."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LIMIT_BITS = 20.0
"""Scores beyond one in a million either way count as that: probabilities are stored with six decimals."""


def log_odds(probability: npt.ArrayLike) -> Floats:
    """Return probabilities as log-odds in bits, held within ±20."""
    p = np.clip(np.asarray(probability, dtype=np.float64), 1e-12, 1 - 1e-12)
    return np.asarray(np.clip(np.log2(p / (1 - p)), -LIMIT_BITS, LIMIT_BITS), dtype=np.float64)


def share(bits: npt.ArrayLike) -> Floats:
    """Return log-odds in bits as probabilities."""
    return np.asarray(1 / (1 + np.exp2(-np.asarray(bits, dtype=np.float64))), dtype=np.float64)
