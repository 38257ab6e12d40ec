"""What somebody asks of a run, and what it found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from matching.blocking.report import RuleReport
from pipelines.linkage.run_folder import RunFolder

if TYPE_CHECKING:
    from pipelines.linkage.churn import Churn
    from registry.linkage.candidates import CandidateCounts


@dataclass(frozen=True)
class LinkRequest:
    """What somebody asks of a run.

    Attributes:
        spec: File of the linkage spec.
        model_run: Score with the model of this earlier run; None: the run trains its own.
        only_new: Link what came since the last run, with the model of that run, at a cost in proportion to it. Where
            no run has gone before, everything is new.
        learn: Whether the given model first learns m from verdicts; it is then calibrated anew.
        with_names: Whether the run's report may show records.
        again: Score everything anew even when nothing has changed since the last run.
    """

    spec: Path
    model_run: int | None = None
    only_new: bool = False
    learn: bool = False
    with_names: bool = False
    again: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether a run is asked for that does what the last one did when nothing has changed."""
        return self.model_run is None and not (self.only_new or self.learn or self.with_names or self.again)


@dataclass(frozen=True)
class LinkOutcome:
    """What a run found: ids, counts and names of fields and lists, never a name of a person.

    Attributes:
        run_id: The run; its folder holds model, manifest and report.
        records: Records at hand.
        new: Records that were new, None for a run over everything.
        compared: Pairs compared.
        candidates: What became of the proposals.
        left_out: Pairs too weak to be stored, by the spec's budget.
        rules: Report of each blocking rule.
        empty_fields: Fields that no record has a value of.
        unlearned: Pairs of lists that the given model has not been trained on; they were scored by the spec's priors.
        doubts: What does not make sense in the model, in sentences.
        unsearched: Lists that were not searched for children who stand in them twice.
        listed_twice: Pairs in which nobody is sought that are more likely one child than two.
        reopened: Numbers of verified pairs that leaned on a pair refused since, and are open again.
        ids: What became of identities while the run worked: by people, never by the run. None where it did nothing.
        unchanged: Nothing had changed since the run: this is what it found, and nothing was done again.
    """

    run_id: int
    records: int
    new: int | None
    compared: int
    candidates: CandidateCounts
    left_out: int
    rules: tuple[RuleReport, ...]
    empty_fields: tuple[str, ...]
    unlearned: tuple[str, ...]
    doubts: tuple[str, ...] = ()
    unsearched: tuple[str, ...] = ()
    listed_twice: int = 0
    reopened: tuple[int, ...] = ()
    ids: Churn | None = None
    unchanged: bool = False

    @property
    def folder(self) -> RunFolder:
        """The run's folder."""
        return RunFolder(self.run_id)
