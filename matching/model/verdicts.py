"""m from verdicts: how often each level is seen in pairs that two people hold to be one child."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from matching.comparisons import ABSENT
from matching.model.parameters import FieldParameters, Floats, GroupModel, LevelLayout, Model
from matching.model.training import left_alone, monotone, responsibilities
from matching.spec import LinkageSpec


def m_from_verdicts(
    spec: LinkageSpec, group: GroupModel, layouts: dict[str, LevelLayout], levels: npt.NDArray[np.int8]
) -> GroupModel:
    """Return the model of two sources with m counted in pairs judged to be one child.

    A pair counts towards m of a field only as far as its scenario left the field alone: a surname that was replaced
    says nothing of how surnames are spelt. Few verdicts move m little, since `prior_strength` pseudo-pairs hold it
    where the trained model (not the spec) has it. People judge what the model proposes, so pairs that it cannot see
    are missing here too: use this after training, not instead of it.

    Args:
        spec: The linkage spec.
        group: The trained model of these two sources; not changed.
        layouts: Level layout by field.
        levels: Levels of the pairs judged to be one child, `(pairs, fields)`, as they were compared.
    """
    fields = {}
    matches = _scenarios(spec, group, layouts, levels)
    for i, name in enumerate(spec.fields):  # a model that was read has its fields in another order
        parameters = group.fields[name]
        weight = sum((matches[s] for s in left_alone(spec, name)), start=np.zeros(len(levels)))
        known = levels[:, i] >= 0
        seen = np.bincount(levels[known, i], weights=weight[known], minlength=len(parameters.m))
        m = layouts[name].shares(seen + spec.training.prior_strength * parameters.m)
        fields[name] = FieldParameters(monotone(layouts[name], m, parameters.u), parameters.u.copy())
    return replace(group, fields=fields, scenarios=dict(group.scenarios))


def learn_m(
    spec: LinkageSpec, model: Model, judged: Mapping[tuple[str, str], Sequence[Mapping[str, int]]]
) -> tuple[Model, int]:
    """Return a model whose m is learnt from verdicts, and how many pairs it learnt from.

    Args:
        spec: The linkage spec.
        model: A trained model; not changed.
        judged: For each pair of sources, either way round, the levels of the pairs judged to be one child: the position
            of the level by field; fields that a record does not know are left out.
    """
    layouts = {name: LevelLayout.of(field.kind) for name, field in spec.fields.items()}
    groups, learnt = dict(model.groups), 0
    for names, group in model.groups.items():
        pairs = [*judged.get(names, ()), *judged.get((names[1], names[0]), ())]
        if pairs:
            groups[names] = m_from_verdicts(spec, group, layouts, _matrix(layouts, pairs))
            learnt += len(pairs)
    return Model(model.spec_name, model.spec_digest, groups), learnt


def _matrix(layouts: dict[str, LevelLayout], pairs: Sequence[Mapping[str, int]]) -> npt.NDArray[np.int8]:
    """Return levels `(pairs, fields)`; a level that the field does not have any more is unknown."""
    out = np.full((len(pairs), len(layouts)), ABSENT, dtype=np.int8)
    for row, levels in enumerate(pairs):
        for column, (name, layout) in enumerate(layouts.items()):
            level = levels.get(name, ABSENT)
            out[row, column] = level if 0 <= level < len(layout.prior) else ABSENT
    return out


def _scenarios(
    spec: LinkageSpec, group: GroupModel, layouts: dict[str, LevelLayout], levels: npt.NDArray[np.int8]
) -> dict[str, Floats]:
    """Return P(scenario | levels, one child) of each pair: look-alikes and strangers are ruled out by the verdict."""
    posterior = {
        name: r for name, r in responsibilities(spec, group, layouts, levels).items() if spec.scenarios[name].match
    }
    total = np.maximum(sum(posterior.values(), start=np.zeros(len(levels))), 1e-300)
    return {name: r / total for name, r in posterior.items()}
