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
        f"reviewers err in {rate:.0%} of their answers. An *answer* is one page that a person answers: a pair, or a "
        "child with a *tick* for each of its records; *verdicts* are what is kept of it, on pairs, without those that "
        "follow from others; a child is *found* when one identity holds all its records and no others; a *false "
        "identity* holds records of two children.",
        "",
        "| way | answers | ticks | verdicts | found | answers a child found | of before | ticks a child found "
        "| verdicts a child found | of before | contradictions | false identities | B-cubed F1 |",
        "|---|" + "---:|" * 12,
    ]
    before = worked[0].answers / max(worked[0].found, 1)  # one tick and one verdict each
    for one in worked:
        found = max(one.found, 1)
        lines.append(
            f"| {one.way} | {one.answers:,} | {one.ticks:,} | {one.verdicts:,} | {one.found:,} "
            f"| {one.answers / found:.2f} | {one.answers / found / before:.2f} | {one.ticks / found:.2f} "
            f"| {one.verdicts / found:.2f} | {one.verdicts / found / before:.2f} | {one.contradictions} "
            f"| {one.score.mixed} | {one.score.b_cubed.f1:.4f} |"
        )
    floor = 2 * (mean_size() - 1)
    lines += [
        "",
        f"A child of n records takes at least 2 (n - 1) verdicts, two people on each of the pairs that join them: "
        f"{floor:.2f} on average here, {floor / before:.2f} of before. So the goal of 0.4 is out of reach for verdicts "
        "on pairs, and for ticks, whatever the page; it is met by answers: how often somebody has to take up a child, "
        "read and decide. Implied pairs are asked of nobody.",
        "",
        "The answer on a child has more records to look at than that on a pair; how long people take for it is not "
        "measured here.",
        "",
        f"Merges a minute, asked for and allowed: {times.merges:,.0f}; splits: {times.splits:,.0f}. Of one processor "
        f"each takes {times.merge_processor_ms:.0f} and {times.split_processor_ms:.0f} ms with the database's part: "
        f"{60_000 / times.merge_processor_ms:,.0f} and {60_000 / times.split_processor_ms:,.0f} a minute where nothing "
        f"else runs. The page of an identity of {times.records} records: median {times.page_ms:.0f} ms, "
        f"{times.page_processor_ms:.0f} ms of a processor.",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} cores, which other work "
        f"shared: load {load[0]:.1f} before and {load[1]:.1f} after.",
        "",
    ]
    return "\n".join(lines)
