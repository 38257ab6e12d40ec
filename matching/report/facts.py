"""What a report is told besides the linkage itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from matching.calibration import Assessment, Calibration
from matching.report.clock import Step


@dataclass(frozen=True)
class RunFacts:
    """A run as it is remembered.

    Attributes:
        title: Heading of the page, such as `Run 12`.
        at: When it was, in words.
        manifest: Hashes, versions and settings from which it can be repeated; no names.
        steps: How long each step took.
        peak_mb: Peak resident memory of the process in MB, None when nobody measured it.
        calibration: What makes the scores probabilities, None when they are none.
        assessment: What the calibration is worth on verdicts that it did not see.
        why_not: Why there is no calibration.
        decided: What the run means for what people had decided before, as names and figures.
    """

    title: str
    at: str = ""
    manifest: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    peak_mb: float | None = None
    calibration: Calibration | None = None
    assessment: Assessment | None = None
    why_not: str = ""
    decided: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class KnownTruth:
    """Scored pairs of which it is known whether they are one child.

    Attributes:
        scored: One row per pair: `left_source`, `right_source`, `weight`, `probability`, `same`.
        true_pairs: Pairs of one child in all, found or not.
        reports: Records that somebody seeks.
        where: What the truth is, in words.
    """

    scored: pd.DataFrame
    true_pairs: int
    reports: int
    where: str
