"""What the model has learnt: m, u and the weight of each level, by pair of sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matching.comparisons import KINDS
from matching.model.latent_classes import LatentClasses
from matching.model.parameters import GroupModel, Model
from matching.model.plausibility import doubts
from matching.spec import LinkageSpec


@dataclass(frozen=True)
class LevelRow:
    """A level of agreement in a field; `first` is the topmost of its field."""

    field: str
    first: bool
    sentence: str
    m: float
    u: float
    bits: float


@dataclass(frozen=True)
class PairOfLists:
    """What was learnt about two lists.

    Attributes:
        group: Its parameters.
        scenarios: Scenarios of one child with their share of the true pairs.
        look_alikes: Scenarios of two children, with how many such pairs there are for each true pair.
        levels: Levels of all fields.
        doubts: What does not make sense.
    """

    group: GroupModel
    scenarios: list[tuple[str, float]]
    look_alikes: list[tuple[str, float]]
    levels: list[LevelRow]
    doubts: list[str]

    @property
    def low(self) -> float:
        """Return where the scale of bits begins."""
        return min([0.0, *(row.bits for row in self.levels)])

    @property
    def high(self) -> float:
        """Return where it ends."""
        return max([0.0, *(row.bits for row in self.levels)])


def section(spec: LinkageSpec, model: Model) -> list[PairOfLists]:
    """Return for each pair of sources the weight of each level of each field."""
    said = doubts(spec, model)
    return [
        PairOfLists(
            group=group,
            scenarios=[(name, share) for name, share in group.scenarios.items() if spec.scenarios[name].match],
            look_alikes=[(name, share) for name, share in group.scenarios.items() if not spec.scenarios[name].match],
            levels=list(_levels(spec, group)),
            doubts=[str(doubt) for doubt in said if doubt.lists == names],
        )
        for names, group in sorted(model.groups.items())
    ]


def level_bits(spec: LinkageSpec, group: GroupModel, field: str) -> list[float]:
    """Return the weight in bits of each level of a field that was left alone, rarity not counted."""
    at, count = list(spec.fields).index(field), len(group.fields[field].m)
    levels = np.full((count, len(spec.fields)), -1, dtype=np.int8)
    levels[:, at] = np.arange(count)
    alone = [i for i, s in enumerate(spec.scenarios.values()) if field not in s.replaced and field not in s.levels]
    scenario = np.full(count, alone[0] if alone else 0)
    return [float(bit) for bit in LatentClasses(spec, group).of_fields(levels, scenario)[:, at]]


def _levels(spec: LinkageSpec, group: GroupModel) -> Iterator[LevelRow]:
    for name in spec.fields:  # a model that was read has its fields in another order
        parameters, weights = group.fields[name], level_bits(spec, group, name)
        levels = KINDS[spec.fields[name].kind]().levels
        for i in reversed(range(len(levels))):
            first = i == len(levels) - 1
            m, u = float(parameters.m[i]), float(parameters.u[i])
            yield LevelRow(name, first, levels[i].sentence, m, u, weights[i])
