"""What the model has learnt: m, u and the weight of each level, by pair of sources."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from matching.comparisons import KINDS
from matching.model.latent_classes import LatentClasses
from matching.model.parameters import GroupModel, Model
from matching.report.html import number_format
from matching.report.html.markup import Html, element, join
from matching.report.html.tables import bars, floating, table
from matching.spec import LinkageSpec


def section(spec: LinkageSpec, model: Model) -> Html:
    """Return for each pair of sources the weight of each level of each field."""
    if not model.groups:
        return element("p", "The model knows no pair of lists.")
    parts = [
        element(
            "p",
            "Of two records of one child, m is the share that shows this level of agreement; of two unrelated "
            "children, u. The weight is log₂(m/u), after the spec’s own bounds. Rarity of a name comes on top. Shares "
            "are among pairs that know the field as well as each other (a full name, an initial, a day, a year).",
        )
    ]
    for number, (_, group) in enumerate(sorted(model.groups.items())):
        parts.append(
            element(
                "details",
                element(
                    "summary",
                    f"{group.left} → {group.right}",
                    element("small", f" {number_format.count(group.pairs)} pairs, {group.iterations} iterations"),
                ),
                _scenarios(spec, group),
                _levels(spec, group),
                open=number == 0,
            )
        )
    return join(parts)


def level_bits(spec: LinkageSpec, group: GroupModel, field: str) -> list[float]:
    """Return the weight in bits of each level of a field that was left alone, rarity not counted."""
    at, count = list(spec.fields).index(field), len(group.fields[field].m)
    levels = np.full((count, len(spec.fields)), -1, dtype=np.int8)
    levels[:, at] = np.arange(count)
    alone = [i for i, s in enumerate(spec.scenarios.values()) if field not in s.replaced and field not in s.levels]
    scenario = np.full(count, alone[0] if alone else 0)
    return [float(bit) for bit in LatentClasses(spec, group).of_fields(levels, scenario)[:, at]]


def _scenarios(spec: LinkageSpec, group: GroupModel) -> Html:
    likely = {name: share for name, share in group.scenarios.items() if spec.scenarios[name].match}
    return join(
        [
            element(
                "p",
                f"A random pair of these lists is one child with a chance of {number_format.probability(group.share)}.",
            ),
            table(
                ("scenario", "share of true pairs", ""),
                [
                    (number_format.words(name), number_format.share(share), bars([(share, "true")], 1.0))
                    for name, share in likely.items()
                ],
                caption=f"Scenarios of {group.left} and {group.right}",
                numbers=(1,),
                wide=2,
            ),
        ]
    )


def _levels(spec: LinkageSpec, group: GroupModel) -> Html:
    weights = {name: level_bits(spec, group, name) for name in spec.fields}
    everything = [bit for levels in weights.values() for bit in levels]
    low, high = min(0.0, *everything), max(0.0, *everything)
    return table(
        ("field", "level", "m", "u", "bits", ""),
        _rows(spec, group, weights, low, high),
        caption=f"Weight of each level in {group.left} and {group.right}",
        numbers=(2, 3, 4),
        wide=5,
    )


def _rows(
    spec: LinkageSpec, group: GroupModel, weights: dict[str, list[float]], low: float, high: float
) -> Iterator[tuple[object, ...]]:
    for name in spec.fields:  # a model that was read has its fields in another order
        parameters = group.fields[name]
        levels = KINDS[spec.fields[name].kind]().levels
        for i in reversed(range(len(levels))):
            bit = weights[name][i]
            first = i == len(levels) - 1
            yield (
                element("span", number_format.words(name), class_=None if first else "hidden"),
                levels[i].sentence,
                number_format.probability(float(parameters.m[i])),
                number_format.probability(float(parameters.u[i])),
                number_format.bits(bit),
                floating(0.0, bit, low, high),
            )
