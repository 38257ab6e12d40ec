"""Errors of the linkage library: each says what went wrong, where, and how to mend it."""

from __future__ import annotations

from transliteration.errors import MendableError


class LinkageError(MendableError):
    """A spec, model or frame that cannot be linked with."""

    def __str__(self) -> str:
        said = super().__str__()
        return said if said.endswith(("?", ".")) else f"{said}."


class SpecError(LinkageError):
    """A linkage spec that does not describe a linkage."""


class FrameError(LinkageError):
    """A frame of records that does not fit the spec."""


class ModelError(LinkageError):
    """A model that does not fit the spec, or data that no model can be trained on."""


class CalibrationError(LinkageError):
    """Verdicts that are too few or too one-sided to calibrate on, or a calibration of another model."""


class ClusterError(LinkageError):
    """A cluster that cannot be reached, or not safely."""
