"""`ridni tokens`: what case systems identify themselves with."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from pipelines.cli import startup
from pipelines.cli.console import UserError, out

app = typer.Typer(help="Bearer tokens of case systems.", no_args_is_help=True)


@app.command("list")
def list_tokens() -> None:
    """List the tokens by name and use; the tokens themselves are nowhere to be read.

    Example: ridni tokens list
    """
    startup.database()
    from registry.access import tokens

    table = Table(box=None, header_style="bold")
    for column in ("name", "scopes", "issued", "last used", "valid"):
        table.add_column(column)
    for token in tokens.listing():
        used = f"{token.last_used_at:%d.%m.%Y %H:%M}" if token.last_used_at else "never"
        valid = "no" if token.revoked else "yes"
        table.add_row(token.name, ", ".join(token.scopes), f"{token.created_at:%d.%m.%Y}", used, valid)
    out.print(table)


@app.command("issue")
def issue(
    name: Annotated[str, typer.Argument(help="Which system gets it.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(
            help="More than identities:read; one of fields:location, fields:health, fields:contact, fields:text, "
            "fields:testimony, fields:other; evidence:read tells where in the evidence a value stands. May be repeated."
        ),
    ] = None,
) -> None:
    """Make a token and show it once; only its hash is kept. It reads verified identities without the narrower fields.

    Example: ridni tokens issue case-system --scope fields:location
    """
    startup.database()
    from registry.access import tokens

    token = tokens.issue(name, [tokens.READ_IDENTITIES, *(scope or [])])
    out.print(f"Token of {name}, shown once:\n{token}", soft_wrap=True)


@app.command("revoke")
def revoke(name: Annotated[str, typer.Argument(help="Whose token.")]) -> None:
    """End a token's validity.

    Example: ridni tokens revoke case-system
    """
    startup.database()
    from registry.access import tokens

    if not tokens.revoke(name):
        raise UserError(f"there is no valid token named '{name}'")
    out.print(f"The token of {name} is no longer valid.")
