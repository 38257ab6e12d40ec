"""Explanations: why a candidate has its weight, field by field, without any value of a record.

The bits of the fields and the last line, `scenario`, add up to the weight, so that a waterfall can be drawn from them.
"""

from __future__ import annotations

from dataclasses import dataclass

from matching.comparisons import ABSENT, IMPLIED, KINDS
from matching.linker import Linkage
from matching.spec import LinkageSpec


@dataclass(frozen=True)
class Reason:
    """What one field says of a candidate.

    Attributes:
        field: The field, or `scenario` for the share of the scenario and of look-alikes.
        level: Position of the level, from worst (0) to best; -1 when a side is unknown, -2 when implied.
        bits: Weight of the field in bits.
        code: Code of the level, which screens translate.
        sentence: The reason in English words.
    """

    field: str
    level: int
    bits: float
    code: str
    sentence: str


_ABSENT = "unknown on one side: no evidence for or against"
_IMPLIED = "agrees, which another field implies already: no evidence of its own"
_REPLACED = "taken as replaced under this scenario: no evidence"


def explain(spec: LinkageSpec, linkage: Linkage, row: int, weight: float, scenario: str) -> tuple[Reason, ...]:
    """Return the reasons of the candidate whose levels stand at `row`, in the spec's order of fields."""
    replaced = spec.scenarios[scenario].replaced if scenario in spec.scenarios else ()
    reasons, total = [], 0.0
    for i, (name, field) in enumerate(spec.fields.items()):
        level, bits = int(linkage.levels[row, i]), round(float(linkage.bits[row, i]), 2)
        if level == ABSENT:
            reasons.append(Reason(name, level, 0.0, "absent", _ABSENT))
            continue
        if level == IMPLIED:
            reasons.append(Reason(name, level, 0.0, "implied", _IMPLIED))
            continue
        described = KINDS[field.kind]().levels[level]
        if name in replaced and bits == 0:
            reasons.append(Reason(name, level, 0.0, "replaced", _REPLACED))
            continue
        total += bits
        reasons.append(Reason(name, level, bits, described.code, described.sentence))
    rest = round(weight - total, 2)
    reasons.append(
        Reason(
            "scenario",
            0,
            rest,
            "scenario",
            "how common this scenario is, and whether a look-alike explains the pair as well",
        )
    )
    return tuple(reasons)
