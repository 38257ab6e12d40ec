"""Errors of the linkage library: each says what went wrong, where, and how to mend it."""

from __future__ import annotations

from functools import partial
from typing import Any


class LinkageError(Exception):
    """A spec, model or frame that cannot be linked with.

    Args:
        what: What is wrong, in one sentence without identifying values.
        where: File and key, or frame and column.
        mend: What to change.
    """

    def __init__(self, what: str, *, where: str = "", mend: str = "") -> None:
        self.what, self.where, self.mend = what, where, mend
        parts = [part.rstrip(".") for part in (f"{where}: {what}" if where else what, mend) if part]
        super().__init__(". ".join(parts) + ("" if parts[-1].endswith("?") else "."))

    def __reduce__(self) -> tuple[Any, ...]:
        """Come whole out of another process, where slices may be worked on."""
        return partial(type(self), where=self.where, mend=self.mend), (self.what,)


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
