"""Writing reports into a run's folder: of the run itself, and of an evaluation against known truth."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from matching.evaluation import Evaluation
from matching.report import KnownTruth, RunFacts, Step, render_evaluation, render_run
from matching.spec import LinkageSpec
from pipelines.linkage.calibration import CalibratedRun
from pipelines.linkage.run_folder import RunFolder

if TYPE_CHECKING:
    from pipelines.linkage.churn import Churn
    from registry.linkage.candidates import CandidateCounts


def write_run(
    folder: RunFolder,
    spec: LinkageSpec,
    run: CalibratedRun,
    frame: pd.DataFrame,
    manifest: Mapping[str, Any],
    steps: tuple[Step, ...],
    decided: tuple[tuple[str, int], ...] = (),
    *,
    with_names: bool = False,
) -> Path:
    """Write a run's report and return its path.

    A report with names goes beside the one without, under a name that says so, readable by its owner alone, and the log
    holds that it was made.
    """
    facts = RunFacts(
        title=f"Run {folder.run_id}",
        at=_now(),
        manifest=manifest,
        steps=steps,
        decided=decided,
        peak_mb=_peak_mb(),
        calibration=run.calibration,
        assessment=run.assessment,
        why_not=run.why_not,
    )
    path = _write(folder.report, render_run(spec, run.linkage, frame, facts))
    if with_names:
        from registry import audit

        path = _write(folder.report_with_names, render_run(spec, run.linkage, frame, facts, with_names=True))
        audit.append("system", "report.with_names", "run", str(folder.run_id))
    return path


def of_decided(counts: CandidateCounts, ids: Churn) -> tuple[tuple[str, int], ...]:
    """Return what a run over everything means for what people had decided, as names and figures."""
    return (
        ("Pairs of the run that people had decided: they stay so, and are not asked again", counts.decided),
        ("Decided pairs that this model sees otherwise (`ridni identities moved`)", counts.moved),
        ("Identities that stood before the run", ids.stood),
        ("Of them lost since: merged or taken back, by people", ids.lost),
        ("Of them with other records since, by people", ids.moved),
    )


def write_evaluation(folder: RunFolder, evaluation: Evaluation, known: KnownTruth) -> Path:
    """Write the report of an evaluation and return its path."""
    return _write(folder.evaluation, render_evaluation("Candidates and known truth", _now(), evaluation, known))


def _write(path: Path, text: str) -> Path:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    return path


def _now() -> str:
    return f"{datetime.now(UTC):%d.%m.%Y %H:%M} UTC"


def _peak_mb() -> float | None:
    """Return the peak resident memory of this process in MB, where the system tells it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    lines = status.read_text(encoding="ascii", errors="replace").splitlines()
    return next((int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmHWM")), None)
