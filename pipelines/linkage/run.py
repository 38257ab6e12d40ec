"""Linking what is known: current records → candidates, with a manifest from which the run can be repeated."""

from __future__ import annotations

import difflib
from dataclasses import asdict, dataclass, replace
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.blocking.report import RuleReport, explain_blocking
from matching.calibration import CALIBRATED
from matching.comparisons import ABSENT
from matching.engine.backend import Backend
from matching.engine.incremental import Delta
from matching.errors import SpecError
from matching.explanation import layout, of_linkage
from matching.linker import Linkage
from matching.linker import link as link_records
from matching.model.parameters import Model
from matching.report import StepClock
from matching.spec import LinkageSpec
from matching.spec.yaml_file import load_spec
from pipelines.linkage import (
    budget,
    calibration,
    incremental,
    listed_twice,
    report_files,
    run_folder,
    unchanged,
)
from pipelines.linkage.calibration import CalibratedRun
from pipelines.linkage.collective import support
from pipelines.linkage.collective.judged import digest_of_judged, judged_pairs
from pipelines.linkage.collective.stated import digest_of_stated, stated_transfers
from pipelines.linkage.outcome import LinkOutcome, LinkRequest
from pipelines.linkage.records_frame import Progress, current_frame, digest_of_records
from pipelines.linkage.run_folder import RunFolder, digest_of
from sources.fields import VALUES

if TYPE_CHECKING:
    from registry.linkage.candidates import CandidateCounts
    from registry.linkage.proposals import Proposals
    from registry.models import Run


@dataclass(frozen=True)
class _Work:
    """What a run works on: all records, or the new ones with their likely partners."""

    frame: pd.DataFrame
    scored_with: RunFolder | None
    delta: Delta | None = None

    @property
    def new_rows(self) -> pd.DataFrame:
        """The records that no run has linked."""
        return self.frame if self.delta is None else self.frame[self.frame["record_id"].isin(self.delta.new)]


def run(
    request: LinkRequest, *, backend: Backend | None = None, progress: Progress | None = None
) -> LinkOutcome | None:
    """Link current records by a spec and store the candidates; None when only new ones were asked for and none came.

    Args:
        request: What is asked for.
        backend: Where slices of pairs are worked on; unset: the cores of this machine.
        progress: Called with (step, done, total).

    Raises:
        LinkageError: the spec, the model or its calibration does not hold, or a rule would give too many pairs.
    """
    from pipelines.linkage import churn, leaning
    from registry.judgements import events
    from registry.linkage import runs, state

    spec = load_registry_spec(request.spec)
    clock = StepClock(progress)
    # Before anything is read, so that what is open again gets the scores of this run.
    reopened = [] if request.only_new else leaning.reopen()
    state_before = state.digest()
    if request.is_plain and backend is None and (last := unchanged.outcome(request, spec, state_before)) is not None:
        return last
    work = _work(request, spec, clock)
    if work.delta is not None and not work.delta.new:
        return None
    if request.only_new:
        reopened = leaning.reopen()
    manifest = unchanged.depends_on(request, spec, state_before) | _read(work)
    model = Model.load(work.scored_with.model, spec) if work.scored_with else None
    if model is not None and request.learn:
        model, manifest["learnt_from_verdicts"] = calibration.learn_from_verdicts(spec, model)
    agreed = judged_pairs(work.frame)
    manifest["judged"] = digest_of_judged(agreed, work.frame)
    said = stated_transfers(spec)
    manifest["stated"] = digest_of_stated(said)
    told = events.last_seq()
    started = runs.start("link", manifest)
    try:
        whole = link_records(
            spec, work.frame, model=model, delta=work.delta, backend=backend, progress=clock, judged=agreed, stated=said
        )
        linkage, twice = listed_twice.parted(whole)
        clock("calibrating", 0, 1)
        worth = calibration.calibrate_linkage(
            linkage, work.frame, spec.seed, None if request.learn else work.scored_with
        )
        manifest |= {"calibration": worth.digest, "model": digest_of(linkage.model.to_json())}
        counts = _keep(started, spec, work, worth, twice, manifest, clock)
        listed_twice.write(RunFolder(started.pk), twice)
        support.keep(RunFolder(started.pk), linkage, work.frame, whole=work.delta is None)
    except BaseException:
        runs.fail(started)
        raise
    left_out = sum(manifest["left_out"].values())
    likely_twice = int((twice["probability"] >= listed_twice.LIKELY).sum())
    ids = churn.since(told)
    more = {"left_out": left_out, "listed_twice": likely_twice, "compared": linkage.compared}
    more |= {"reopened": len(reopened), "events_before": told}
    priors = runs.prior_bits_of((left, right, part.prior_odds) for (left, right), part in linkage.model.groups.items())
    runs.finish(started, {**asdict(counts), **more, "model": manifest["model"]} | priors)
    clock("writing the report", 0, 1)
    folder = RunFolder(started.pk)
    decided = () if work.delta else report_files.of_decided(counts, ids)
    report_files.write_run(
        folder, spec, worth, work.frame, manifest, clock.steps(), decided, with_names=request.with_names
    )
    return LinkOutcome(
        run_id=started.pk,
        records=len(work.frame),
        new=None if work.delta is None else len(work.delta.new),
        compared=linkage.compared,
        candidates=counts,
        left_out=left_out,
        rules=tuple(linkage.rules),
        empty_fields=() if work.delta else tuple(linkage.empty_fields),
        unlearned=tuple(" → ".join(n) for n in linkage.model.groups if model and n not in model.groups),
        doubts=tuple(map(str, linkage.doubts)),
        unsearched=linkage.unsearched,
        listed_twice=likely_twice,
        reopened=tuple(reopened),
        ids=ids,
    )


