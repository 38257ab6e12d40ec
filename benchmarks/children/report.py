"""The report: what each way of working took, and what came of it."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime

from benchmarks.children.register import SIBLINGS, mean_size
from benchmarks.children.times import Times
from benchmarks.children.work import Worked


def markdown(worked: Sequence[Worked], times: Times, children: int, rate: float, load: tuple[float, float]) -> str:
    """Return the report as a page.

    Args:
        worked: The ways, the first of which the others are held against.
        times: How fast identities change.
        children: How many there were.
        rate: The share of wrong answers.
        load: The machine's load (processes that run or wait, over a minute) before and after.
    """
    lines = [
        "# A child, not a pair",
        "",
        f"{children:,} made-up children in two to six records, {SIBLINGS:.0%} with a look-alike brother or sister; "
        f"reviewers err in {rate:.0%} of their answers. An *answer* is one page that a person answers; *verdicts* are "
        "those kept on pairs; a child is *found* when one identity holds all its records and no others; a *false "
        "identity* holds records of two children.",
        "",
        "| way | answers | verdicts | found | answers a child found | of before | verdicts a child found "
        "| contradictions | false identities | B-cubed F1 |",
        "|---|" + "---:|" * 9,
    ]
    before = worked[0].answers / max(worked[0].found, 1)
    for one in worked:
        found = max(one.found, 1)
        lines.append(
            f"| {one.way} | {one.answers:,} | {one.verdicts:,} | {one.found:,} | {one.answers / found:.2f} "
            f"| {one.answers / found / before:.2f} | {one.verdicts / found:.2f} | {one.contradictions} "
            f"| {one.score.mixed} | {one.score.b_cubed.f1:.4f} |"
        )
    lines += [
        "",
        f"A child of n records takes at least 2 (n - 1) verdicts, two people on each of the pairs that join them: "
        f"{2 * (mean_size() - 1):.2f} on average here. Implied pairs are asked of nobody.",
        "",
        "The answer on a child has more records to look at than that on a pair; how long people take for it is not "
        "measured here.",
        "",
        f"Merges a minute, asked for and allowed: {times.merges:,.0f}; splits: {times.splits:,.0f}. The page of an "
        f"identity of {times.records} records: median {times.page_ms:.0f} ms.",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} cores, which other work "
        f"shared: load {load[0]:.1f} before and {load[1]:.1f} after.",
        "",
    ]
    return "\n".join(lines)
