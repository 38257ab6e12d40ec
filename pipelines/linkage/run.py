"""Linking what is known: current records → candidates, with a manifest from which the run can be repeated."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from configs.settings import settings
from matching.blocking.report import RuleReport, explain_blocking
from matching.calibration import CALIBRATED
from matching.engine.backend import Backend
from matching.engine.incremental import Delta
from matching.errors import SpecError
from matching.explanation import explain
from matching.linker import Linkage
from matching.linker import link as link_records
from matching.model.parameters import Model
from matching.report import StepClock
from matching.spec import LinkageSpec
from matching.spec.yaml_file import load_spec
from pipelines.linkage import calibration, incremental, report_files
from pipelines.linkage.records_frame import Progress, current_frame, digest_of
from sources.extraction.normalise import VALUES

if TYPE_CHECKING:
    from registry.linkage.candidates import NewCandidate


@dataclass(frozen=True)
class LinkOutcome:
    """What a run found: counts for people and logs, and the folder with its model and manifest.

    Attributes:
        run_id: The run.
        records: Records at hand.
        new: Records that were new, None for a run over everything.
        compared: Pairs compared.
        candidates: What became of the proposals.
        rules: Report of each blocking rule.
        empty_fields: Fields that no record has a value of.
        unlearned: Pairs of lists that the given model has not been trained on; they were scored by the spec's priors.
        folder: The run's folder.
    """

    run_id: int
    records: int
    new: int | None
    compared: int
    candidates: dict[str, int]
    rules: list[dict[str, Any]]
    empty_fields: list[str]
    unlearned: list[str]
    folder: Path


@dataclass(frozen=True)
class _Input:
    """What a run works on: all records, or the new ones with their likely partners."""

    frame: pd.DataFrame
    model_path: Path | None
    delta: Delta | None = None

    @property
    def new_rows(self) -> pd.DataFrame:
        """The records that no run has linked."""
        return self.frame if self.delta is None else self.frame[self.frame["record_id"].isin(self.delta.new)]


def run(
    spec_path: Path,
    *,
    model_path: Path | None = None,
    only_new: bool = False,
    learn: bool = False,
    with_names: bool = False,
    backend: Backend | None = None,
    progress: Progress | None = None,
) -> LinkOutcome | None:
    """Link current records by a spec and store the candidates; None when only new ones were asked for and none came.

    Args:
        spec_path: The linkage spec.
        model_path: A trained model; without one, the run trains its own.
        only_new: Link what came since the last run, with the model of that run, at a cost in proportion to it. Where
            no run has gone before, everything is new.
        learn: Whether the given model first learns m from verdicts; it is then calibrated anew.
        with_names: Whether the run's report may show records.
        backend: Where slices of pairs are worked on; unset: the cores of this machine.
        progress: Called with (step, done, total).

    Raises:
        LinkageError: the spec, the model or its calibration does not hold, or a rule would give too many pairs.
    """
    from registry.linkage import candidates, runs

    spec = load_registry_spec(spec_path)
    clock = StepClock(progress)
    given = _only_new(spec, clock) if only_new else None
    if given is not None and given.delta is not None and not given.delta.new:
        return None
    given = given or _Input(current_frame(spec, clock), model_path)
    model = Model.load(given.model_path, spec) if given.model_path else None
    manifest = _manifest(spec_path, spec, given)
    if model is not None and learn:
        model, manifest["learnt_from_verdicts"] = calibration.learn_from_verdicts(spec, model)
    started = runs.start("link", manifest)
    try:
        linkage = link_records(spec, given.frame, model=model, delta=given.delta, backend=backend, progress=clock)
        clock("calibrating", 0, 1)
        worth = calibration.calibrate_linkage(linkage, given.frame, spec.seed, None if learn else given.model_path)
        linkage = worth.linkage
        manifest["calibration"] = worth.digest
        folder = _write_run(started.pk, manifest, linkage)
        incremental.write_terms(folder, spec, {**(given.delta.terms if given.delta else {}), **linkage.terms})
        calibration.write(worth, folder)
        counts = candidates.store(started, new_candidates(spec, linkage, clock), withdraw=given.delta is None)
        clock("keeping buckets", 0, 1)
        # Last, so that a run that was killed before leaves its records new.
        incremental.keep(spec, given.new_rows)
    except BaseException:
        runs.fail(started)
        raise
    unlearned = [" → ".join(names) for names in linkage.model.groups if model and names not in model.groups]
    stored = asdict(counts)
    runs.finish(started, {**stored, "compared": linkage.compared, "model": _sha256(linkage.model.to_json())})
    facts = {**manifest, "model": _sha256(linkage.model.to_json())}
    report_files.write_run(folder, spec, worth, given.frame, facts, clock.steps(), with_names=with_names)
    return LinkOutcome(
        started.pk,
        len(given.frame),
        None if given.delta is None else len(given.delta.new),
        linkage.compared,
        stored,
        [asdict(rule) for rule in linkage.rules],
        [] if given.delta else list(linkage.empty_fields),
        unlearned,
        folder,
    )


def _only_new(spec: LinkageSpec, progress: Progress) -> _Input | None:
    """Return the new records with their likely partners, None when no run with this spec has gone before."""
    folder = incremental.last_run(spec)
    if folder is None:
        return None
    progress("reading new records", 0, 1)
    found = incremental.new_records(spec, folder)
    progress("reading new records", 1, 1)
    return _Input(found.frame, found.model, found.delta)


def _manifest(spec_path: Path, spec: LinkageSpec, given: _Input) -> dict[str, Any]:
    model = given.model_path
    return {
        "code": version("ridni"),
        "spec": hashlib.sha256(spec_path.read_bytes()).hexdigest(),
        "spec_name": spec.name,
        "seed": spec.seed,
        "model_given": hashlib.sha256(model.read_bytes()).hexdigest() if model else None,
        "records": len(given.frame),
        "records_new": None if given.delta is None else len(given.delta.new),
        "records_sha256": digest_of(given.frame),
        "store": spec.store.model_dump(),
    }


def blocking_against(spec_path: Path, truth: pd.DataFrame, progress: Progress) -> tuple[RuleReport, ...]:
    """Run the blocking rules on all current records and hold them against known truth; compares and stores nothing.

    Args:
        spec_path: The linkage spec.
        truth: `source`, `key`, `person_id`.
        progress: Called with (step, done, total).
    """
    spec = load_registry_spec(spec_path)
    frame = current_frame(spec, progress)
    named = truth.merge(frame[["record_id", "source", "key"]], on=["source", "key"])[["record_id", "person_id"]]
    pairs = named.merge(named, on="person_id").rename(columns={"record_id_x": "left", "record_id_y": "right"})
    return explain_blocking(spec, frame, pairs[pairs["left"] != pairs["right"]])


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


def new_candidates(spec: LinkageSpec, linkage: Linkage, progress: Progress | None = None) -> Iterator[NewCandidate]:
    """Yield the candidates with their explanations, likeliest first."""
    from registry.linkage.candidates import NewCandidate

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
            explanation=[dict(vars(reason)) for reason in reasons],
            calibrated_probability=None if isnan(worth) else round(worth, 6),
        )


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
