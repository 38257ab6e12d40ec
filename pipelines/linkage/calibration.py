"""Calibrating a run: its scores held against what two people agreed on, and made probabilities where that suffices.

A run that trains its model fits a calibration of its own when there are verdicts enough; a run with an earlier model
takes the calibration that lies beside that model. `calibrate` makes the one of an earlier run anew from all verdicts.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.calibration import CALIBRATED, VERDICT_COLUMNS, Assessment, Calibration, chosen, fit, load
from matching.errors import CalibrationError, ModelError
from matching.linker import Linkage
from matching.model.parameters import Model
from matching.model.verdicts import learn_m
from matching.spec import LinkageSpec
from pipelines.linkage import run_folder
from pipelines.linkage.run_folder import RunFolder, digest_of

if TYPE_CHECKING:
    from registry.linkage.agreed_verdicts import AgreedPair


@dataclass(frozen=True)
class CalibratedRun:
    """A run's candidates, with a column of calibrated probabilities (NaN where a score stays a score).

    Attributes:
        linkage: The run.
        calibration: None where there is none.
        assessment: What it is worth; None where it was taken over from an earlier run.
        why_not: Why there is no calibration.
    """

    linkage: Linkage
    calibration: Calibration | None
    assessment: Assessment | None = None
    why_not: str = ""

    @property
    def digest(self) -> str | None:
        """The hash of the calibration's file."""
        return None if self.calibration is None else digest_of(self.calibration.to_json())


@dataclass(frozen=True)
class Recalibration:
    """A calibration made for an earlier run.

    Attributes:
        run_id: The run.
        calibration, assessment: What was made, and what it is worth.
        other_models: Agreed pairs that were left out because the run's model has no score of them.
        candidates: Undecided candidates whose calibrated probability changed.
        file: Where it was written.
    """

    run_id: int
    calibration: Calibration
    assessment: Assessment
    other_models: int
    candidates: int
    file: Path


def calibrate_linkage(linkage: Linkage, frame: pd.DataFrame, seed: int, scored_with: RunFolder | None) -> CalibratedRun:
    """Calibrate a run's candidates.

    Args:
        linkage: The run.
        frame: Its records: `record_id`, `source`, `key`.
        seed: Of the spec.
        scored_with: The earlier run whose model it scored with, None when it trained its own.

    Raises:
        CalibrationError: The calibration beside the given model is not one, or belongs to another model.
    """
    model = digest_of(linkage.model.to_json())
    if scored_with is not None:
        if not scored_with.calibration.exists():
            why = "The model was calibrated by nobody; `ridni calibrate` does it."
            return CalibratedRun(with_column(linkage, frame, None), None, why_not=why)
        calibration = load(scored_with.calibration, scored_with.model_digest)
        # The run's model may know pairs of lists that the given one had never seen; of these nobody has judged any.
        calibration = replace(calibration, model_digest=model)
        return CalibratedRun(with_column(linkage, frame, calibration), calibration)
    from registry.linkage import agreed_verdicts

    try:
        calibration, assessment = fit(
            _verdicts(agreed_verdicts.agreed(), _scores(linkage)), model_digest=model, seed=seed
        )
    except CalibrationError as error:
        return CalibratedRun(with_column(linkage, frame, None), None, why_not=_sentence(error))
    return CalibratedRun(with_column(linkage, frame, calibration), calibration, assessment)


def learn_from_verdicts(spec: LinkageSpec, model: Model) -> tuple[Model, int]:
    """Return a model whose m is learnt from the pairs that two people hold for one child, and how many those are.

    Levels do not depend on the model that scored a pair, so verdicts on any run's candidates count.
    """
    from registry.linkage import agreed_verdicts

    judged: dict[tuple[str, str], list[dict[str, int]]] = {}
    for pair in agreed_verdicts.agreed():
        if pair.same:
            judged.setdefault((pair.left_source, pair.right_source), []).append(pair.levels)
    return learn_m(spec, model, judged)


def with_column(linkage: Linkage, frame: pd.DataFrame, calibration: Calibration | None) -> Linkage:
    """Return a linkage whose candidates have the column of calibrated probabilities."""
    found = linkage.candidates
    worth: npt.NDArray[np.float64] = np.full(len(found), np.nan)
    if calibration is not None:
        source = pd.Series(frame["source"].to_numpy(dtype=str), index=frame["record_id"].to_numpy(), dtype=object)
        left, right = source.reindex(found["left"]).to_numpy(), source.reindex(found["right"]).to_numpy()
        worth = calibration(found["probability"], left + " → " + right)
    return replace(linkage, candidates=found.assign(**{CALIBRATED: worth}))


