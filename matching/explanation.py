"""Explanations: why a candidate has its weight, field by field, without any value of a record.

An explanation is a row of levels and a row of bits, as small as they come: one byte and two bytes a field. What a level
is called stands once for a spec, in its `layout`; the words are made when somebody looks. The bits of the fields and of
the last line, `scenario`, add up to the weight, so that a waterfall can be drawn from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from matching.collective.evidence import CollectiveBits
from matching.collective.terms import AGAINST, SUPPORTS, terms_of
from matching.comparisons import ABSENT, IMPLIED, KINDS
from matching.linker import Linkage
from matching.spec import LinkageSpec

REPLACED: Final = 64
"""Added to a level that the scenario takes as replaced, so that the row of levels alone says how it is read."""

HUNDREDTHS: Final = 100
"""Bits are kept in hundredths: two decimals are shown, and an int16 reaches beyond 300 bits."""

_ABSENT = ("absent", "unknown on one side: no evidence for or against")
_IMPLIED = ("implied", "agrees, which another field implies already: no evidence of its own")
_REPLACED = ("replaced", "taken as replaced under this scenario: no evidence")
_NO_OTHERS = ("absent", "no other pair says anything of this one")
_SCENARIO = ("scenario", "how common this scenario is, and whether a look-alike explains the pair as well")


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


@dataclass(frozen=True)
class Explanations:
    """The explanations of all candidates of a linkage, in the order of `Linkage.candidates`.

    Collective terms follow the fields, as if they were some more.

    Attributes:
        levels: `(candidates, fields)`; `REPLACED` is added where the scenario takes the field as replaced.
        hundredths: `(candidates, 1 + fields)`: hundredths of a bit, the scenario's first.
    """

    levels: npt.NDArray[np.int8]
    hundredths: npt.NDArray[np.int16]


def layout(spec: LinkageSpec) -> dict[str, Any]:
    """Return what reads the rows of `Explanations`: the fields in order, each with `[code, sentence]` by level.

    A level that a scenario takes as replaced says its own number as well.

    It is plain JSON and needs no spec: an explanation of years ago is read by the layout that stood beside it.
    """
    fields = []
    for name, field in spec.fields.items():
        known = {str(i): [level.code, level.sentence] for i, level in enumerate(KINDS[field.kind]().levels)}
        replaced = {str(i + REPLACED): [*_REPLACED, i] for i in range(len(known))}
        unknown = {str(ABSENT): list(_ABSENT), str(IMPLIED): list(_IMPLIED)}
        fields.append({"field": name, "levels": {**unknown, **known, **replaced}})
    for term in terms_of(spec):
        said = {AGAINST: term.against, SUPPORTS: term.supports, ABSENT: _NO_OTHERS}
        fields.append({"field": term.name, "levels": {str(level): list(words) for level, words in said.items()}})
    return {"fields": fields, "scenario": list(_SCENARIO)}


def of_linkage(spec: LinkageSpec, linkage: Linkage) -> Explanations:
    """Return the explanations of all candidates at once."""
    frame = linkage.candidates
    rows = frame["row"].to_numpy()
    weights, scenarios = frame["weight"].to_numpy(dtype=np.float64), frame["scenario"].to_numpy(dtype=object)
    return _explanations(spec, linkage.levels[rows], linkage.bits[rows], weights, scenarios, _others(linkage, rows))


def explain(spec: LinkageSpec, linkage: Linkage, row: int, weight: float, scenario: str) -> tuple[Reason, ...]:
    """Return the reasons of the candidate whose levels stand at `row`, in the spec's order of fields."""
    alone = slice(row, row + 1)
    named = np.array([scenario], dtype=object)
    others = _others(linkage, np.array([row]))
    made = _explanations(spec, linkage.levels[alone], linkage.bits[alone], np.array([weight]), named, others)
    said, bits = layout(spec), [int(hundredths) / HUNDREDTHS for hundredths in made.hundredths[0]]
    reasons = [
        Reason(field["field"], level % REPLACED if level >= 0 else level, worth, *field["levels"][str(level)][:2])
        for field, level, worth in zip(said["fields"], map(int, made.levels[0]), bits[1:], strict=True)
    ]
    return (*reasons, Reason("scenario", 0, bits[0], *said["scenario"]))


def _explanations(
    spec: LinkageSpec,
    levels: npt.NDArray[np.int8],
    bits: npt.NDArray[np.float32],
    weights: npt.NDArray[np.float64],
    scenarios: npt.NDArray[np.object_],
    others: CollectiveBits | None,
) -> Explanations:
    levels, hundredths = levels.copy(), _hundredths(bits.astype(np.float64))
    hundredths[levels < 0] = 0
    for number, name in enumerate(spec.fields):
        replacing = [scenario for scenario, said in spec.scenarios.items() if name in said.replaced]
        taken = np.isin(scenarios.astype(str), replacing) & (levels[:, number] >= 0) & (hundredths[:, number] == 0)
        levels[taken, number] += REPLACED
    if others is not None:
        worth = _hundredths(others.bits)
        said = np.where(worth > 0, SUPPORTS, np.where(worth < 0, AGAINST, ABSENT)).astype(np.int8)
        levels, hundredths = np.hstack([levels, said]), np.hstack([hundredths, worth])
    # Added up field by field in the spec's order, as whoever reads the waterfall does.
    total = np.zeros(len(levels))
    for number in range(hundredths.shape[1]):
        total += hundredths[:, number] / HUNDREDTHS
    whole = np.column_stack([_hundredths(weights - total), hundredths])
    limits = np.iinfo(np.int16)
    return Explanations(levels, np.clip(whole, limits.min, limits.max).astype(np.int16))


def _others(linkage: Linkage, rows: npt.NDArray[np.int64]) -> CollectiveBits | None:
    return None if linkage.collective is None else linkage.collective.at(rows)


def _hundredths(bits: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
    """Round to hundredths as Python's `round` does: by the exact value of the number, not by a hundred times it."""
    scaled = bits * HUNDREDTHS
    whole: npt.NDArray[np.int32] = np.rint(scaled).astype(np.int32)
    near_half = np.abs(np.abs(scaled - np.trunc(scaled)) - 0.5) < 1e-6
    whole[near_half] = [round(round(float(value), 2) * HUNDREDTHS) for value in bits[near_half]]
    return whole
