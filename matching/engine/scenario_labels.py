"""Finer names for plain pairs, by the levels seen: initials, a card, a short form."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from matching.comparisons import KINDS
from matching.spec import LinkageSpec
from matching.vectors.comparison_vectors import Matrix


def label(spec: LinkageSpec, levels: Matrix, scenario: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Return the scenario of each pair, with the plain ones (the spec's first match) renamed by the first label to fit.

    Args:
        spec: The linkage spec.
        levels: `(pairs, fields)`.
        scenario: Names of the scenarios, `(pairs,)`.
    """
    out = scenario.copy()
    names = list(spec.fields)
    plain = scenario == spec.match_scenarios[0]
    for rule in spec.labels:
        fits = plain.copy()
        for name in rule.absent:
            fits &= levels[:, names.index(name)] < 0
        if rule.any_level:
            some = np.zeros(len(levels), dtype=bool)
            for name, codes in rule.any_level.items():
                known = KINDS[spec.fields[name].kind]().codes
                some |= np.isin(levels[:, names.index(name)], [known.index(code) for code in codes])
            fits &= some
        out[fits] = rule.name
        plain &= ~fits
    return out
