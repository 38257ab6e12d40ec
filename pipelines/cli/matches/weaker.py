"""`ridni candidates weaker`: pairs of one record that a run counted and did not store."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.cli import startup
from pipelines.cli.console import out, thousands


def weaker(
    record: Annotated[str, typer.Argument(help="The record: its number, or SOURCE/KEY.")],
    most: Annotated[int, typer.Option(min=1, max=100, help="How many pairs are stored at most.")] = 10,
) -> None:
    """Find pairs of a record that the last run counted and did not store, and store the likeliest of them.

    They then stand on the pages of the record's pairs, where a verifier may take them; the next run withdraws those on
    which nobody has spoken.

    Example: ridni candidates weaker 1729
    """
    startup.database()
    from pipelines.linkage import weaker as finding
    from registry import audit
    from registry.actors import operator
    from registry.linkage import records

    found = records.find(record)
    came = finding.find([found.pk], most)
    audit.append(operator(), "candidate.weaker_found", "record", str(found.pk), {"pairs": came})
    out.print(f"Stored {thousands(came)} weaker pairs of it." if came else "There is no further pair.")
