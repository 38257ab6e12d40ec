"""What a run proposes, on its way into the registry: columns, or a handful of pairs written out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from registry.linkage.explanation_rows import BITS, NO_BITS, NOT_SAID, Layout, Packer


@dataclass(frozen=True)
class Proposals:
    """What a run proposes, as columns of one length.

    Attributes:
        left, right: Record ids, int64.
        weight: Bits.
        probability: The model's own score.
        calibrated: What the score is worth by the verdicts of people; NaN where nobody knows.
        scenario: Positions in `scenarios`, int16.
        scenarios: Names of scenarios.
        listed_twice: Whether nobody is sought in the pair: two rows that list one child twice, bool.
        levels: `(pairs, fields)`, int8; see `registry.linkage.explanation_rows`.
        bits: `(pairs, 1 + fields)`, int16.
        layout: What reads both.
    """

    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    weight: npt.NDArray[np.float64]
    probability: npt.NDArray[np.float64]
    calibrated: npt.NDArray[np.float64]
    scenario: npt.NDArray[np.int16]
    scenarios: Sequence[str]
    listed_twice: npt.NDArray[np.bool_]
    levels: npt.NDArray[np.int8]
    bits: npt.NDArray[np.int16]
    layout: Layout

    def __len__(self) -> int:
        return len(self.left)


@dataclass(frozen=True, slots=True)
class NewCandidate:
    """A scored pair, written out; `explanation` is `[{field, level, bits, code, sentence}]`, without names.

    `calibrated_probability` is None where nobody knows what the score is worth.
    """

    left_id: int
    right_id: int
    weight: float
    probability: float
    scenario: str
    explanation: Sequence[dict[str, Any]]
    calibrated_probability: float | None = None
    listed_twice: bool = False


def written_out(rows: Iterable[NewCandidate]) -> Proposals:
    """Return proposals whose explanations are written out as columns; for a handful of them."""
    pairs, packer = list(rows), Packer()
    packed = [packer.pack(row.explanation) for row in pairs]
    fields = len(packer.layout["fields"])
    levels = np.full((len(pairs), fields), NOT_SAID, dtype=np.int8)
    bits = np.full((len(pairs), 1 + fields), NO_BITS, dtype=BITS)
    for number, (said, worth) in enumerate(packed):  # the layout grew as they came: earlier rows are shorter
        levels[number, : len(said)] = np.frombuffer(said, np.int8)
        bits[number, : len(worth) // 2] = np.frombuffer(worth, BITS)
    scenarios = sorted({row.scenario for row in pairs})
    known = [row.calibrated_probability for row in pairs]
    return Proposals(
        np.array([row.left_id for row in pairs], dtype=np.int64),
        np.array([row.right_id for row in pairs], dtype=np.int64),
        np.array([row.weight for row in pairs], dtype=np.float64),
        np.array([row.probability for row in pairs], dtype=np.float64),
        np.array([np.nan if worth is None else worth for worth in known], dtype=np.float64),
        np.array([scenarios.index(row.scenario) for row in pairs], dtype=np.int16),
        scenarios,
        np.array([row.listed_twice for row in pairs], dtype=np.bool_),
        levels,
        bits,
        packer.layout,
    )
