"""A calibration as a readable, versioned file, bound to the model whose scores it reads."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.calibration.curves import Curve, IsotonicCurve, PlattCurve
from matching.calibration.scale import Floats, log_odds
from matching.errors import CalibrationError

CALIBRATION_VERSION = 1
FEWEST_OF_SOURCES = 20
CALIBRATED = "calibrated_probability"
"""Column of candidates that a calibrated run adds; NaN where a score stays a score."""


@dataclass(frozen=True)
class Calibration:
    """What turns a model's score into a probability, where it was tried.

    Attributes:
        model_digest: Hash of the model file.
        curve: From log-odds in bits to a probability.
        lowest_bits, highest_bits: The range of scores that people have judged.
        sources: Verdicts of each pair of sources, as `left → right`.
        same, different: Verdicts of each kind.
        verdicts_sha256: Hash of the verdicts.
        seed, folds: Of the cross-validation.
    """

    model_digest: str
    curve: Curve
    lowest_bits: float
    highest_bits: float
    sources: dict[str, int]
    same: int
    different: int
    verdicts_sha256: str
    seed: int
    folds: int

    @property
    def method(self) -> str:
        """The kind of curve, `platt` or `isotonic`."""
        return "platt" if isinstance(self.curve, PlattCurve) else "isotonic"

    def __call__(self, probability: npt.ArrayLike, sources: npt.ArrayLike) -> Floats:
        """Return calibrated probabilities `(n,)`; NaN where no calibration holds and a score stays a score.

        Args:
            probability: The model's probabilities, `(n,)`.
            sources: The pair of sources of each, as `left → right`, `(n,)`.
        """
        bits = log_odds(np.round(np.asarray(probability, dtype=np.float64), 6))
        known = [name for name, count in self.sources.items() if count >= FEWEST_OF_SOURCES]
        tried = np.isin(np.asarray(sources, dtype=object).astype(str), known)
        slack = 1e-6  # the ends are stored rounded
        within = (bits >= self.lowest_bits - slack) & (bits <= self.highest_bits + slack)
        return np.where(tried & within, self.curve(bits), np.nan)

    def to_json(self) -> str:
        """Return the calibration as text; the same calibration gives the same bytes."""
        content = {
            "calibration_version": CALIBRATION_VERSION,
            "model": self.model_digest,
            "method": self.method,
            "curve": asdict(self.curve),
            "reviewed_bits": [self.lowest_bits, self.highest_bits],
            "sources": self.sources,
            "verdicts": {"same": self.same, "different": self.different, "sha256": self.verdicts_sha256},
            "cross_validation": {"folds": self.folds, "seed": self.seed},
        }
        return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def load(path: Path, model_digest: str) -> Calibration:
    """Read a calibration and check that it belongs to the model.

    Raises:
        CalibrationError: when the file is no calibration, or was made for another model or version.
    """
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        version, model = content["calibration_version"], content["model"]
        curve = content["curve"]
        read = Calibration(
            model_digest=model,
            curve=PlattCurve(float(curve["slope"]), float(curve["intercept"]))
            if content["method"] == "platt"
            else IsotonicCurve(tuple(map(float, curve["bits"])), tuple(map(float, curve["probability"]))),
            lowest_bits=float(content["reviewed_bits"][0]),
            highest_bits=float(content["reviewed_bits"][1]),
            sources={str(name): int(count) for name, count in content["sources"].items()},
            same=int(content["verdicts"]["same"]),
            different=int(content["verdicts"]["different"]),
            verdicts_sha256=str(content["verdicts"]["sha256"]),
            seed=int(content["cross_validation"]["seed"]),
            folds=int(content["cross_validation"]["folds"]),
        )
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
        raise CalibrationError(
            "is not a calibration file", where=str(path), mend="Make one with `ridni calibrate`"
        ) from None
    if (version, model) != (CALIBRATION_VERSION, model_digest):
        raise CalibrationError(
            f"was made for another model ({str(model)[:8]}, not {model_digest[:8]}) or another version of Ridni",
            where=str(path),
            mend="Make it again with `ridni calibrate`",
        )
    return read
