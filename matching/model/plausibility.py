"""Whether a trained model makes sense: names that mostly differ between two records of one child are not one's."""

from __future__ import annotations

from dataclasses import dataclass

from matching.comparisons import KINDS
from matching.model.parameters import GroupModel, Model, layouts_of
from matching.spec import LinkageSpec


@dataclass(frozen=True)
class Doubt:
    """A field whose best agreement is rarer among true pairs than makes sense.

    Attributes:
        lists: The two lists.
        field: The field.
        agreeing: Share of the true pairs that agree in it, by the model.
        expected: Share that a field of this kind has at the least.
    """

    lists: tuple[str, str]
    field: str
    agreeing: float
    expected: float

    def __str__(self) -> str:
        left, right = self.lists
        return (
            f"{left} → {right}: the model holds that only {self.agreeing:.0%} of true pairs agree in '{self.field}' "
            f"({self.expected:.0%} or more make sense). Either it takes strangers for one person, or the field "
            "changes: look at the report, then give a scenario that replaces the field, or one for look-alikes"
        )


def doubts(spec: LinkageSpec, model: Model) -> tuple[Doubt, ...]:
    """Return what does not make sense in a model, in the order of its pairs of lists and of the spec's fields."""
    return tuple(doubt for _, group in sorted(model.groups.items()) for doubt in _of_group(spec, group))


def _of_group(spec: LinkageSpec, group: GroupModel) -> list[Doubt]:
    out = []
    for name, layout in layouts_of(spec).items():
        comparison = KINDS[spec.fields[name].kind]()
        if comparison.least_agreement is None:
            continue
        best = layout.stratum == layout.stratum[-1]
        tie = best & (layout.tie == layout.tie[-1])
        agreeing = float(group.fields[name].m[tie].sum())
        if agreeing < comparison.least_agreement:
            out.append(Doubt((group.left, group.right), name, agreeing, comparison.least_agreement))
    return out
