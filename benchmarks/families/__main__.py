"""`python -m benchmarks.families`: Ridni with and without collective evidence, beside what anybody could reach."""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.families.measure import Outcome, measure
from benchmarks.families.report import markdown
from benchmarks.linkage.data import children
from synthetic.corruption.rates import Damage

RESULTS = Path(__file__).parents[1] / "results"
_MORE = Damage(card_renamed=0.1, card_redated=0.1, all_names_replaced=0.12, all_names_and_birth_altered=0.12)
"""A world in which many were renamed: more pairs to count, and rates that no prior was set by."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark, print the page and write it as `families.md`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.families", description=__doc__)
    parser.add_argument(
        "--reports", type=int, nargs="*", default=[2_000, 20_000], metavar="N", help="sizes of the world"
    )
    parser.add_argument("--seed", type=int, default=2_026, help="of the worlds")
    parser.add_argument("--out", type=Path, help="folder for the results (default: benchmarks/results)")
    parser.add_argument("--quick", action="store_true", help="one small world; written only with --out")
    given = parser.parse_args(argv)
    outcomes: dict[str, Outcome] = {}
    with tempfile.TemporaryDirectory(prefix="families-") as temporary:
        for size in [300] if given.quick else given.reports:
            for name, damage in (("", None), (", many renamed", _MORE)):
                folder = Path(temporary) / f"{size}{bool(damage)}"
                cards = 1_000 if given.quick else None
                data = children(folder, size, cards=cards, seed=given.seed, damage=damage)
                title = f"Fictional world of {size:,} reports{name}, seed {given.seed}"
                outcomes[title] = measure(data, size, given.seed, damage)
    page = markdown(outcomes, f"{datetime.now(UTC):%Y-%m-%d}; {platform.machine()}, {os.cpu_count()} cores")
    print(page)
    out = given.out or (None if given.quick else RESULTS)
    if out:
        out.mkdir(parents=True, exist_ok=True)
        (out / "families.md").write_text(page, encoding="utf-8")
        print("wrote families.md")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
