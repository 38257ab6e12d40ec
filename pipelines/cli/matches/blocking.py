"""The table of `ridni link --explain-blocking`: what each blocking rule is worth, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table

from pipelines.cli.console import out, thousands

if TYPE_CHECKING:
    from matching.blocking.report import RuleReport

_COUNTS = ("pairs", "no earlier rule", "no other rule", "buckets over the cap", "their pairs")


def show(rules: Sequence[RuleReport]) -> None:
    """Print one row for each rule; buckets as sought × found records."""
    judged = any(rule.recall is not None for rule in rules)
    table = Table(box=None, header_style="bold", caption=_CAPTION + (_TRUTH if judged else ""), caption_justify="left")
    table.add_column("blocking rule")
    table.add_column("also for", overflow="fold")
    for name in (*_COUNTS, "largest bucket"):
        table.add_column(name, justify="right")
    if judged:
        for name in ("recall", "with those above", "lost without"):
            table.add_column(name, justify="right")
    for rule in rules:
        counts = (rule.pairs, rule.new, rule.alone, rule.skipped_buckets, rule.skipped_pairs)
        row = [rule.rule, ", ".join(rule.scenarios) or "–", *map(thousands, counts)]
        row.append(" × ".join(map(thousands, rule.largest[0])) if rule.largest else "")
        if judged:
            row += [f"{rule.recall or 0:.3f}", f"{rule.recall_so_far or 0:.3f}", thousands(rule.lost_without or 0)]
        table.add_row(*row)
    out.print(table)
    if rules:
        found = f"All rules together: {thousands(sum(rule.new for rule in rules))} pairs"
        out.print(found + (f", {rules[-1].recall_so_far or 0:.1%} of the true pairs." if judged else "."))


_CAPTION = (
    "also for: alterations of the spec's scenarios that leave the rule's keys alone; no earlier rule: pairs that the "
    "rules above had not given; no other rule: pairs that would go with the rule. Buckets as sought × found records."
)
_TRUTH = (
    " recall: share of the true pairs that the rule finds; with those above: that it and the rules above it find; "
    "lost without: true pairs that no other rule finds."
)
