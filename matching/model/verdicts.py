"""m from verdicts: how often each level is seen in pairs that two people hold to be one child."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from matching.model.parameters import FieldParameters, Floats, GroupModel, LevelLayout
from matching.model.training import monotone, responsibilities
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
    for i, (name, parameters) in enumerate(group.fields.items()):
        weight = np.zeros(len(levels))
        for scenario, posterior in matches.items():
            altered = spec.scenarios[scenario]
            if name not in altered.replaced and name not in altered.levels:
                weight += posterior
        known = levels[:, i] >= 0
        seen = np.bincount(levels[known, i], weights=weight[known], minlength=len(parameters.m))
        m = layouts[name].shares(seen + spec.training.prior_strength * parameters.m)
        fields[name] = FieldParameters(monotone(layouts[name], m, parameters.u), parameters.u.copy())
    return replace(group, fields=fields, scenarios=dict(group.scenarios))


def _scenarios(
    spec: LinkageSpec, group: GroupModel, layouts: dict[str, LevelLayout], levels: npt.NDArray[np.int8]
) -> dict[str, Floats]:
    """Return P(scenario | levels, one child) of each pair: look-alikes and strangers are ruled out by the verdict."""
    posterior = {
        name: r for name, r in responsibilities(spec, group, layouts, levels).items() if spec.scenarios[name].match
    }
    total = np.maximum(sum(posterior.values(), start=np.zeros(len(levels))), 1e-300)
    return {name: r / total for name, r in posterior.items()}
