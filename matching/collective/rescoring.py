"""The shares of the scenarios, fitted anew once other pairs have spoken: before, the renamed were not there to count.

The blocking rules reach hardly any pair of a child whose names and birth date were altered, and none of them stands out
by itself. Training alone would therefore hold such alterations to be rarer than they are, and rank their pairs behind.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from matching.collective.assignment import assign
from matching.collective.sums import Floats
from matching.engine.slices import Scored, Work, rarity
from matching.model.frequencies import TermFrequency
from matching.model.latent_classes import LatentClasses, share_bits
from matching.model.parameters import Model
from matching.model.scoring import log2_sum, scenario_totals
from matching.model.training import prior_scenarios
from matching.spec import LinkageSpec

_ROUNDS = 6
_STRENGTH = 400.0
"""Pseudo-pairs that hold the shares near the spec's."""


@dataclass(frozen=True)
class _Group:
    """The pairs of two sources: positions, bits of match scenarios and of look-alikes, prior odds."""

    names: tuple[str, str]
    at: npt.NDArray[np.int64]
    match: Floats
    alike: Floats
    odds: float


def fit_scenarios(
    work: Work, scored: Scored, bits: Floats, model: Model, frequencies: dict[str, TermFrequency]
) -> tuple[Scored, Model]:
    """Return the pairs scored anew, by themselves, and the model whose scenario shares were fitted with all bits.

    Args:
        work: The run's work.
        scored: All pairs; those in which nobody is sought stay as they are.
        bits: What other pairs say of them, `(pairs,)`.
        model: The model that scored them; it stays as it is.
        frequencies: How common values are.
    """
    spec, table = work.spec, work.table
    groups = _groups(work, scored, model, frequencies)
    shares = {group.names: prior_scenarios(spec, model.groups[group.names].classes) for group in groups}
    prior = {names: dict(of) for names, of in shares.items()}
    log_odds, scenario = scored.log_odds.copy(), scored.scenario.copy()
    numbers = np.array([i for i, s in enumerate(spec.scenarios.values()) if s.match], dtype=np.int8)
    for round_ in range(_ROUNDS):
        totals = {}
        for group in groups:
            own = group.match + share_bits(shares[group.names][name] for name in spec.match_scenarios)
            totals[group.names] = own
            log_odds[group.at] = log2_sum(own) - group.alike + group.odds
            scenario[group.at] = numbers[own.argmax(axis=1)]
        if round_ == _ROUNDS - 1:
            break
        source = table.source
        left, right = scored.left, scored.right
        p = assign(log_odds + bits, left, right, source[left], source[right], spec.competition.repeat_share)
        for group in groups:
            own = totals[group.names]
            resp = np.exp2(own - log2_sum(own)[:, None]) * p[group.at][:, None]
            shares[group.names] = _shares(spec, resp.sum(axis=0), prior[group.names])
    fitted = {
        names: replace(part, scenarios={**part.scenarios, **shares[names]}) if names in shares else part
        for names, part in model.groups.items()
    }
    return replace(scored, log_odds=log_odds, scenario=scenario), replace(model, groups=fitted)


def _groups(work: Work, scored: Scored, model: Model, frequencies: dict[str, TermFrequency]) -> list[_Group]:
    spec = work.spec
    sources = work.table.pair_of_sources(scored.left, scored.right)
    match = [i for i, s in enumerate(spec.scenarios.values()) if s.match]
    alike = [i for i, s in enumerate(spec.scenarios.values()) if not s.match]
    groups, asked = [], work.table.asked(scored.left, scored.right)
    for group in np.unique(sources[asked]):
        names = work.table.names(int(group))
        at = np.flatnonzero(asked & (sources == group))
        part = model.groups[names]
        rare = rarity(work, frequencies, scored.left[at], scored.right[at], scored.levels[at])
        totals = scenario_totals(LatentClasses(spec, part), scored.levels[at], rare)
        prior = share_bits(part.scenarios[name] * part.share for name, s in spec.scenarios.items() if not s.match)
        others = np.hstack([np.zeros((len(at), 1)), totals[:, alike] + prior])
        groups.append(_Group(names, at, totals[:, match], log2_sum(others), part.prior_odds))
    return groups


def _shares(spec: LinkageSpec, seen: Floats, prior: dict[str, float]) -> dict[str, float]:
    total = float(seen.sum())
    fitted = {
        name: (float(count) + _STRENGTH * prior[name]) / (total + _STRENGTH)
        for name, count in zip(spec.match_scenarios, seen, strict=True)
    }
    return {**prior, **fitted}
