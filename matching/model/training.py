"""Training: m and the scenarios by EM with u fixed, u cleaned of the true pairs that this finds, and again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from matching.model.chance import FieldChance
from matching.model.latent_classes import LatentClasses, LevelSpace
from matching.model.parameters import FieldParameters, Floats, GroupModel, LevelLayout, Space, layouts_of
from matching.spec import LinkageSpec
from matching.vectors.comparison_vectors import Matrix, patterns

NOTHING: Mapping[str, float] = MappingProxyType({})
_U_ROUNDS = 2
_SHARE_STRENGTH = 0.05
_SCENARIO_STRENGTH = 400.0
_LOOK_ALIKE_STRENGTH = 100.0


def prior_scenarios(spec: LinkageSpec, classes: tuple[str, str], *, one_list: bool = False) -> dict[str, float]:
    """Return the prior of each scenario for two source classes, or for rows of one list; match scenarios sum to one."""
    prior = {
        name: next((s.by_class[c] for c in classes if c in s.by_class), s.prior)
        if s.within is None or not one_list
        else s.within
        for name, s in spec.scenarios.items()
    }
    total = sum(p for name, p in prior.items() if spec.scenarios[name].match)
    return {name: p / total if spec.scenarios[name].match else p for name, p in prior.items()}


def start_group(
    spec: LinkageSpec,
    names: tuple[str, str],
    classes: tuple[str, str],
    space: Space,
    u: dict[str, Floats],
) -> GroupModel:
    """Return the model of a pair of sources before any EM: priors of the spec, u of the data."""
    fields = {name: FieldParameters(layout.prior.copy(), u[name]) for name, layout in layouts_of(spec).items()}
    prior = prior_scenarios(spec, classes, one_list=names[0] == names[1])
    return GroupModel(names[0], names[1], classes, space.expected / space.pairs, prior, fields)


@dataclass(frozen=True)
class Patterns:
    """Distinct rows of a level matrix, and how many pairs show each.

    Attributes:
        levels: `(patterns, fields)`, in ascending order.
        counts: `(patterns,)`.
    """

    levels: Matrix
    counts: npt.NDArray[np.int64]

    @classmethod
    def of(cls, matrix: Matrix) -> Patterns:
        """Return the patterns of a matrix."""
        levels, counts, _ = patterns(matrix)
        return cls(levels, counts)

    @classmethod
    def together(cls, parts: Sequence[Patterns]) -> Patterns:
        """Return the patterns of several matrices as of one."""
        if not parts:
            return cls(np.zeros((0, 0), dtype=np.int8), np.zeros(0, dtype=np.int64))
        levels, _, inverse = patterns(np.concatenate([part.levels for part in parts]))
        counts = np.bincount(inverse, weights=np.concatenate([part.counts for part in parts]), minlength=len(levels))
        return cls(levels, counts.astype(np.int64))


def fit_group(
    spec: LinkageSpec,
    start: GroupModel,
    blocked: Patterns,
    pairs: Space,
    chance: Mapping[str, FieldChance],
    pooled: Mapping[str, FieldChance],
    reach: Mapping[str, float] = NOTHING,
) -> GroupModel:
    """Fit the model of one pair of sources on its blocked pairs, with u less the pairs that are no chance.

    In short lists, and of values that few records share, most pairs that agree are true ones. After each fit, the pairs
    that the model holds for one child or for look-alikes are taken out of what was counted, and the fit is repeated.
    """
    group = expectation_maximisation(spec, start, blocked, pairs, reach)
    space, layouts = LevelSpace(spec), layouts_of(spec)
    positions = space.positions(blocked.levels)
    for _ in range(_U_ROUNDS):
        weight = LatentClasses(spec, group, space).responsibilities_at(positions).sum(axis=1) * blocked.counts
        related = np.zeros(space.size + 1)
        for column in positions.T:
            related += np.bincount(column, weights=weight, minlength=len(related))
        for name, at in space.slices.items():
            group.fields[name].u = chance[name].u(layouts[name], pooled[name], related[at])
        group = expectation_maximisation(spec, group, blocked, pairs, reach)
    return group


def expectation_maximisation(
    spec: LinkageSpec,
    group: GroupModel,
    blocked: Patterns,
    pairs: Space,
    reach: Mapping[str, float] = NOTHING,
) -> GroupModel:
    """Fit m, the scenarios' priors and the shares of matches and look-alikes on blocked pairs, with u fixed.

    The pair space is all pairs of the two lists: pairs that no rule finds count as unrelated, so that u keeps its
    meaning although blocked pairs agree more than chance.

    Args:
        spec: The linkage spec.
        group: Where to start from; changed in place.
        blocked: Patterns of the blocked pairs.
        pairs: All pairs of the two lists.
        reach: For each kind of look-alikes the share of its pairs that some blocking rule finds; unset: all.

    Returns:
        The same group, fitted.
    """
    training, counts = spec.training, blocked.counts
    all_pairs, most = pairs.pairs, pairs.most / pairs.pairs
    prior_share, prior_scenario = group.share, dict(group.scenarios)
    space = LevelSpace(spec)
    positions = space.positions(blocked.levels) if len(counts) else np.zeros((0, len(spec.fields)), dtype=np.int32)
    prior = training.prior_strength * space.layout.prior
    for iteration in range(training.iterations):
        resp = LatentClasses(spec, group, space).responsibilities_at(positions) * counts[:, None]
        of_scenario = dict(zip(spec.scenarios, resp.sum(axis=0).tolist(), strict=True))
        total = sum(of_scenario[name] for name in spec.match_scenarios)
        strength = _SHARE_STRENGTH * all_pairs * prior_share
        group.share = float(np.clip((total + strength) / (all_pairs + strength / prior_share), 1e-12, most))
        for name in spec.match_scenarios:
            group.scenarios[name] = (of_scenario[name] + _SCENARIO_STRENGTH * prior_scenario[name]) / (
                total + _SCENARIO_STRENGTH
            )
        for name in set(spec.scenarios) - set(spec.match_scenarios):
            among_blocked = reach.get(name, 1.0)
            group.scenarios[name] = (
                of_scenario[name] + _LOOK_ALIKE_STRENGTH * prior_scenario[name] * among_blocked
            ) / (among_blocked * (total + _LOOK_ALIKE_STRENGTH))
        before, u = space.of(group.fields)
        m = monotone(space.layout, space.layout.shares(_seen(space, positions, resp) + prior), u)
        for name, at in space.slices.items():
            group.fields[name].m = m[at]
        group.iterations = iteration + 1
        if float(np.abs(m - before).max()) < training.tolerance:
            break
    group.pairs = int(counts.sum())
    return group


def _seen(space: LevelSpace, positions: npt.NDArray[np.int32], resp: Floats) -> Floats:
    """Return how many pairs of one child show each level of a field that their scenario left alone, `(size,)`."""
    spec, out = space.spec, np.zeros(space.size + 1)
    by_scenarios: dict[tuple[str, ...], list[int]] = {}
    for i, name in enumerate(spec.fields):
        by_scenarios.setdefault(left_alone(spec, name), []).append(i)
    names = list(spec.scenarios)
    for alone, fields in by_scenarios.items():
        weight = resp[:, [names.index(name) for name in alone]].sum(axis=1)
        for i in fields:
            out += np.bincount(positions[:, i], weights=weight, minlength=len(out))
    return out[:-1]


def left_alone(spec: LinkageSpec, field: str) -> tuple[str, ...]:
    """Return the match scenarios in which a field was neither replaced nor altered, so that its levels follow m."""
    return tuple(
        name
        for name in spec.match_scenarios
        if field not in spec.scenarios[name].replaced and field not in spec.scenarios[name].levels
    )


def monotone(layout: LevelLayout, m: Floats, u: Floats) -> Floats:
    """Return m changed as little as needed for a better level never to weigh less than a worse one."""
    pooled_m, pooled_u = layout.pooled(m), layout.pooled(u)
    ratio = np.log2(np.maximum(pooled_m, 1e-9) / np.maximum(pooled_u, 1e-9))
    out = m
    for at in layout.ladders:
        own = ratio[at].tolist()
        if all(a <= b for a, b in pairwise(own)):
            continue
        out = out.copy() if out is m else out
        for position, before, after in zip(at, own, _rising(own, (pooled_m[at] + pooled_u[at]).tolist()), strict=True):
            out[layout.tie == position] *= np.exp2(after - before)
    return layout.shares(out)


def _rising(values: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Return the nearest values that never fall, by pooling neighbours that do (Ayer et al. 1955).

    SciPy has it for long arrays: importing it costs more than all the training of two short lists.
    """
    blocks: list[tuple[float, float, int]] = []
    for value, weight in zip(values, weights, strict=True):
        count = 1
        while blocks and blocks[-1][0] >= value:
            other, heavy, many = blocks.pop()
            value, weight = (value * weight + other * heavy) / (weight + heavy), weight + heavy
            count += many
        blocks.append((value, weight, count))
    return [value for value, _, count in blocks for _ in range(count)]
