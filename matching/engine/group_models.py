"""The model of one pair of sources: as it starts, and trained."""

from __future__ import annotations

from matching.engine.slices import Work
from matching.model.chance import FieldChance
from matching.model.parameters import Floats, GroupModel, Space, layouts_of
from matching.model.training import Patterns, fit_group, start_group

_NOTABLE = 0.01
"""Share of the expected true pairs among all from which lists are short: of less than a hundred rows or so."""


def start(work: Work, group: int, space: Space, u: dict[str, Floats]) -> GroupModel:
    """Return the model of a pair of sources before anything was learnt: priors, and these u."""
    names = work.table.names(group)
    classes = work.table.classes[names[0]], work.table.classes[names[1]]
    return start_group(work.spec, names, classes, space, u)


def fit(
    work: Work, group: int, blocked: Patterns, chance: dict[str, FieldChance], pooled: dict[str, FieldChance]
) -> GroupModel:
    """Return the model of a pair of sources, trained on its pairs.

    Args:
        work: The run's work.
        group: Number of the pair of sources.
        blocked: Agreement patterns of the pairs that the blocking rules gave.
        chance: How often each field agrees by chance between these lists.
        pooled: The same over all lists together.
    """
    space = work.space_of(group)
    # In short lists most pairs that agree may be true ones: taken for chance, agreement would never say anything.
    true = space.expected if space.expected > _NOTABLE * space.pairs else 0.0
    u = {
        name: chance[name].u(layout, pooled[name], true * layout.prior if true else None)
        for name, layout in layouts_of(work.spec).items()
    }
    seeking, found = work.rows_of(group)
    reach = work.source.keys.reach_of_look_alikes(work.spec, seeking, found)
    return fit_group(work.spec, start(work, group, space, u), blocked, space, chance, pooled, reach)
