"""m from verdicts: how often each level is seen in pairs that two people hold to be one child."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from matching.comparisons import ABSENT
from matching.model.latent_classes import LatentClasses
from matching.model.parameters import FieldParameters, Floats, GroupModel, Model, layouts_of
from matching.model.training import left_alone, monotone
from matching.spec import LinkageSpec
from matching.vectors.comparison_vectors import Matrix


def m_from_verdicts(classes: LatentClasses, levels: Matrix) -> GroupModel:
    """Return the model of two sources with m counted in pairs judged to be one child.

    A pair counts towards m of a field only as far as its scenario left the field alone: a surname that was replaced
    says nothing of how surnames are spelt. Few verdicts move m little, since `prior_strength` pseudo-pairs hold it
    where the trained model (not the spec) has it. People judge what the model proposes, so pairs that it cannot see
    are missing here too: use this after training, not instead of it.

    Args:
        classes: The latent classes of these two sources by the trained model, which is not changed.
        levels: Levels of the pairs judged to be one child, `(pairs, fields)`, as they were compared.
    """
    spec, group, layouts = classes.spec, classes.group, layouts_of(classes.spec)
    fields = {}
    matches = _scenarios(classes, levels)
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
    groups, learnt = dict(model.groups), 0
    for names, group in model.groups.items():
        pairs = [*judged.get(names, ()), *judged.get((names[1], names[0]), ())]
        if pairs:
            groups[names] = m_from_verdicts(LatentClasses(spec, group), _matrix(spec, pairs))
            learnt += len(pairs)
    return Model(model.spec_name, model.spec_digest, groups), learnt


def _matrix(spec: LinkageSpec, pairs: Sequence[Mapping[str, int]]) -> Matrix:
    """Return levels `(pairs, fields)`; a level that the field does not have any more is unknown."""
    layouts = layouts_of(spec)
    out = np.full((len(pairs), len(layouts)), ABSENT, dtype=np.int8)
    for row, levels in enumerate(pairs):
        for column, (name, layout) in enumerate(layouts.items()):
            level = levels.get(name, ABSENT)
            out[row, column] = level if 0 <= level < len(layout.prior) else ABSENT
    return out


def _scenarios(classes: LatentClasses, levels: Matrix) -> dict[str, Floats]:
    """Return P(scenario | levels, one child) of each pair: look-alikes and strangers are ruled out by the verdict."""
    every = classes.responsibilities(levels)
    posterior = {name: every[name] for name in classes.spec.match_scenarios}
    total = np.maximum(sum(posterior.values(), start=np.zeros(len(levels))), 1e-300)
    return {name: r / total for name, r in posterior.items()}
