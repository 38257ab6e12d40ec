"""Which rule found which pairs, and what each one adds to those before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

from matching.report.html import number_format
from matching.report.html.markup import Html, element, join
from matching.report.html.tables import bars, table

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
_HEADINGS = ("rule", "pairs", "new with it", "")


def section(rules: Sequence[RuleReport]) -> Html:
    """Return the rules with their pairs, their marginal gain and what was skipped.

    Other figures in the rules' reports, such as recall where the truth is known, get columns of their own. Only numbers
    are shown: the key of a bucket may be a name.
    """
    if not rules:
        return element("p", "No rule was run.")
    most = float(max(rule.pairs for rule in rules)) or 1.0
    skipped = sum(rule.skipped_pairs for rule in rules)
    hidden = _SHOWN if skipped else _SHOWN | _SKIPPED
    more = [
        f.name
        for f in fields(rules[0])
        if f.name not in hidden and any(_is_figures(getattr(rule, f.name)) for rule in rules)
    ]
    rows = [
        (
            rule.rule,
            number_format.count(rule.pairs),
            number_format.count(rule.new),
            bars([(rule.new, "true"), (rule.pairs - rule.new, "other")], most),
            *(_written(getattr(rule, name)) for name in more),
        )
        for rule in rules
    ]
    headings = (*_HEADINGS, *(_MORE.get(name, number_format.words(name)) for name in more))
    idle = sum(1 for rule in rules if not rule.new)
    said = f"{len(rules)} rules gave {number_format.count(sum(rule.new for rule in rules))} pairs."
    said += f" {idle} of them found nothing that an earlier rule had not found." if idle else ""
    said += (
        f" Buckets over the cap would have given {number_format.count(skipped)} more pairs, some of them several times."
        if skipped
        else " No bucket was over the cap."
    )
    return join(
        [
            element("p", said),
            element("p", "The dark part of a bar is what the rule adds to those above it.", class_="soft"),
            table(headings, rows, caption="Blocking rules", numbers=(1, 2, *range(4, 4 + len(more))), wide=3),
        ]
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
