"""The table of a damaged register, worst kinds first, with the goals beside the figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.linkage.measure import Run

GOAL_OVER_ALL, GOAL_WORST, GOAL_BLOCKED = 0.975, 0.85, 0.985

_HEAD = """# A damaged register

Written by `python -m benchmarks.damage`. Family reports are linked with a register of mostly the same children, to
whose rows {damaged} kinds of damage were done, one kind a row, by names, sex and birth date alone: no document, place
or relative helps. {records} records, {day}. Every person is fictional. Splink runs the set-up of `benchmarks/linkage`.
What is called gecko was done by gecko-syndata, a library by others. All engines link what Ridni's intake reads of the
damaged names, as of any list: it puts right many that stand in a wrong column.

- **blocked**: share of the true pairs that Ridni's blocking rules bring together; the goal is {blocked} in each kind.
- **F1**: best over all thresholds; a kind competes with all candidates of its reports. The goal is {over_all} over all
  and {worst} in the worst kind, and no kind below Splink.
- **R@P99**: highest recall at a precision of 0.99 or more.
"""


def table(records: int, runs: Sequence[Run], blocked: Mapping[str, float], day: str) -> str:
    """Return the report in Markdown."""
    ridni = runs[0]
    kinds = sorted((kind for kind in blocked if kind != "all"), key=lambda kind: ridni.groups[kind].best_f1)
    head = " | ".join(f"{run.engine} F1 | {run.engine} R@P99" for run in runs)
    lines = [
        _HEAD.format(
            damaged=len(kinds) - 1,
            records=f"{records:,}",
            day=day,
            blocked=GOAL_BLOCKED,
            over_all=GOAL_OVER_ALL,
            worst=GOAL_WORST,
        ),
        f"| damage | true pairs | blocked | {head} | goals |",
        "|---|---:|---:|" + "---:|---:|" * len(runs) + "---|",
    ]
    for kind in ["all", *kinds]:
        found = [run.groups[kind] for run in runs]
        cells = " | ".join(f"{quality.best_f1:.3f} | {quality.recall_at_precision_99:.3f}" for quality in found)
        said = _missed(kind, blocked[kind], [quality.best_f1 for quality in found])
        lines.append(f"| {kind} | {found[0].true_pairs:,} | {blocked[kind]:.3f} | {cells} | {said} |")
    pairs = ", ".join(f"{run.engine} compared {run.compared:,} pairs in {run.cpu_seconds:.1f} s of CPU" for run in runs)
    return "\n".join([*lines, "", f"{pairs}."]) + "\n"


def _missed(kind: str, blocked: float, f1: Sequence[float]) -> str:
    """Return which goals a row misses, or that it meets them."""
    least = GOAL_OVER_ALL if kind == "all" else GOAL_WORST
    missed = [f"F1 below {least}"] if f1[0] < least else []
    missed += [f"blocked below {GOAL_BLOCKED}"] if blocked < GOAL_BLOCKED else []
    missed += ["below Splink"] if any(other > f1[0] for other in f1[1:]) else []
    return ", ".join(missed) or "met"