def _work(request: LinkRequest, spec: LinkageSpec, progress: Progress) -> _Work:
    """Return the new records with their likely partners where these are asked for and a run has gone before, or all."""
    last = incremental.last_run(spec) if request.only_new else None
    if last is not None:
        progress("reading new records", 0, 1)
        found = incremental.new_records(spec, last)
        progress("reading new records", 1, 1)
        return _Work(found.frame, last, found.delta)
    given = None if request.model_run is None else run_folder.with_model(request.model_run)
    return _Work(current_frame(spec, progress), given)


def _keep(
    started: Run,
    spec: LinkageSpec,
    work: _Work,
    worth: CalibratedRun,
    twice: pd.DataFrame,
    manifest: dict[str, Any],
    progress: Progress,
) -> CandidateCounts:
    """Write the run's folder, store its candidates, and leave for the next run what it needs; no names in any file."""
    from registry.judgements import follow
    from registry.linkage import candidates

    linkage, folder = worth.linkage, RunFolder(started.pk)
    others = None
    if linkage.collective is not None:
        others = linkage.collective.bits[linkage.candidates["row"].to_numpy()].sum(axis=1)
    judged = candidates.under_review()
    kept = budget.within(spec.store, linkage.candidates, work.frame, judged, others)
    sought, beside = linkage.candidates.iloc[kept.stored], listed_twice.stored(spec.store, twice, judged)
    stored = replace(linkage, candidates=pd.concat([sought, beside]) if len(beside) else sought)
    manifest["left_out"] = kept.left_out
    folder.make()
    folder.model.write_text(linkage.model.to_json(), encoding="utf-8")
    said = {
        "empty_fields": linkage.empty_fields,
        "doubts": [*map(str, linkage.doubts)],
        "unsearched": linkage.unsearched,
    }
    folder.write_manifest({**manifest, **said, "blocking": [asdict(rule) for rule in linkage.rules]})
    incremental.write_terms(folder, spec, {**(work.delta.terms if work.delta else {}), **linkage.terms})
    calibration.write(worth, folder)
    progress("storing candidates", 0, 1)
    counts = candidates.store(started, proposals(spec, stored), withdraw=work.delta is None)
    progress("looking at verified children", 0, 1)
    follow.run(None if work.delta is None else work.delta.new)
    progress("keeping buckets", 0, 1)
    # Last, so that a run that was killed before leaves its records new.
    incremental.keep(spec, work.new_rows, whole=work.delta is None)
    return counts


def _read(work: _Work) -> dict[str, Any]:
    """Return what a run has read."""
    return {
        "model_given": work.scored_with.model_digest if work.scored_with else None,
        "records": len(work.frame),
        "records_new": None if work.delta is None else len(work.delta.new),
        "records_sha256": digest_of_records(work.frame),
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
    for field in (column for columns in spec.columns.values() for column in columns):
        if field not in VALUES:
            near = difflib.get_close_matches(field, VALUES, 1)
            mend = f"Did you mean '{near[0]}'?" if near else f"Records have: {', '.join(sorted(VALUES - {'doubts'}))}"
            raise SpecError(f"no record has a field '{field}'", where=str(path), mend=mend)
    return spec


def proposals(spec: LinkageSpec, linkage: Linkage) -> Proposals:
    """Return the candidates as the registry stores them: small rows, and the layout that reads them."""
    from registry.linkage.proposals import Proposals

    frame, said = linkage.candidates, of_linkage(spec, linkage)
    scenario, scenarios = pd.factorize(frame["scenario"])
    return Proposals(
        left=frame["left"].to_numpy(dtype=np.int64),
        right=frame["right"].to_numpy(dtype=np.int64),
        weight=_rounded(frame["weight"], 3),
        probability=_rounded(frame["probability"], 6),
        calibrated=_rounded(frame[CALIBRATED], 6),
        scenario=scenario.astype(np.int16),
        scenarios=[str(name) for name in scenarios],
        listed_twice=frame["listed_twice"].to_numpy(dtype=bool),
        levels=said.levels,
        bits=said.hundredths,
        layout={**layout(spec), "unsaid": [ABSENT, 0]},
    )


def _rounded(values: pd.Series[float], digits: int) -> npt.NDArray[np.float64]:
    """Round as Python does, by the exact value: NumPy's own rounding differs in the last digit here and there."""
    return np.array([value if isnan(value) else round(value, digits) for value in values.tolist()], dtype=np.float64)
