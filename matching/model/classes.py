"""The latent classes of a pair: one child under some scenario, two look-alikes, or two unrelated children.

Under a scenario a field was either left alone (its levels follow m), replaced (they follow u: agreement is chance) or
altered in a known manner (levels of its own). The posterior sums over scenarios; the explanation names the likeliest.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from matching.comparisons import KINDS
from matching.levels import Matrix
from matching.model.parameters import Floats, GroupModel, LevelLayout
from matching.spec import FieldSpec, LinkageSpec, ScenarioSpec

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
            codes = KINDS[spec.fields[name].kind]().codes
            shares = np.array([own.get(code, _TINY) for code in codes])
            # Strata that the scenario says nothing about keep m.
            spoken = np.isin(layouts[name].stratum, layouts[name].stratum[[code in own for code in codes]])
            out[name] = np.where(spoken, layouts[name].shares(shares), parameters.m)
        else:
            out[name] = parameters.m
    return out


class ClassBits:
    """The bits that each level of each field gives for each scenario against chance, for one pair of sources.

    Args:
        spec: The linkage spec.
        group: The model of these two sources.
        layouts: Level layout by field.
    """

    def __init__(self, spec: LinkageSpec, group: GroupModel, layouts: dict[str, LevelLayout]) -> None:
        by_scenario = [level_shares(spec, scenario, group, layouts) for scenario in spec.scenarios.values()]
        self._tables = []
        for name, field in spec.fields.items():
            layout = layouts[name]
            u = np.maximum(layout.pooled(group.fields[name].u), _TINY)
            ratios = [np.log2(np.maximum(layout.pooled(shares[name]), _TINY) / u) for shares in by_scenario]
            bits = np.maximum(np.stack(ratios, axis=1), -_most_against(field, group.classes)) * field.weight
            # Two rows of nothing at the end: the negative levels, missing and implied, are no evidence.
            self._tables.append(np.vstack([bits, np.zeros((2, len(by_scenario)))]))

    def totals(self, matrix: Matrix) -> Floats:
        """Return the bits of all fields together, `(pairs, scenarios)`."""
        out = np.zeros((len(matrix), self._tables[0].shape[1]))
        for i, table in enumerate(self._tables):
            out += table[matrix[:, i]]
        return out

    def of_fields(self, matrix: Matrix, scenario: npt.NDArray[np.integer]) -> Floats:
        """Return the bits of each field under each pair's own scenario, `(pairs, fields)`."""
        return np.stack([table[matrix[:, i], scenario] for i, table in enumerate(self._tables)], axis=1)


def _most_against(field: FieldSpec, classes: tuple[str, str]) -> float:
    """Return the most bits that the field may speak against a pair of two sources of these classes."""
    return min([field.max_bits_against, *(field.against_by_class[c] for c in classes if c in field.against_by_class)])
