"""`ridni hold`: what a court or a law wants kept is not erased while the hold stands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from pipelines.cli import options, startup
from pipelines.cli.console import out

app = typer.Typer(
    help="Legal holds: one person holds something back from erasure, two people lift it.", no_args_is_help=True
)


@app.command("add")
def add(
    thing: Annotated[str, typer.Argument(help="A record (id or SOURCE/KEY), the id of an identity, or a source.")],
    username: options.As,
    basis_file: Annotated[
        Path | None,
        typer.Option("--basis-file", help="A file whose first line names the basis; unset: asked, or read from '-'."),
    ] = None,
) -> None:
    """Hold something back from erasure; the order, case or law is asked for.

    Example: ridni hold add family_reports/K17 --as olena
    """
    basis = options.reason("", basis_file, "On which legal basis (order, case, law)?")
    startup.database()
    from keeping import holds
    from keeping.erasure import targets

    made = holds.add(options.account(username), targets.named(thing), basis)
    out.print(f"Hold {made.pk} stands: {holds.words(made)} is not erased until two people lift it.")


@app.command("list")
def list_holds() -> None:
    """List the holds that stand.

    Example: ridni hold list
    """
    startup.database()
    from keeping import holds

    table = Table(box=None, header_style="bold")
    for column in ("number", "of", "basis", "placed by", "since (UTC)", "lift asked by"):
        table.add_column(column)
    for hold in holds.standing():
        asked = hold.lift_asked_by.username if hold.lift_asked_by else ""
        since = f"{hold.placed_at:%d.%m.%Y}"
        table.add_row(str(hold.pk), holds.words(hold), escape(hold.basis), hold.placed_by.username, since, asked)
    out.print(table)


@app.command("lift")
def lift(number: Annotated[int, typer.Argument(help="Number of the hold.")], username: options.As) -> None:
    """Ask that a hold is lifted, or lift it when another person has asked.

    Example: ridni hold lift 2 --as petro
    """
    startup.database()
    from keeping import holds

    hold = holds.lift(options.account(username), number)
    if hold.lifted_at is None:
        out.print(f"Hold {number} stands until another person does the same: ridni hold lift {number} --as NAME")
    else:
        out.print(f"Hold {number} is lifted.")
