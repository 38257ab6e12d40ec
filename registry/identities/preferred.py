"""Which of several values of a field is preferred, and by which rule: what the family calls the child comes first.

The order of rules for each class of fields stands in `registry/identities/data/preferred.tsv`. The rule that is named
is the first that tells the chosen value from the best of another wording.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files

from registry.access.field_access import FieldClass, class_of
from registry.provenance.values import ALTERED, OBSERVED, Value


class Rule(StrEnum):
    """Why a value is the preferred one of its field."""

    ONLY = "only"
    FAMILY = "family"
    ALTERED = "altered"
    OBSERVED = "observed"
    LATEST = "latest"
    REFERENCE = "reference"


MEANINGS = {
    Rule.ONLY: "all records that know the field say this",
    Rule.FAMILY: "the family says so",
    Rule.ALTERED: "its source does not change names on purpose",
    Rule.OBSERVED: "it was written down, not worked out from another field",
    Rule.LATEST: "it was observed last",
    Rule.REFERENCE: "nothing tells the values apart; the smallest reference was taken",
}


@dataclass(frozen=True)
class Known:
    """A value with the reference of its record and the side of its source: `seeking` is a family."""

    value: Value
    reference: str
    side: str


@dataclass(frozen=True)
class Preferred:
    """The value that stands for a field, and the rule by which it does."""

    known: Known
    rule: Rule


_RANKS: dict[Rule, Callable[[Known], int]] = {
    Rule.FAMILY: lambda one: one.side != "seeking",
    Rule.ALTERED: lambda one: one.value.status == ALTERED,
    Rule.OBSERVED: lambda one: one.value.status != OBSERVED,
    Rule.LATEST: lambda one: -(one.value.observed_on or date.min).toordinal(),
}
"""Smaller is better."""


def of_field(field: str, known: Sequence[Known]) -> Preferred:
    """Choose among the values of one field, of which there is at least one."""
    if len(known) == 1:
        return Preferred(known[0], Rule.ONLY)
    order = rules(class_of(field))

    def rank(one: Known) -> tuple[object, ...]:
        return (*(_RANKS[rule](one) for rule in order), one.reference, one.value.original)

    best = min(known, key=rank)
    others = [one for one in known if one.value.value != best.value.value]
    if not others:
        return Preferred(best, Rule.ONLY)
    second = min(others, key=rank)
    for rule in order:
        if _RANKS[rule](best) != _RANKS[rule](second):
            return Preferred(best, rule)
    return Preferred(best, Rule.REFERENCE)


@cache
def rules(kind: FieldClass) -> tuple[Rule, ...]:
    """Return the rules of a class of fields, the first first."""
    return _table()[kind]


@cache
def _table() -> dict[FieldClass, tuple[Rule, ...]]:
    text = files("registry.identities").joinpath("data", "preferred.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t")
    return {FieldClass(row["class"]): tuple(map(Rule, row["order"].split())) for row in rows}
