"""Calibration: what share of pairs with a score are one child, learnt from what two people agreed on."""

from __future__ import annotations

from matching.calibration.fit import VERDICT_COLUMNS, Assessment, fit
from matching.calibration.stored import CALIBRATED, Calibration, load

__all__ = ["CALIBRATED", "VERDICT_COLUMNS", "Assessment", "Calibration", "fit", "load"]