def write(run: CalibratedRun, folder: RunFolder) -> None:
    """Write a run's calibration and its scores of decided pairs into its folder; ids and figures, no names."""
    from registry.linkage import agreed_verdicts

    if run.calibration is not None:
        folder.calibration.write_text(run.calibration.to_json(), encoding="utf-8")
    decided = agreed_verdicts.decided()
    found = run.linkage.candidates[["left", "right", "probability"]].itertuples(index=False, name=None)
    with folder.scores_of_judged.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(("left_id", "right_id", "probability"))
        if decided:
            rows.writerows((a, b, f"{score:.6f}") for a, b, score in found if (a, b) in decided)


def recalibrate(run_id: int | None, method: str = "auto") -> Recalibration:
    """Make the calibration of a run anew from all verdicts, and give its undecided candidates their probabilities.

    Args:
        run_id: The run; None: the newest that left a model.
        method: `auto`, `platt` or `isotonic`.

    Raises:
        ModelError: There is no such run, or none that left a model.
        CalibrationError: The verdicts do not suffice, or there is no such method.
    """
    from registry.linkage import agreed_verdicts

    choice = chosen(method)
    folder = run_folder.with_model(run_id, mend="Leave --run out to take the newest")
    model = folder.model_digest
    models, alike = _scoring_alike(folder, model)
    agreed = list(agreed_verdicts.agreed())
    scores = {(p.left_id, p.right_id): p.probability for p in agreed if p.model in models}
    for earlier in alike:
        scores |= _read_scores(earlier)
    table = _verdicts(iter(agreed), scores)
    calibration, assessment = fit(table, model_digest=model, seed=_seed(folder), method=choice)
    text = calibration.to_json()
    folder.calibration.write_text(text, encoding="utf-8")
    scored = agreed_verdicts.scored_by(models)
    worth = calibration([score for _, score, _ in scored], [sources for _, _, sources in scored])
    rows = [
        (row[0], None if np.isnan(value) else round(float(value), 6)) for row, value in zip(scored, worth, strict=True)
    ]
    changed = agreed_verdicts.store_calibrated(model, digest_of(text), rows)
    left_out = len(agreed) - len(table)
    return Recalibration(folder.run_id, calibration, assessment, left_out, changed, folder.calibration)


def _scores(linkage: Linkage) -> dict[tuple[int, int], float]:
    found = linkage.candidates
    pairs = zip(found["left"].tolist(), found["right"].tolist(), found["probability"].tolist(), strict=True)
    return {(left, right): score for left, right, score in pairs}


def _verdicts(agreed: Iterator[AgreedPair], scores: dict[tuple[int, int], float]) -> pd.DataFrame:
    """Return the agreed pairs that have a score, named by source and key, so that ids of a database do not matter."""
    rows = []
    for pair in agreed:
        score = scores.get((pair.left_id, pair.right_id), scores.get((pair.right_id, pair.left_id)))
        if score is not None:
            names = (f"{pair.left_source}/{pair.left_key}", f"{pair.right_source}/{pair.right_key}")
            rows.append((*names, pair.sources, score, pair.same))
    return pd.DataFrame(rows, columns=list(VERDICT_COLUMNS))


def _scoring_alike(folder: RunFolder, model: str) -> tuple[list[str], list[RunFolder]]:
    """Return the models that score as a run's model does, and the folders of their runs, oldest first.

    A run with an earlier model may add pairs of lists to it that it had never seen, and scores all others as it did.
    """
    models: list[str] = [model]
    folders: list[RunFolder] = []
    for run in run_folder.newest_first():
        manifest = run.read_manifest() if run <= folder else {}
        if manifest.get("model") not in models:
            continue
        folders.append(run)
        given = manifest.get("model_given")
        if given and manifest.get("learnt_from_verdicts") is None and given not in models:
            models.append(given)
    return models, folders[::-1]


def _seed(folder: RunFolder) -> int:
    seed = folder.read_manifest().get("seed")
    if not isinstance(seed, int):
        raise ModelError("has no manifest with a seed", where=str(folder.path), mend="Run `ridni link` again")
    return seed


def _read_scores(folder: RunFolder) -> dict[tuple[int, int], float]:
    if not folder.scores_of_judged.exists():
        return {}
    with folder.scores_of_judged.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream)
        return {(int(row["left_id"]), int(row["right_id"])): float(row["probability"]) for row in rows}


def _sentence(error: CalibrationError) -> str:
    what = error.what[:1].upper() + error.what[1:]
    return f"{what}. {error.mend}."
