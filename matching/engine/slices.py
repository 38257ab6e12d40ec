"""The work on one slice of pairs: grading before the model is known, scoring after. Runs anywhere, in any order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.blocking.pairs import Masks, Pairs, PairSource
from matching.blocking.report import count_masks
from matching.model.chance import ChanceCounter, FieldChance
from matching.model.frequencies import TermCounts, TermFrequency
from matching.model.latent_classes import LatentClasses
from matching.model.parameters import Floats, Model, Space
from matching.model.scoring import PatternScores
from matching.model.training import Patterns
from matching.spec import LinkageSpec
from matching.vectors.comparison_vectors import Comparer, Matrix, patterns
from matching.vectors.records import Rows, Table


class Work:
    """What all slices of a run share. It travels to other processes without what each can work out for itself.

    Args:
        spec: The linkage spec.
        table: The records.
        source: The pairs.
        sizes: Records of each source, where the table holds but a part of them.
    """

    def __init__(
        self, spec: LinkageSpec, table: Table, source: PairSource, sizes: dict[str, int] | None = None
    ) -> None:
        self.spec, self.table, self.source, self.sizes = spec, table, source, sizes or {}

    def __getstate__(self) -> dict[str, Any]:
        return {"spec": self.spec, "table": self.table, "source": self.source, "sizes": self.sizes}

    @cached_property
    def comparer(self) -> Comparer:
        """What grades pairs."""
        return Comparer(self.spec, self.table)

    def rows_of(self, group: int) -> tuple[Rows, Rows]:
        """Return the rows of both lists that are compared; for one list by itself, the same rows twice."""
        (a, b), source = self.table.sources_of_pair(group), self.table.source
        if a == b:
            rows = np.flatnonzero(source == a).astype(np.int32)
            return rows, rows
        seeking, found = self.table.seeking, self.table.found
        left, right = seeking[source[seeking] == a], found[source[found] == b]
        if len(left) and len(right):
            return left, right
        return np.flatnonzero(source == a).astype(np.int32), np.flatnonzero(source == b).astype(np.int32)

    def space_of(self, group: int) -> Space:
        """Return all pairs of two lists, or of the rows of one."""
        names, rows = self.table.names(group), self.rows_of(group)
        sizes = [self.sizes.get(name) or len(part) for name, part in zip(names, rows, strict=True)]
        if names[0] == names[1]:
            return Space.within(sizes[0], self.spec.within.expected_share)
        return Space.between(sizes[0], sizes[1], self.spec.training.expected_share)

    def let_go(self) -> None:
        """Forget the levels of pairs of values, which nobody asks for once all pairs are graded."""
        self.__dict__.pop("comparer", None)

    def frequencies(self, known: Mapping[str, TermCounts]) -> dict[str, TermFrequency]:
        """Return how common the values of each field are, for the fields where rarity says something.

        Args:
            known: Counted among all records by field; a field that it lacks is counted among those at hand.
        """
        return {
            name: TermFrequency(comparison, self.table.columns[name], self.terms[name], known.get(name))
            for name, comparison in self.comparer.comparisons.items()
            if any(level.tf for level in comparison.levels) and len(self.table.columns[name].values)
        }

    @cached_property
    def terms(self) -> dict[str, list[str]]:
        """The class of each distinct value of each field; '' where a kind knows no classes."""
        return {
            name: list(map(comparison.term, self.table.columns[name].values))
            for name, comparison in self.comparer.comparisons.items()
        }

    @cached_property
    def classes(self) -> dict[str, npt.NDArray[np.int32]]:
        """The same as numbers; a value without a class is one of its own."""
        out = {}
        for name, terms in self.terms.items():
            number: dict[object, int] = {}
            codes = [number.setdefault(term or i, len(number)) for i, term in enumerate(terms)]
            out[name] = np.array(codes, dtype=np.int32)
        return out


@dataclass(frozen=True)
class Graded:
    """Pairs of a slice with their levels, held as patterns: 16 bytes a pair.

    Attributes:
        left, right: Rows of the pairs.
        rules: The rules that found each pair, as bits.
        pattern: Position of each pair's levels in `levels`.
        levels: Distinct levels of each pair of sources, `(patterns, fields)`.
        counts: How many pairs show each pattern.
        sources: Which pair of sources each pattern is of.
    """

    left: Rows
    right: Rows
    rules: Masks
    pattern: npt.NDArray[np.int32]
    levels: Matrix
    counts: npt.NDArray[np.int64]
    sources: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Scored:
    """Pairs of a slice that may become candidates.

    Attributes:
        left, right, rules: As in `Graded`.
        levels: `(pairs, fields)`.
        log_odds, scenario, alike: As in `Scores`.
    """

    left: Rows
    right: Rows
    rules: Masks
    levels: Matrix
    log_odds: Floats
    scenario: npt.NDArray[np.int8]
    alike: npt.NDArray[np.float32]


def grade_slice(work: Work, number: int) -> Graded:
    """Read one slice of pairs and grade it."""
    return grade_pairs(work, work.source.read(number))


def grade_pairs(work: Work, pairs: Pairs) -> Graded:
    """Grade pairs, however they were found."""
    sources = work.table.pair_of_sources(pairs.left, pairs.right)
    # The pair of sources is packed with the levels, in as many columns of a byte as it needs.
    digits = max(1, (work.table.pairs_of_sources - 1).bit_length() // 7 + 1)
    packed = [((sources >> 7 * i) & 127).astype(np.int8) for i in reversed(range(digits))]
    distinct, counts, inverse = patterns(np.column_stack([*packed, work.comparer.grade(pairs.left, pairs.right)]))
    group = np.zeros(len(distinct), dtype=np.int64)
    for i in range(digits):
        group = group << 7 | distinct[:, i]
    levels = np.ascontiguousarray(distinct[:, digits:])
    return Graded(pairs.left, pairs.right, pairs.rules, inverse.astype(np.int32), levels, counts, group)


@dataclass(frozen=True)
class Seen:
    """What a run needs to know of a graded slice as a whole.

    Attributes:
        patterns: The patterns by pair of sources, from which the model is trained.
        rules: How many pairs were found by each set of rules.
    """

    patterns: dict[int, Patterns]
    rules: Counter[int]


def seen_in(graded: Graded) -> Seen:
    """Return what training and the blocking report see of a slice."""
    groups = {int(group): graded.sources == group for group in np.unique(graded.sources)}
    return Seen(
        {group: Patterns(graded.levels[at], graded.counts[at]) for group, at in groups.items()},
        count_masks(graded.rules),
    )


def count_chance(work: Work, group: int) -> dict[str, FieldChance]:
    """Return how often two records of two sources agree by chance in each field."""
    seeking, found = work.rows_of(group)
    # Seeded by the names, so that another list changes nothing for these two.
    generator = np.random.default_rng([work.spec.seed, *"/".join(work.table.names(group)).encode()])
    wanted = work.spec.training.random_pairs
    if len(seeking) * len(found) <= wanted:
        sample = np.repeat(seeking, len(found)), np.tile(found, len(seeking))
    else:
        sample = generator.choice(seeking, wanted), generator.choice(found, wanted)
    return ChanceCounter(work.comparer, work.classes, seeking, found, sample, generator).fields()


def score_slice(work: Work, graded: Graded, model: Model, frequencies: dict[str, TermFrequency]) -> Scored:
    """Score the pairs of a slice and keep those that may become candidates."""
    floor = float(np.log2(max(work.spec.store.floor_probability, 1e-12)))
    if work.spec.collective is not None:
        floor -= work.spec.collective.headroom
    fields = list(work.spec.fields)
    gain = np.zeros(graded.levels.shape)
    for name, frequency in frequencies.items():
        i = fields.index(name)
        gain[:, i] = frequency.scale[graded.levels[:, i]] * frequency.most
    parts = []
    for group in np.unique(graded.sources):
        of_group = np.flatnonzero(graded.sources == group)
        classes = LatentClasses(work.spec, model.groups[work.table.names(int(group))])
        of_patterns = PatternScores(classes, graded.levels[of_group])
        hopeful = np.full(len(graded.levels), -1, dtype=np.int64)
        able = of_patterns.most(gain[of_group]) >= floor
        hopeful[of_group[able]] = np.flatnonzero(able)
        rows = np.flatnonzero(hopeful[graded.pattern] >= 0)
        left, right, levels = graded.left[rows], graded.right[rows], graded.levels[graded.pattern[rows]]
        scores = of_patterns.scores(hopeful[graded.pattern[rows]], rarity(work, frequencies, left, right, levels))
        kept = np.flatnonzero(scores.log_odds >= floor)
        parts.append(
            Scored(
                left[kept],
                right[kept],
                graded.rules[rows[kept]],
                levels[kept],
                scores.log_odds[kept],
                scores.scenario[kept].astype(np.int8),
                scores.alike[kept].astype(np.float32),
            )
        )
    return in_order(together(parts, len(fields)))


def in_order(scored: Scored) -> Scored:
    """Return pairs in ascending order of their rows."""
    order = np.lexsort((scored.right, scored.left))
    return Scored(*(getattr(scored, name)[order] for name in Scored.__dataclass_fields__))


def rarity(work: Work, frequencies: dict[str, TermFrequency], left: Rows, right: Rows, levels: Matrix) -> Floats:
    """Return the term-frequency bits of pairs, `(pairs, fields)`."""
    bits = np.zeros(levels.shape, order="F")
    for i, name in enumerate(work.spec.fields):
        if name in frequencies:
            bits[:, i] = frequencies[name].adjustment(work.table.columns[name], left, right, levels[:, i])
    return bits


def together(parts: list[Scored], fields: int) -> Scored:
    """Return several parts as one, in their order; empties the list, so that no part is held twice."""
    if not parts:
        rows = np.zeros(0, dtype=np.int32)
        matrix = np.zeros((0, fields), dtype=np.int8)
        return Scored(
            rows, rows, rows.astype(np.uint64), matrix, np.zeros(0), rows.astype(np.int8), rows.astype(np.float32)
        )
    columns = [[getattr(part, name) for part in parts] for name in Scored.__dataclass_fields__]
    parts.clear()
    columns.reverse()
    return Scored(*(np.concatenate(columns.pop()) for _ in range(len(columns))))
