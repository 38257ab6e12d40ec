"""Linking what is known: current records → candidates, with a manifest from which the run can be repeated."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from configs.settings import settings
from matching.calibration import CALIBRATED
from matching.errors import SpecError
from matching.explanation import explain
from matching.linker import Linkage
from matching.linker import link as link_records
from matching.model.parameters import Model
from matching.report import StepClock
from matching.spec import LinkageSpec
from matching.spec_file import load_spec
from pipelines import calibrating, reporting
from pipelines.normalise import VALUES

if TYPE_CHECKING:
    from registry.services.candidates import NewCandidate

Progress = Callable[[str, int, int], None]

_COLUMNS = ("record_id", "source", "source_class", "side")


@dataclass(frozen=True)
class LinkOutcome:
    """What a run found: counts for people and logs, and the folder with its model and manifest."""

    run_id: int
    records: int
    compared: int
    candidates: dict[str, int]
    rules: list[dict[str, Any]]
    folder: Path


def run(
    spec_path: Path, *, model_path: Path | None = None, with_names: bool = False, progress: Progress | None = None
) -> LinkOutcome:
    """Link all current records by a spec and store the candidates.

    Args:
        spec_path: The linkage spec.
        model_path: A trained model; without one, the run trains its own.
        with_names: Whether the run's report may show records.
        progress: Called with (step, done, total).

    Raises:
        LinkageError: the spec, the model or its calibration does not hold.
    """
    from registry.services import candidates, runs

    spec = load_registry_spec(spec_path)
    model = Model.load(model_path, spec) if model_path else None
    clock = StepClock(progress)
    frame, digest = records_frame(spec, clock)
    manifest = {
        "code": version("ridni"),
        "spec": hashlib.sha256(spec_path.read_bytes()).hexdigest(),
        "spec_name": spec.name,
        "seed": spec.seed,
        "model_given": hashlib.sha256(model_path.read_bytes()).hexdigest() if model_path else None,
        "records": len(frame),
        "records_sha256": digest,
        "store": spec.store.model_dump(),
    }
    started = runs.start("link", manifest)
    try:
        linkage = link_records(spec, frame, model=model, progress=clock)
        clock("calibrating", 0, 1)
        worth = calibrating.calibrate_linkage(linkage, frame, spec.seed, model_path)
        linkage = worth.linkage
        manifest["calibration"] = worth.digest
        folder = _write_run(started.pk, manifest, linkage)
        calibrating.write(worth, folder)
        counts = candidates.store(started, new_candidates(spec, linkage, clock))
    except BaseException:
        runs.fail(started)
        raise
    stored = asdict(counts)
    runs.finish(started, {**stored, "compared": linkage.compared, "model": _sha256(linkage.model.to_json())})
    facts = {**manifest, "model": _sha256(linkage.model.to_json())}
    reporting.write_run(folder, spec, worth, frame, facts, clock.steps(), with_names=with_names)
    return LinkOutcome(
        started.pk, len(frame), linkage.compared, stored, [asdict(rule) for rule in linkage.rules], folder
    )


def load_registry_spec(path: Path) -> LinkageSpec:
    """Read a spec and check that records of the registry can have its fields.

    Raises:
        SpecError: the spec does not hold, or names a field that no record has.
    """
    spec = load_spec(path)
    for field in spec.fields:
        if field not in VALUES:
            near = difflib.get_close_matches(field, VALUES, 1)
            mend = f"Did you mean '{near[0]}'?" if near else f"Records have: {', '.join(sorted(VALUES - {'doubts'}))}"
            raise SpecError(f"no record has a field '{field}'", where=str(path), mend=mend)
    return spec


def records_frame(spec: LinkageSpec, progress: Progress | None = None) -> tuple[pd.DataFrame, str]:
    """Return the current records as the linker wants them, and the hash of what was read.

    The order is by source and key, not by database id, so that the same records give the same bytes in any registry.
    """
    from registry.services import records

    total, digest = records.count_current(), hashlib.sha256()
    rows: list[dict[str, Any]] = []
    for chunk in records.iter_current():
        for record in chunk:
            row: dict[str, Any] = dict.fromkeys(spec.fields)
            row.update({name: _hashable(record.values[name]) for name in spec.fields if name in record.values})
            row |= {"record_id": record.id, "source": record.source, "key": record.key}
            row |= {"source_class": record.source_class, "side": record.side}
            rows.append(row)
        if progress is not None:
            progress("reading records", len(rows), total)
    frame = pd.DataFrame(rows, columns=[*_COLUMNS, "key", *spec.fields])
    frame = frame.sort_values(["source", "key"], kind="stable", ignore_index=True)
    for content in frame.drop(columns="record_id").itertuples(index=False):
        digest.update(repr(tuple(content)).encode())
    return frame.drop(columns="key"), digest.hexdigest()


def new_candidates(spec: LinkageSpec, linkage: Linkage, progress: Progress | None = None) -> Iterator[NewCandidate]:
    """Yield the candidates with their explanations, likeliest first."""
    from registry.services.candidates import NewCandidate

    frame, total = linkage.candidates, len(linkage.candidates)
    names = ("left", "right", "weight", "probability", "scenario", "row", CALIBRATED)
    columns = [frame[name].tolist() for name in names]
    for number, (left, right, weight, probability, scenario, row, worth) in enumerate(zip(*columns, strict=True)):
        if progress is not None and number % 2_000 == 0:
            progress("storing candidates", number, total)
        reasons = explain(spec, linkage, row, weight, scenario)
        yield NewCandidate(
            left_id=left,
            right_id=right,
            weight=round(weight, 3),
            probability=round(probability, 6),
            scenario=scenario,
            explanation=[asdict(reason) for reason in reasons],
            calibrated_probability=None if isnan(worth) else round(worth, 6),
        )


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _write_run(run_id: int, manifest: dict[str, Any], linkage: Linkage) -> Path:
    """Write the model, the manifest and the blocking report of a run into its folder; no names in any of them."""
    folder = settings().folder("runs") / f"{run_id:06d}"
    folder.mkdir(exist_ok=True, mode=0o700)
    model = linkage.model.to_json()
    (folder / "model.json").write_text(model, encoding="utf-8")
    content = {**manifest, "model": _sha256(model), "blocking": [asdict(rule) for rule in linkage.rules]}
    (folder / "manifest.json").write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return folder


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
