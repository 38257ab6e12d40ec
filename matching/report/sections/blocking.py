"""Which rule found which pairs, and what each one adds to those before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from matching.report.html import number_format

if TYPE_CHECKING:
    from matching.blocking.report import RuleReport

_SHOWN = {"rule", "pairs", "new"}
_SKIPPED = {"skipped_buckets", "skipped_pairs"}
_MORE = {
    "skipped_buckets": "buckets over the cap",
    "skipped_pairs": "their pairs",
    "alone": "found by no other",
    "largest": "largest buckets, rows",
    "recall": "of the true pairs",
    "lost_without": "true pairs lost without it",
    "recall_so_far": "of the true pairs, with the rules above",
}


@dataclass(frozen=True)
class Blocking:
    """The rules of a run.

    Attributes:
        rules: What each one found.
        more: Headings of the other figures that there are.
        figures: Those figures of each rule, written.
        new: Pairs in all.
        idle: Rules that found nothing new.
        skipped: Pairs that buckets over the cap would have given.
    """

    rules: Sequence[RuleReport]
    more: list[str]
    figures: list[list[str]]
    new: int
    idle: int
    skipped: int

    @property
    def most(self) -> float:
        """Return the pairs of the rule that found most."""
        return float(max((rule.pairs for rule in self.rules), default=0)) or 1.0


def section(rules: Sequence[RuleReport]) -> Blocking:
    """Return the rules with their pairs, their marginal gain and what was skipped.

    Other figures in the rules' reports, such as recall where the truth is known, get columns of their own. Only numbers
    are shown: the key of a bucket may be a name.
    """
    skipped = sum(rule.skipped_pairs for rule in rules)
    hidden = _SHOWN if skipped else _SHOWN | _SKIPPED
    more = [
        f.name
        for f in (fields(rules[0]) if rules else ())
        if f.name not in hidden and any(_is_figures(getattr(rule, f.name)) for rule in rules)
    ]
    return Blocking(
        rules=rules,
        more=[_MORE.get(name, number_format.words(name)) for name in more],
        figures=[[_written(getattr(rule, name)) for name in more] for rule in rules],
        new=sum(rule.new for rule in rules),
        idle=sum(1 for rule in rules if not rule.new),
        skipped=skipped,
    )


def _is_figures(value: object) -> bool:
    if isinstance(value, tuple | list):
        return bool(value) and all(map(_is_figures, value))
    return isinstance(value, int | float)


def _written(value: object) -> str:
    """Write a count, a share, or sizes of buckets as `40 × 312`."""
    if isinstance(value, tuple | list):
        nested = any(isinstance(part, tuple | list) for part in value)
        return ", ".join(map(_written, value[:3])) if nested else " × ".join(map(_written, value))
    if value is None:
        return "–"
    return number_format.share(value) if isinstance(value, float) else number_format.count(int(str(value)))
