"""The table of `ridni link --explain-blocking`: what each blocking rule is worth, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from pipelines.cli.console import out, thousands

_COUNTS = {
    "pairs": "pairs",
    "no earlier rule": "new",
    "no other rule": "alone",
    "buckets over the cap": "skipped_buckets",
    "their pairs": "skipped_pairs",
}


def show(rules: Sequence[Mapping[str, Any]]) -> None:
    """Print one row for each rule, given as the fields of a `RuleReport`; buckets as sought × found records."""
    judged = any(rule["recall"] is not None for rule in rules)
    table = Table(box=None, header_style="bold", caption=_CAPTION + (_TRUTH if judged else ""), caption_justify="left")
    table.add_column("blocking rule")
    for name in _COUNTS:
        table.add_column(name, justify="right")
    table.add_column("largest bucket", justify="right")
    if judged:
        table.add_column("recall", justify="right")
        table.add_column("with those above", justify="right")
        table.add_column("lost without", justify="right")
    for rule in rules:
        row = [rule["rule"], *(thousands(rule[count]) for count in _COUNTS.values())]
        row.append(" × ".join(thousands(side) for side in rule["largest"][0]) if rule["largest"] else "")
        if judged:
            row += [f"{rule['recall']:.3f}", f"{rule['recall_so_far']:.3f}", thousands(rule["lost_without"])]
        table.add_row(*row)
    out.print(table)
    if rules:
        found = f"All rules together: {thousands(sum(rule['new'] for rule in rules))} pairs"
        out.print(found + (f", {rules[-1]['recall_so_far']:.1%} of the true pairs." if judged else "."))


_CAPTION = (
    "no earlier rule: pairs that the rules above had not given; no other rule: pairs that would go with the rule. "
    "Buckets as sought × found records."
)
_TRUTH = (
    " recall: share of the true pairs that the rule finds; with those above: that it and the rules above it find; "
    "lost without: true pairs that no other rule finds."
)
