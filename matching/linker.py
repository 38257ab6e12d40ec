"""Linking two frames by a spec: block, grade, train, score, keep the candidates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.blocking import Pairs, Positions, RuleReport, block
from matching.errors import FrameError
from matching.levels import Comparer
from matching.model.frequencies import TermFrequency
from matching.model.parameters import Floats, GroupModel, LevelLayout, Model
from matching.model.scoring import compete, field_bits, score_levels
from matching.model.training import estimate_u, fit_group, start_group
from matching.spec import LinkageSpec

Progress = Callable[[str, int, int], None]

REQUIRED = ("record_id", "source", "source_class", "side")
_CHUNK = 500_000


@dataclass(frozen=True)
class Linkage:
    """The result of a run.

    Attributes:
        candidates: One row per candidate: left, right (record ids), weight (bits), probability, scenario, and
            `row`, its position in `levels` and `bits`.
        levels: Level matrix of the candidates, `(candidates, fields)`.
        bits: Bits of each field under the likeliest scenario, rarity included, `(candidates, fields)`.
        model: The model that scored them.
        rules: Report of each blocking rule.
        compared: Pairs that were compared.
    """

    candidates: pd.DataFrame
    levels: npt.NDArray[np.int8]
    bits: Floats
    model: Model
    rules: tuple[RuleReport, ...] = field(default=())
    compared: int = 0


def link(
    spec: LinkageSpec, records: pd.DataFrame, *, model: Model | None = None, progress: Progress | None = None
) -> Linkage:
    """Link the seeking records of a frame with the found ones of other sources.

    Args:
        spec: The linkage spec.
        records: One row per record with `record_id`, `source`, `source_class`, `side` (seeking, found, both) and the
            spec's fields; a missing column is a field that nobody knows.
        model: A trained model; without one, the run trains its own on the pairs at hand.
        progress: Called with (step, done, total).

    Raises:
        FrameError: when a required column is missing or record ids repeat.
    """
    tell = progress or (lambda step, done, total: None)
    _check(records)
    left = records[records["side"].isin(("seeking", "both"))].reset_index(drop=True)
    right = records[records["side"].isin(("found", "both"))].reset_index(drop=True)
    tell("blocking", 0, 1)
    pairs = _allowed(block(spec, left, right), left, right)
    tell("blocking", 1, 1)
    work = _Work(spec, left, right, pairs, tell)
    if model is None:
        model = work.train()
    return work.score(model)


def _check(records: pd.DataFrame) -> None:
    for column in REQUIRED:
        if column not in records:
            raise FrameError(
                f"the column '{column}' is missing",
                where="records",
                mend=f"Give {', '.join(REQUIRED)} and the spec's fields",
            )
    if records["record_id"].duplicated().any():
        raise FrameError("a record_id occurs twice", where="records", mend="Give each record one row")


def _allowed(pairs: Pairs, left: pd.DataFrame, right: pd.DataFrame) -> Pairs:
    """Drop pairs within one source and, where both sides seek, the mirrored twin of a pair."""
    ls, rs = left["source"].to_numpy()[pairs.left], right["source"].to_numpy()[pairs.right]
    both = (left["side"].to_numpy()[pairs.left] == "both") & (right["side"].to_numpy()[pairs.right] == "both")
    keep = (ls != rs) & ~(both & (ls.astype(str) > rs.astype(str)))
    return Pairs(pairs.left[keep], pairs.right[keep], pairs.rules)


class _Work:
    """One run over two frames: what training and scoring share."""

    def __init__(
        self, spec: LinkageSpec, left: pd.DataFrame, right: pd.DataFrame, pairs: Pairs, tell: Progress
    ) -> None:
        self.spec, self.left, self.right, self.pairs, self.tell = spec, left, right, pairs, tell
        self.comparer = Comparer(spec, left, right)
        self.layouts = {name: LevelLayout.of(f.kind) for name, f in spec.fields.items()}
        self.sources = sorted({*left["source"], *right["source"]})
        number = {source: i for i, source in enumerate(self.sources)}
        self.left_source = left["source"].map(number).to_numpy(dtype=np.int64)
        self.right_source = right["source"].map(number).to_numpy(dtype=np.int64)
        self.classes: dict[str, str] = dict(
            pd.concat([left, right])[["source", "source_class"]].drop_duplicates().itertuples(index=False)
        )
        self.matrix = self._grade(pairs.left, pairs.right, "comparing")
        self.group_of = self.left_source[pairs.left] * len(self.sources) + self.right_source[pairs.right]

    def _grade(self, left: Positions, right: Positions, step: str) -> npt.NDArray[np.int8]:
        parts = []
        for start in range(0, len(left), _CHUNK):
            self.tell(step, start, len(left))
            parts.append(self.comparer.grade(left[start : start + _CHUNK], right[start : start + _CHUNK]))
        self.tell(step, len(left), len(left))
        return np.concatenate(parts) if parts else np.zeros((0, len(self.spec.fields)), dtype=np.int8)

    def _names(self, group: int) -> tuple[str, str]:
        return self.sources[group // len(self.sources)], self.sources[group % len(self.sources)]

    def train(self) -> Model:
        """Train one model for each pair of sources that has candidate pairs."""
        model = Model(self.spec.name, self.spec.digest)
        groups = np.unique(self.group_of)
        samples = {int(g): self._random_levels(int(g)) for g in groups}
        everything = np.concatenate(list(samples.values())) if samples else self.matrix[:0]
        pooled = estimate_u(self.layouts, everything)
        for done, group in enumerate(groups):
            self.tell("training", done, len(groups))
            names = self._names(int(group))
            sizes = self._sizes(int(group))
            u = estimate_u(self.layouts, samples[int(group)], pooled)
            start = start_group(
                self.spec, names, (self.classes[names[0]], self.classes[names[1]]), sizes, u, self.layouts
            )
            blocked = self.matrix[self.group_of == group]
            model.groups[names] = fit_group(self.spec, start, self.layouts, blocked, samples[int(group)], sizes, pooled)
        self.tell("training", len(groups), len(groups))
        return model

    def _sizes(self, group: int) -> tuple[int, int]:
        a, b = group // len(self.sources), group % len(self.sources)
        return int((self.left_source == a).sum()), int((self.right_source == b).sum())

    def _random_levels(self, group: int) -> npt.NDArray[np.int8]:
        """Return the levels of seeded random pairs of two sources, or of all their pairs when they are few."""
        a = np.flatnonzero(self.left_source == group // len(self.sources))
        b = np.flatnonzero(self.right_source == group % len(self.sources))
        wanted = self.spec.training.random_pairs
        if len(a) * len(b) <= wanted:
            left, right = np.repeat(a, len(b)), np.tile(b, len(a))
        else:
            # Seeded by the names, so that another list changes nothing for these two.
            generator = np.random.default_rng([self.spec.seed, *"/".join(self._names(group)).encode()])
            left, right = generator.choice(a, wanted), generator.choice(b, wanted)
        return self._grade(left.astype(np.int64), right.astype(np.int64), "sampling")

    def score(self, model: Model) -> Linkage:
        """Score all pairs and keep the candidates."""
        total = len(self.pairs)
        weight, log_odds = np.full(total, -np.inf), np.full(total, -np.inf)
        scenario = np.zeros(total, dtype=np.int64)
        matches = [name for name, s in self.spec.scenarios.items() if s.match]
        groups = {int(group): self._group_model(model, int(group)) for group in np.unique(self.group_of)}
        for part, rows in self._parts(groups, np.arange(total)):
            scores = score_levels(self.spec, part, self.layouts, self.matrix[rows], self._rarity(rows))
            weight[rows], log_odds[rows], scenario[rows] = scores.weight, scores.log_odds, scores.scenario
        probability = compete(
            log_odds,
            self.pairs.left,
            self.pairs.right,
            self.left_source[self.pairs.left],
            self.right_source[self.pairs.right],
            self.spec.competition.repeat_share,
        )
        keep = self._keep(probability)
        frame = pd.DataFrame(
            {
                "left": self.left["record_id"].to_numpy()[self.pairs.left[keep]],
                "right": self.right["record_id"].to_numpy()[self.pairs.right[keep]],
                "weight": weight[keep],
                "probability": probability[keep],
                "scenario": self._label(self.matrix[keep], np.array(matches, dtype=object)[scenario[keep]]),
            }
        )
        bits = np.zeros((len(keep), len(self.spec.fields)))
        for part, rows in self._parts(groups, keep):
            at = np.searchsorted(keep, rows)
            bits[at] = field_bits(self.spec, part, self.layouts, self.matrix[rows], self._rarity(rows), scenario[rows])
        frame["row"] = np.arange(len(frame))
        frame = frame.sort_values(
            ["probability", "weight", "left", "right"], ascending=[False, False, True, True], ignore_index=True
        )
        return Linkage(frame, self.matrix[keep], bits, model, self.pairs.rules, total)

    def _parts(self, groups: dict[int, GroupModel], rows: Positions) -> Iterator[tuple[GroupModel, Positions]]:
        """Yield pairs by pair of sources, in chunks that bound the memory of scoring."""
        for group, part in groups.items():
            of_group = rows[self.group_of[rows] == group]
            for start in range(0, len(of_group), _CHUNK):
                yield part, of_group[start : start + _CHUNK]

    def _group_model(self, model: Model, group: int) -> GroupModel:
        """Return the model of a pair of sources; for a pair it has never seen, one from priors and pooled u."""
        names = self._names(group)
        if names in model.groups:
            return model.groups[names]
        u = {}
        for name, layout in self.layouts.items():
            seen = [g.fields[name].u for g in model.groups.values()]
            u[name] = layout.shares(np.mean(seen, axis=0)) if seen else layout.shares(np.ones(len(layout.prior)))
        return start_group(
            self.spec, names, (self.classes[names[0]], self.classes[names[1]]), self._sizes(group), u, self.layouts
        )

    def _rarity(self, rows: Positions) -> Floats:
        """Return the term-frequency bits of pairs, `(pairs, fields)`."""
        left, right = self.pairs.left[rows], self.pairs.right[rows]
        out = np.zeros((len(rows), len(self.spec.fields)), dtype=np.float64)
        for i, (name, frequency) in enumerate(self.frequencies.items()):
            if frequency is not None:
                column, comparison = self.comparer.columns[name], self.comparer.comparisons[name]
                out[:, i] = frequency.adjustment(column, left, right, self.matrix[rows, i], comparison)
        return out

    @cached_property
    def frequencies(self) -> dict[str, TermFrequency | None]:
        """How common the values of each field are; None where rarity says nothing."""
        return {
            name: TermFrequency(comparison, self.comparer.columns[name])
            if any(x.tf for x in comparison.levels)
            else None
            for name, comparison in self.comparer.comparisons.items()
        }

    def _keep(self, probability: Floats) -> npt.NDArray[np.int64]:
        """Return the positions of pairs to keep: likely ones, and the best few of each left record in each source."""
        store = self.spec.store
        order = np.lexsort((self.pairs.right, -probability))
        group = self.pairs.left[order] * len(self.sources) + self.right_source[self.pairs.right[order]]
        rank = pd.Series(group).groupby(group, sort=False).cumcount().to_numpy() if len(group) else group
        chosen = order[
            ((rank < store.per_record) & (probability[order] >= store.floor_probability))
            | (probability[order] >= store.min_probability)
        ]
        return np.sort(chosen)

    def _label(self, levels: npt.NDArray[np.int8], scenario: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
        """Refine the first (plain) scenario by the levels seen."""
        out = scenario.copy()
        names = list(self.spec.fields)
        plain = next(name for name, s in self.spec.scenarios.items() if s.match)
        open_rows = scenario == plain
        for label in self.spec.labels:
            fits = open_rows.copy()
            for name in label.absent:
                fits &= levels[:, names.index(name)] < 0
            if label.any_level:
                some = np.zeros(len(levels), dtype=bool)
                for name, codes in label.any_level.items():
                    known = [level.code for level in self.comparer.comparisons[name].levels]
                    some |= np.isin(levels[:, names.index(name)], [known.index(code) for code in codes])
                fits &= some
            out[fits] = label.name
            open_rows &= ~fits
        return out
