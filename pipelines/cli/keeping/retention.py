"""`ridni retention`: what is kept no longer by the terms of its sources."""

from __future__ import annotations

import typer
from rich.table import Table

from pipelines.cli import startup
from pipelines.cli.console import err, out, thousands

app = typer.Typer(help="Retention by the terms of sources: the plan, and carrying it out.", no_args_is_help=True)


@app.command("plan")
def plan() -> None:
    """Show what the terms of sources ask for now; nothing happens.

    Example: ridni retention plan
    """
    startup.database()
    from keeping import retention

    due = retention.due()
    table = Table(box=None, header_style="bold")
    for column in ("source", "days", "rows", "records", "evidence", "copies", "pairs", "held"):
        table.add_column(column)
    for one in due.sources:
        what = one.plan
        counts = (what.rows, what.versions, what.destroyed + what.lost, what.redacted, what.pairs, one.held)
        table.add_row(one.source.slug, str(one.days), *map(thousands, counts))
    out.print(table)
    if due.identities:
        out.print(f"{thousands(len(due.identities))} identities are past their terms: each waits for one person.")


@app.command("run")
def run() -> None:
    """Erase what the plan shows; identities past their terms are put before people (`ridni erase list`).

    Example: ridni retention run
    """
    startup.database()
    from keeping import retention
    from pipelines.keeping import erasures

    begun = retention.allow_due()
    erasures.carry_out_all(lambda step: err.print(f"Erasing from {step} …"))
    rows = sum(int(one.plan.get("rows", 0)) for one in begun)
    out.print(f"{thousands(rows)} rows of {len(begun)} sources are erased.")
