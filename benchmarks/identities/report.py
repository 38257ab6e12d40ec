"""The report: what each change of model did to identities."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime

from benchmarks.identities.measure import Measured


def markdown(found: Measured, load: tuple[float, float]) -> str:
    """Return the report as a page; `load` is the machine's before and after."""
    lines = [
        "# Identities after a change of model",
        "",
        f"{found.records:,} made-up records in two lists, {found.identities:,} identities of two verified records, "
        f"{found.waiting:,} pairs that wait. *Lost* and *moved* are identities; *otherwise* are decided pairs that the "
        "new model sees on the other side of even odds or proposes no more: they are listed and stay decided; *asked* "
        "are pairs inside an identity that wait in the queue. Blocking keeps the rules that name the surname.",
        "",
        "| change | lost | moved | decided pairs proposed | otherwise | asked | replay = tables | run, s "
        "| processor, s |",
        "|---|" + "---:|" * 8,
    ]
    for one in found.changes:
        share = one.otherwise / max(found.identities, 1)
        lines.append(
            f"| {one.title} | {one.lost} | {one.moved} ({one.moved / max(found.identities, 1):.2%}) | {one.decided:,} "
            f"| {one.otherwise:,} ({share:.2%}) | {one.asked} | {'yes' if one.replayed else 'NO'} | {one.seconds:.0f} "
            f"| {one.processor:.0f} |"
        )
    lines += [
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} cores, which other work "
        f"shared: load {load[0]:.1f} before and {load[1]:.1f} after.",
        "",
    ]
    return "\n".join(lines)
