"""The figures as Markdown."""

from __future__ import annotations

from benchmarks.families.measure import Outcome, Row

_INTRODUCTION = """# Families and transfers

Written by `python -m benchmarks.families`. Fictional worlds, read by Ridni's intake and linked twice: each pair by
itself, and with what other pairs say (`collective` in `configs/linkage/children.yaml`). **The limit** is a scorer that
knows the generator's rates and where the children of every institution were taken, and sees of each report only what
the report says. It looks at one list at a time, so that what report and transfer list say together may lead beyond it.
Recall@1 / recall@5 of reports in one list; ties count against the limit.
"""


def markdown(outcomes: dict[str, Outcome], machine: str) -> str:
    """Return the page.

    Args:
        outcomes: By name of the world.
        machine: Date and size of the machine.
    """
    parts = [_INTRODUCTION, f"{machine}.\n"]
    for name, outcome in outcomes.items():
        alone, together = outcome.structured
        parts += [
            f"## {name}\n",
            "| list, scenario | true pairs | limit | pairs alone | with others |",
            "|---|---:|---:|---:|---:|",
            *(_line(row) for row in outcome.rows),
            "",
            f"Structured lists: F1 {alone[0]:.3f} alone, {together[0]:.3f} with others; recall at precision 0.99 "
            f"{alone[1]:.3f}, {together[1]:.3f}. Wrong pairs of one surname with a score of 0.5 or more: "
            f"{outcome.believed[0]}, {outcome.believed[1]}. "
            f"Pairs compared: {outcome.pairs[0]:,}, {outcome.pairs[1]:,}; "
            f"seconds of linking: {outcome.seconds[0]:.1f}, {outcome.seconds[1]:.1f}.\n",
        ]
    return "\n".join(parts)


def _line(row: Row) -> str:
    figures = (f"{one:.2f} / {five:.2f}" for one, five in (row.limit, row.alone, row.together))
    return f"| {row.source.replace('_', ' ')}, {row.scenario} | {row.true_pairs:,} | {' | '.join(figures)} |"
