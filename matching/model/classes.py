"""The latent classes of a pair: one child under some scenario, two look-alikes, or two unrelated children.

Under a scenario a field was either left alone (its levels follow m), replaced (they follow u: agreement is chance) or
altered in a known manner (levels of its own). The posterior sums over scenarios; the explanation names the likeliest.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from matching.comparisons import ABSENT, KINDS
from matching.model.parameters import Floats, GroupModel, LevelLayout
from matching.spec import LinkageSpec, ScenarioSpec

_TINY = 1e-9


def level_shares(
    spec: LinkageSpec, scenario: ScenarioSpec, group: GroupModel, layouts: dict[str, LevelLayout]
) -> dict[str, Floats]:
    """Return P(level | scenario) of each field, shape `(levels,)`."""
    out = {}
    for name, parameters in group.fields.items():
        if name in scenario.replaced:
            out[name] = parameters.u
        elif name in scenario.levels:
            own = scenario.levels[name]
            codes = _codes(spec, name)
            shares = np.array([own.get(code, _TINY) for code in codes])
            # Strata that the scenario says nothing about keep m.
            spoken = np.isin(layouts[name].stratum, layouts[name].stratum[[code in own for code in codes]])
            out[name] = np.where(spoken, layouts[name].shares(shares), parameters.m)
        else:
            out[name] = parameters.m
    return out


def _codes(spec: LinkageSpec, field: str) -> list[str]:
    return [level.code for level in KINDS[spec.fields[field].kind]().levels]


def class_bits(
    spec: LinkageSpec, group: GroupModel, layouts: dict[str, LevelLayout], matrix: npt.NDArray[np.int8]
) -> dict[str, npt.NDArray[np.float64]]:
    """Return for each scenario the bits `(pairs, fields)` that each field's level gives against chance."""
    out = {}
    for name, scenario in spec.scenarios.items():
        shares = level_shares(spec, scenario, group, layouts)
        bits = np.zeros(matrix.shape, dtype=np.float64)
        for i, (field, field_spec) in enumerate(spec.fields.items()):
            layout, u = layouts[field], group.fields[field].u
            ratio = np.log2(np.maximum(layout.pooled(shares[field]), _TINY) / np.maximum(layout.pooled(u), _TINY))
            ratio = np.maximum(ratio, -field_spec.max_bits_against) * field_spec.weight
            # A negative level takes the last entry: missing or implied is no evidence.
            bits[:, i] = np.append(ratio, 0.0)[np.maximum(matrix[:, i], ABSENT)]
        out[name] = bits
    return out
