"""Intervals of a share: how far a figure from few pairs can be trusted."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

Z95 = 1.959963984540054
"""Standard normal quantile of a two-sided interval of 95 %: scipy.special.ndtri(0.975), without importing scipy."""


def wilson(hits: npt.ArrayLike, total: npt.ArrayLike, z: float = Z95) -> tuple[Floats, Floats]:
    """Return the Wilson score interval of `hits` out of `total`, element by element.

    It stays within 0 and 1 and is honest at the ends, where the usual interval has no width: 20 of 20 give 0.84 to 1.
    Of nothing, nothing is known: 0 to 1.

    scipy.stats has it for one pair of whole numbers, at a millisecond each; a curve asks for thousands at once, and a
    test holds the two together.

    Args:
        hits: Successes; need not be whole, as for expected counts.
        total: Trials.
        z: Standard normal quantile; the default gives 95 %.

    Source: Wilson, Journal of the American Statistical Association 22 (1927), 209–212.
    """
    count, n = np.broadcast_arrays(np.asarray(hits, dtype=np.float64), np.asarray(total, dtype=np.float64))
    safe = np.where(n > 0, n, 1.0)
    share = count / safe
    centre = (share + z * z / (2 * safe)) / (1 + z * z / safe)
    half = z / (1 + z * z / safe) * np.sqrt(np.maximum(share * (1 - share), 0.0) / safe + z * z / (4 * safe * safe))
    low, high = np.clip(centre - half, 0.0, 1.0), np.clip(centre + half, 0.0, 1.0)
    # Rounding must not put the share of none or of all outside its own interval.
    low, high = np.where(count <= 0, 0.0, low), np.where(count >= n, 1.0, high)
    known = n > 0
    return np.where(known, low, 0.0), np.where(known, high, 1.0)
