"""Calibration: what share of pairs with a score are one child, learnt from what two people agreed on."""

from __future__ import annotations

from matching.calibration.calibration_file import CALIBRATED, Calibration, load
from matching.calibration.fit import VERDICT_COLUMNS, Assessment, Choice, chosen, fit

__all__ = ["CALIBRATED", "VERDICT_COLUMNS", "Assessment", "Calibration", "Choice", "chosen", "fit", "load"]
