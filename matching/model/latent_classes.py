"""The latent classes of a pair: one child under some scenario, two look-alikes, or two unrelated children.

Under a scenario a field was either left alone (its levels follow m), replaced (they follow u: agreement is chance) or
altered in a known manner (levels of its own). The posterior sums over scenarios; the explanation names the likeliest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from matching.comparisons import KINDS
from matching.model.parameters import FieldParameters, Floats, GroupModel, LevelLayout, layouts_of
from matching.spec import FieldSpec, LinkageSpec
from matching.vectors.comparison_vectors import Matrix

_TINY = 1e-9
_NEVER = 1e-300
"""Share of a scenario that does not happen between these lists."""


def share_bits(shares: Iterable[float]) -> Floats:
    """Return log2 of the shares of scenarios; of one that does not happen, a number that no evidence can lift."""
    return np.log2(np.maximum(np.fromiter(shares, dtype=np.float64), _NEVER))


class LevelSpace:
    """The levels of all fields side by side, with what each scenario does to them: what stays the same while m moves.

    Args:
        spec: The linkage spec.

    Attributes:
        layout: How the levels share parameters.
        slices: Where the levels of each field stand.
    """

    def __init__(self, spec: LinkageSpec) -> None:
        layouts = layouts_of(spec)
        self.spec, self.layout = spec, LevelLayout.together(layouts.values())
        ends = np.cumsum([len(layout.tie) for layout in layouts.values()])
        self.slices = {
            name: slice(int(end) - len(layout.tie), int(end))
            for (name, layout), end in zip(layouts.items(), ends, strict=True)
        }
        self.size = int(ends[-1])
        self._starts = np.array([part.start for part in self.slices.values()], dtype=np.int32)
        self._weight = np.concatenate([np.full(len(layouts[n].tie), f.weight) for n, f in spec.fields.items()])
        shape = len(spec.scenarios), self.size
        self._replaced, self._spoken, self._own = np.zeros(shape, bool), np.zeros(shape, bool), np.zeros(shape)
        for row, scenario in enumerate(spec.scenarios.values()):
            for name, at in self.slices.items():
                if name in scenario.replaced:
                    self._replaced[row, at] = True
                elif name in scenario.levels:
                    own = np.array([scenario.levels[name].get(code, 0.0) for code in _codes(spec.fields[name].kind)])
                    # Strata that the scenario says nothing about keep m.
                    self._spoken[row, at] = np.isin(layouts[name].stratum, layouts[name].stratum[own > 0])
                    self._own[row, at] = layouts[name].shares(np.maximum(own, _TINY))

    def positions(self, matrix: Matrix) -> npt.NDArray[np.int32]:
        """Return where each level of a matrix stands, `(pairs, fields)`; missing and implied ones stand at `size`."""
        at = matrix + self._starts
        at[matrix < 0] = self.size
        return at

    def of(self, fields: Mapping[str, FieldParameters]) -> tuple[Floats, Floats]:
        """Return m and u of all fields side by side, each `(size,)`."""
        parts = [fields[name] for name in self.slices]
        return np.concatenate([part.m for part in parts]), np.concatenate([part.u for part in parts])

    def bits(self, m: Floats, u: Floats, most_against: Floats) -> Floats:
        """Return the bits of each level for each scenario against chance, `(size + 1, scenarios)`.

        The last row, of levels that are no evidence, is nothing.
        """
        shares = np.where(self._replaced, u, np.where(self._spoken, self._own, m))
        chance = np.maximum(self.layout.pooled(u), _TINY)
        ratio = np.log2(np.maximum(self.layout.pooled(shares), _TINY) / chance)
        bits = np.maximum(ratio, -most_against) * self._weight
        return np.concatenate([bits.T, np.zeros((1, len(bits)))])

    def most_against(self, classes: tuple[str, str]) -> Floats:
        """Return the most bits that each level may speak against a pair of two sources of these classes."""
        most = [_most_against(field, classes) for field in self.spec.fields.values()]
        return np.repeat(most, [part.stop - part.start for part in self.slices.values()])


@cache
def _codes(kind: str) -> tuple[str, ...]:
    return KINDS[kind]().codes


class LatentClasses:
    """The classes of a spec with the parameters of one pair of sources: what each level of each field says for each.

    A snapshot: parameters that training moves later are not followed.

    Args:
        spec: The linkage spec.
        group: The model of these two sources.
        space: The levels of the spec, for whoever has them at hand.
    """

    def __init__(self, spec: LinkageSpec, group: GroupModel, space: LevelSpace | None = None) -> None:
        self.spec, self.group, self.space = spec, group, space or LevelSpace(spec)
        self._bits = self.space.bits(*self.space.of(group.fields), self.space.most_against(group.classes))

    def totals(self, matrix: Matrix, fields: Sequence[int] | None = None) -> Floats:
        """Return the bits of all fields together, or of those at some positions, `(pairs, scenarios)`."""
        positions = self.space.positions(matrix)
        return self.totals_at(positions if fields is None else positions[:, fields])

    def totals_at(self, positions: npt.NDArray[np.int32]) -> Floats:
        """Return the same for levels given by where they stand."""
        out = np.zeros((len(positions), self._bits.shape[1]))
        for column in positions.T:
            out += self._bits.take(column, axis=0)
        return out

    def responsibilities(self, matrix: Matrix) -> dict[str, Floats]:
        """Return P(scenario | levels) of each pair, for every scenario, matches and look-alikes alike."""
        weights = self.responsibilities_at(self.space.positions(matrix))
        return {name: weights[:, i] for i, name in enumerate(self.spec.scenarios)}

    def responsibilities_at(self, positions: npt.NDArray[np.int32]) -> Floats:
        """Return the same as `(pairs, scenarios)` for levels given by where they stand."""
        group = self.group
        prior = share_bits(group.share * group.scenarios[name] for name in self.spec.scenarios)
        log_odds = self.totals_at(positions) + prior
        unrelated = np.log2(max(1 - group.share, 1e-9))
        top = np.maximum(log_odds.max(axis=1), unrelated)[:, None]
        weights = np.exp2(log_odds - top)
        weights /= weights.sum(axis=1, keepdims=True) + np.exp2(unrelated - top)
        return np.asarray(weights, dtype=np.float64)

    def of_fields(self, matrix: Matrix, scenario: npt.NDArray[np.integer]) -> Floats:
        """Return the bits of each field under each pair's own scenario, `(pairs, fields)`."""
        return np.asarray(self._bits[self.space.positions(matrix), scenario[:, None]], dtype=np.float64)


def _most_against(field: FieldSpec, classes: tuple[str, str]) -> float:
    """Return the most bits that the field may speak against a pair of two sources of these classes."""
    return min([field.max_bits_against, *(field.against_by_class[c] for c in classes if c in field.against_by_class)])
