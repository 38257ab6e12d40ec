"""Linking a frame by a spec: block, grade, train, score, keep the candidates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.blocking.pairs import PairSource
from matching.blocking.report import RuleReport, report
from matching.collective.assignment import assign
from matching.collective.evidence import CollectiveBits
from matching.collective.learnt import Behind, behind
from matching.collective.rescoring import fit_scenarios
from matching.collective.second_look import SecondLook
from matching.collective.support import Judged, StatedTransfer, among
from matching.engine.backend import Backend, Threads
from matching.engine.group_models import fit, start
from matching.engine.incremental import Delta
from matching.engine.keeping import kept
from matching.engine.scenario_labels import label
from matching.engine.slices import (
    Scored,
    Seen,
    Work,
    count_chance,
    grade_pairs,
    grade_slice,
    in_order,
    rarity,
    score_slice,
    seen_in,
    together,
)
from matching.errors import ModelError
from matching.model.chance import FieldChance
from matching.model.frequencies import TermCounts, TermFrequency
from matching.model.latent_classes import LatentClasses
from matching.model.parameters import Floats, Model, layouts_of
from matching.model.plausibility import Doubt, doubts
from matching.model.scoring import compete, field_bits
from matching.model.training import Patterns
from matching.spec import LinkageSpec
from matching.vectors.records import Table

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Linkage:
    """The result of a run.

    Attributes:
        candidates: One row per candidate: left, right (record ids), weight (bits), probability, scenario, rules (the
            blocking rules that found it, a bit for each in the spec's order), `row`, its position in `levels` and
            `bits`, and `listed_twice`: whether nobody is sought in the pair, so that it finds nobody.
        levels: Level matrix of the candidates, `(candidates, fields)`.
        bits: Bits of each field under the likeliest scenario, rarity included, `(candidates, fields)`.
        model: The model that scored them.
        rules: Report of each blocking rule.
        compared: Pairs that were compared.
        empty_fields: Fields that no record has a value of.
        terms: How common the terms of each field are among these records.
        doubts: What does not make sense in the model.
        unsearched: Lists of which no two rows were compared with one another: the spec's `within` does not name them.
        collective: What other pairs say of the candidates, in the order of `levels`; None where the spec asks for none.
        behind: The pairs and transfers behind that.
    """

    candidates: pd.DataFrame
    levels: npt.NDArray[np.int8]
    bits: npt.NDArray[np.float32]
    model: Model
    rules: tuple[RuleReport, ...] = field(default=())
    compared: int = 0
    empty_fields: tuple[str, ...] = ()
    terms: dict[str, TermCounts] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()
    unsearched: tuple[str, ...] = ()
    collective: CollectiveBits | None = None
    behind: Behind | None = None


def link(
    spec: LinkageSpec,
    records: pd.DataFrame,
    *,
    model: Model | None = None,
    delta: Delta | None = None,
    backend: Backend | None = None,
    progress: Progress | None = None,
    judged: pd.DataFrame | None = None,
    stated: tuple[StatedTransfer, ...] = (),
) -> Linkage:
    """Link the seeking records of a frame with the found ones of other sources, and rows of one list where asked for.

    Args:
        spec: The linkage spec.
        records: One row per record with `record_id`, `source`, `source_class`, `side` (seeking, found, both) and the
            spec's fields; a missing column is a field that nobody knows.
        model: A trained model; without one, the run trains its own on the pairs at hand.
        delta: What is new: only pairs with a new record are compared. Needs a model; of the known records it needs
            only those that a blocking rule brings together with a new one.
        backend: Where slices of pairs are worked on; unset: the cores of this machine. The result is the same.
        progress: Called with (step, done, total).
        judged: Pairs on which people agreed, `left, right, same`: what they support and what they do not. Unset: none.
        stated: Transfers on which people agreed.

    Raises:
        FrameError: when a required column is missing, record ids repeat, a value does not fit its field, or a rule
            would give more pairs than the spec allows.
        ModelError: when a delta comes without a model.
    """
    if delta is not None and model is None:
        raise ModelError("a delta is linked with the model of an earlier run", where="model", mend="Give that model")
    tell = progress or (lambda step, done, total: None)
    tell("blocking", 0, 1)
    table = Table.of(spec, records)
    source = PairSource(spec, table, None if delta is None else table.rows_of(delta.new))
    tell("blocking", 1, 1)
    work = Work(spec, table, source, dict(delta.sizes) if delta is not None else None)
    return _Run(work, backend or Threads(), tell, delta or Delta(())).link(model, judged, stated)


class _Run:
    """One run: slices are worked on by a backend, what they have in common is done here."""

    def __init__(self, work: Work, backend: Backend, tell: Progress, delta: Delta) -> None:
        self.work, self.backend, self.tell, self.delta = work, backend, tell, delta
        self.spec, self.table = work.spec, work.table
        self.shared = backend.share(work)

    def link(self, given: Model | None, judged: pd.DataFrame | None, stated: tuple[StatedTransfer, ...]) -> Linkage:
        slices = range(len(self.work.source.slices))
        graded = [self.backend.submit(grade_slice, self.shared, number) for number in slices]
        seen: list[Seen] = self._gather("comparing", [self.backend.submit(seen_in, handle) for handle in graded])
        groups = sorted({group for part in seen for group in part.patterns})
        model = self._complete(self._train(seen, groups) if given is None else given, groups)
        frequencies = self.work.frequencies(self.delta.terms)
        if self.spec.collective is None:
            self.work.let_go()
        shared = self.backend.share(model), self.backend.share(frequencies)
        handles = [self.backend.submit(score_slice, self.shared, handle, *shared) for handle in graded]
        graded.clear()
        scored = together(self._gather("scoring", handles), len(self.spec.fields))
        rules = report(self.spec, self.work.source, masks := sum((part.rules for part in seen), start=Counter[int]()))
        if self.spec.collective is None:
            return self._result(scored, model, frequencies, rules, masks.total())
        agreed = Judged.of(self.table, judged, stated)
        return self._look_again(scored, model, frequencies, rules, masks.total(), agreed, train=given is None)

    def _look_again(
        self,
        scored: Scored,
        model: Model,
        frequencies: dict[str, TermFrequency],
        rules: tuple[RuleReport, ...],
        compared: int,
        agreed: Judged,
        *,
        train: bool,
    ) -> Linkage:
        """Weigh the pairs by what others say of them, and compare those that only this brings up."""
        new = self.table.rows_of(self.delta.new) if self.delta.new else None
        second = SecondLook(self.work, scored, self._probability(scored, model), model, frequencies, new)
        scored, model, more = self._with_more(second, scored, model, frequencies)
        compared += more
        bits = second.evidence.of(scored.left, scored.right).beside(scored.alike)
        if train:
            scored, model = fit_scenarios(self.work, scored, bits.bits.sum(axis=1), model, frequencies)
        # The model is what the records make it; what people said weighs pairs and brings up more of them.
        if len(agreed):
            second.learn(agreed, scored)
            scored, model, more = self._with_more(second, scored, model, frequencies)
            compared += more
            bits = second.evidence.of(scored.left, scored.right).beside(scored.alike)
        self.work.let_go()
        scored = replace(scored, log_odds=scored.log_odds + bits.bits.sum(axis=1))
        linkage = self._result(scored, model, frequencies, (*rules, *second.report()), compared, bits, agreed)
        return replace(linkage, behind=behind(second.evidence, linkage.candidates, linkage.collective))

    def _with_more(
        self, second: SecondLook, scored: Scored, model: Model, frequencies: dict[str, TermFrequency]
    ) -> tuple[Scored, Model, int]:
        """Compare what a second look brings up; return all pairs, the model with what was new to it, and how many."""
        graded = [self.backend.submit(grade_pairs, self.shared, pairs) for pairs in second.pairs()]
        seen: list[Seen] = self._gather("comparing again", [self.backend.submit(seen_in, handle) for handle in graded])
        model = self._complete(model, sorted({group for part in seen for group in part.patterns}))
        shared = self.backend.share(model), self.backend.share(frequencies)
        handles = [self.backend.submit(score_slice, self.shared, handle, *shared) for handle in graded]
        more = sum(int(part.counts.sum()) for each in seen for part in each.patterns.values())
        parts = [scored, *self._gather("scoring again", handles)]
        return in_order(together(parts, len(self.spec.fields))), model, more

    def _gather(self, step: str, handles: list[Any]) -> list[Any]:
        """Wait for all results in order, letting go of each handle, so that no result is held twice."""
        out: list[Any] = []
        total = len(handles)
        self.tell(step, 0, total)
        while handles:
            out += self.backend.results([handles.pop(0)])
            self.tell(step, len(out), total)
        return out

    def _train(self, seen: Sequence[Seen], groups: Sequence[int]) -> Model:
        """Train one model for each pair of sources that has candidate pairs."""
        handles = [self.backend.submit(count_chance, self.shared, group) for group in groups]
        chance = dict(zip(groups, self._gather("counting chance", handles), strict=True))
        pooled = {name: FieldChance.together([c[name] for c in chance.values()]) for name in self.spec.fields if chance}
        handles = []
        for group in groups:
            blocked = Patterns.together([part.patterns[group] for part in seen if group in part.patterns])
            handles.append(self.backend.submit(fit, self.shared, group, blocked, chance[group], pooled))
        fitted = self._gather("training", handles)
        parts = {self.table.names(group): part for group, part in zip(groups, fitted, strict=True)}
        return Model(self.spec.name, self.spec.digest, parts)

    def _complete(self, model: Model, groups: Sequence[int]) -> Model:
        """Add to a model what it has never seen: pairs of sources get priors and the u of all others together."""
        missing = {self.table.names(group): group for group in groups if self.table.names(group) not in model.groups}
        if not missing:
            return model
        u = {}
        for name, layout in layouts_of(self.spec).items():
            seen = [g.fields[name].u for g in model.groups.values()]
            u[name] = layout.shares(np.mean(seen, axis=0)) if seen else layout.shares(np.ones(len(layout.prior)))
        added = {names: start(self.work, group, self.work.space_of(group), u) for names, group in missing.items()}
        return Model(model.spec_name, model.spec_digest, {**model.groups, **added})

    def _result(
        self,
        scored: Scored,
        model: Model,
        frequencies: dict[str, TermFrequency],
        rules: tuple[RuleReport, ...],
        compared: int,
        collective: CollectiveBits | None = None,
        judged: Judged | None = None,
    ) -> Linkage:
        probability = self._probability(scored, model, jointly=collective is not None)
        keep = kept(self.spec.store, self.table, scored, probability)
        if judged:  # a score is held against what people say of the pair, however low it has become
            said_of = among(scored.left, scored.right, judged.all, len(self.table))
            keep = np.union1d(keep, np.flatnonzero(said_of))
        left, right, levels = scored.left[keep], scored.right[keep], scored.levels[keep]
        scenario = scored.scenario[keep].astype(np.int64)
        bits, weight = np.zeros(levels.shape, dtype=np.float32), scored.log_odds[keep]
        sources = self.table.pair_of_sources(left, right)
        for group in np.unique(sources):
            at = np.flatnonzero(sources == group)
            part = model.groups[self.table.names(int(group))]
            rare = rarity(self.work, frequencies, left[at], right[at], levels[at])
            bits[at] = field_bits(LatentClasses(self.spec, part), levels[at], rare, scenario[at])
            weight[at] -= part.prior_odds
        likely = probability[keep]
        name = label(self.spec, levels, np.array(list(self.spec.scenarios), dtype=object)[scenario])
        rank, source = self.table.rank, self.table.source
        # Of two rows of one list the one with the lower id comes first, in whatever order they were given.
        turned = (source[left] == source[right]) & (rank[left] > rank[right])
        left, right = np.where(turned, right, left), np.where(turned, left, right)
        order = np.lexsort((rank[right], rank[left], -weight, -likely))
        frame = pd.DataFrame(
            {
                "left": self.table.record_id[left[order]],
                "right": self.table.record_id[right[order]],
                "weight": weight[order],
                "probability": likely[order],
                "scenario": name[order],
                "rules": scored.rules[keep[order]],
                "row": order,
                "listed_twice": ~self.table.asked(left[order], right[order]),
            }
        )
        terms = {name: frequency.counts for name, frequency in frequencies.items()}
        said = None if collective is None else collective.at(keep)
        doubtful = doubts(self.spec, model)
        alone = tuple(n for n in self.table.sources if not self.spec.searches_within(self.table.classes[n]))
        return Linkage(frame, levels, bits, model, rules, compared, self.table.empty, terms, doubtful, alone, said)

    def _probability(self, scored: Scored, model: Model, *, jointly: bool = False) -> Floats:
        left, right, log_odds = scored.left, scored.right, scored.log_odds
        if self.delta.rivals is not None and len(self.delta.rivals):
            row = pd.Series(np.arange(len(self.table)), index=self.table.record_id)
            known = self.delta.rivals
            known = known[known["left"].isin(row.index) & known["right"].isin(row.index)]
            a, b = row[known["left"]].to_numpy(dtype=np.int32), row[known["right"]].to_numpy(dtype=np.int32)
            pairs = self.table.pair_of_sources(a, b)
            prior = {
                int(pair): model.groups[names].prior_odds if (names := self.table.names(int(pair))) in model.groups
                else -np.inf
                for pair in np.unique(pairs)
            }  # fmt: skip
            odds = known["weight"].to_numpy(dtype=float) + np.array([prior[int(pair)] for pair in pairs])
            left, right = np.concatenate([left, a]), np.concatenate([right, b])
            log_odds = np.concatenate([log_odds, odds])
        source, share = self.table.source, self.spec.competition.repeat_share
        # Rows of one list are no rivals: whoever stands in it three times makes three true pairs.
        rivals = source[left] != source[right]
        out = 1 / (1 + np.exp2(-np.clip(log_odds, -60, 60)))
        a, b = left[rivals], right[rivals]
        out[rivals] = (assign if jointly else compete)(log_odds[rivals], a, b, source[a], source[b], share)
        return np.asarray(out[: len(scored.left)], dtype=np.float64)
