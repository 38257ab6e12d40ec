"""A run's folder: where it lies, and which files it holds. None but reports made on purpose holds a name of a child."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from configs.settings import settings
from matching.errors import ModelError


@dataclass(frozen=True, order=True)
class RunFolder:
    """The folder of one run; runs are in the order of their ids.

    Attributes:
        run_id: The run.
    """

    run_id: int

    @property
    def path(self) -> Path:
        """The folder itself; six digits, so that runs stand in order in a listing."""
        return _runs() / f"{self.run_id:06d}"

    @property
    def model(self) -> Path:
        """The model that scored the run."""
        return self.path / "model.json"

    @property
    def manifest(self) -> Path:
        """What the run can be repeated from."""
        return self.path / "manifest.json"

    @property
    def calibration(self) -> Path:
        """What the model's scores are worth, where that is known."""
        return self.path / "calibration.json"

    @property
    def scores_of_judged(self) -> Path:
        """The run's scores of pairs that people had decided before it."""
        return self.path / "scores_of_judged.csv"

    @property
    def terms(self) -> Path:
        """How common values are, under keyed digests."""
        return self.path / "terms.json"

    @property
    def listed_twice(self) -> Path:
        """Pairs of rows of one list, by ids of records."""
        return self.path / "listed_twice.csv"

    @property
    def support(self) -> Path:
        """The pairs that speak for candidates, by ids of records."""
        return self.path / "support.csv"

    @property
    def report(self) -> Path:
        """The report, without names."""
        return self.path / "report.html"

    @property
    def report_with_names(self) -> Path:
        """The report that shows records, where somebody asked for it."""
        return self.path / "report-with-names.html"

    @property
    def evaluation(self) -> Path:
        """The report of an evaluation against known truth."""
        return self.path / "evaluation.html"

    @property
    def has_model(self) -> bool:
        """Whether the run left a model."""
        return self.model.exists()

    @property
    def model_digest(self) -> str:
        """The hash by which a calibration and the registry name the model."""
        return digest_of(self.model.read_text(encoding="utf-8"))

    def make(self) -> None:
        """Make the folder, for its owner alone."""
        self.path.mkdir(exist_ok=True, mode=0o700)

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Write the manifest; the same content gives the same bytes."""
        self.manifest.write_text(json.dumps(dict(manifest), indent=1, sort_keys=True) + "\n", encoding="utf-8")

    def read_manifest(self) -> dict[str, Any]:
        """Return the manifest, empty when there is none that can be read."""
        try:
            content = json.loads(self.manifest.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}


def digest_of(text: str) -> str:
    """Return the SHA-256 of a file's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def newest_first() -> list[RunFolder]:
    """Return the folders of all runs."""
    names = (path.name for path in _runs().iterdir() if path.is_dir())
    return sorted((RunFolder(int(name)) for name in names if name.isdecimal()), reverse=True)


def with_model(run_id: int | None, *, mend: str = "Run `ridni link` first") -> RunFolder:
    """Return the folder of a run that left a model.

    Args:
        run_id: The run; None: the newest that left one.
        mend: What to do where the named run left none.

    Raises:
        ModelError: There is none.
    """
    if run_id is not None:
        folder = RunFolder(run_id)
        if not folder.has_model:
            raise ModelError(f"run {run_id} has no model", where=str(_runs()), mend=mend)
        return folder
    for folder in newest_first():
        if folder.has_model:
            return folder
    raise ModelError("no run has left a model", where=str(_runs()), mend="Run `ridni link` first")


def _runs() -> Path:
    return settings().folder("runs")
