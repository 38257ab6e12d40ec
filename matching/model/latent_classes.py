"""The latent classes of a pair: one child under some scenario, two look-alikes, or two unrelated children.

Under a scenario a field was either left alone (its levels follow m), replaced (they follow u: agreement is chance) or
altered in a known manner (levels of its own). The posterior sums over scenarios; the explanation names the likeliest.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from matching.comparisons import KINDS
from matching.model.parameters import Floats, GroupModel, LevelLayout, layouts_of
from matching.spec import FieldSpec, LinkageSpec
from matching.vectors.comparison_vectors import Matrix

_TINY = 1e-9


def level_shares(spec: LinkageSpec, field: str, group: GroupModel, layout: LevelLayout) -> Floats:
    """Return P(level | scenario) of a field, `(scenarios, levels)`, in the spec's order of scenarios."""
    parameters = group.fields[field]
    shares = np.empty((len(spec.scenarios), len(parameters.m)))
    for row, scenario in zip(shares, spec.scenarios.values(), strict=True):
        if field in scenario.replaced:
            row[:] = parameters.u
        elif field in scenario.levels:
            own = np.array([scenario.levels[field].get(code, 0.0) for code in _codes(spec.fields[field].kind)])
            # Strata that the scenario says nothing about keep m.
            spoken = np.isin(layout.stratum, layout.stratum[own > 0])
            row[:] = np.where(spoken, layout.shares(np.maximum(own, _TINY)), parameters.m)
        else:
            row[:] = parameters.m
    return shares


@cache
def _codes(kind: str) -> tuple[str, ...]:
    return KINDS[kind]().codes


class LatentClasses:
    """The classes of a spec with the parameters of one pair of sources: what each level of each field says for each.

    A snapshot: parameters that training moves later are not followed.

    Args:
        spec: The linkage spec.
        group: The model of these two sources.
    """

    def __init__(self, spec: LinkageSpec, group: GroupModel) -> None:
        self.spec, self.group = spec, group
        # The bits of each level (rows) for each scenario (columns) against chance, field by field.
        self._tables = []
        layouts = layouts_of(spec)
        for name, field in spec.fields.items():
            layout = layouts[name]
            u = np.maximum(layout.pooled(group.fields[name].u), _TINY)
            shares = layout.pooled(level_shares(spec, name, group, layout))
            bits = (
                np.maximum(np.log2(np.maximum(shares, _TINY) / u), -_most_against(field, group.classes)) * field.weight
            )
            # Two rows of nothing at the end: the negative levels, missing and implied, are no evidence.
            self._tables.append(np.concatenate([bits.T, np.zeros((2, len(shares)))]))

    def totals(self, matrix: Matrix) -> Floats:
        """Return the bits of all fields together, `(pairs, scenarios)`."""
        out = np.zeros((len(matrix), self._tables[0].shape[1]))
        for i, table in enumerate(self._tables):
            out += table[matrix[:, i]]
        return out

    def responsibilities(self, matrix: Matrix) -> dict[str, Floats]:
        """Return P(scenario | levels) of each pair, for every scenario, matches and look-alikes alike."""
        group, scenarios = self.group, self.spec.scenarios
        prior = np.log2([group.share * group.scenarios[name] for name in scenarios])
        unrelated = np.full((len(matrix), 1), np.log2(max(1 - group.share, 1e-9)))
        log_odds = np.hstack([self.totals(matrix) + prior, unrelated])
        weights = np.exp2(log_odds - log_odds.max(axis=1, keepdims=True))
        weights /= weights.sum(axis=1, keepdims=True)
        return {name: weights[:, i] for i, name in enumerate(scenarios)}

    def of_fields(self, matrix: Matrix, scenario: npt.NDArray[np.integer]) -> Floats:
        """Return the bits of each field under each pair's own scenario, `(pairs, fields)`."""
        return np.stack([table[matrix[:, i], scenario] for i, table in enumerate(self._tables)], axis=1)


def _most_against(field: FieldSpec, classes: tuple[str, str]) -> float:
    """Return the most bits that the field may speak against a pair of two sources of these classes."""
    return min([field.max_bits_against, *(field.against_by_class[c] for c in classes if c in field.against_by_class)])
