"""`ridni quarantine`: the rows that could not become records."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from pipelines.cli import ready
from pipelines.cli.console import out, thousands

app = typer.Typer(help="Rows that could not be read: where they stand and why.", no_args_is_help=True)


@app.command("list")
def list_rows(
    source: Annotated[str, typer.Argument(help="Only this source.")] = "",
    limit: Annotated[int, typer.Option(help="Show at most so many rows.", min=1)] = 50,
) -> None:
    """List quarantined rows by source, file, place and reason; their content stays hidden.

    Example: ridni quarantine list family_reports
    """
    ready.database()
    from registry.services import quarantine

    table = Table(box=None, header_style="bold")
    for column in ("source", "file", "evidence", "where", "reason"):
        table.add_column(column, overflow="fold")
    shown, total = quarantine.page(source or None, limit)
    for row in shown:
        where = ", ".join(f"{name} {value}" for name, value in row.locator.items() if name not in ("cells", "css"))
        table.add_row(row.source, row.file, row.evidence_sha256[:12], where, row.reason)
    if total == 0:
        out.print("No row is in quarantine.")
        return
    out.print(table)
    if total > len(shown):
        out.print(f"… and {thousands(total - len(shown))} more; --limit shows more.")
