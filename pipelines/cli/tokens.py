"""`ridni tokens`: what case systems identify themselves with."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.cli import ready
from pipelines.cli.console import UserError, out

app = typer.Typer(help="Bearer tokens of case systems.", no_args_is_help=True)


@app.command("issue")
def issue(name: Annotated[str, typer.Argument(help="Which system gets it.")]) -> None:
    """Make a token and show it once; only its hash is kept.

    Example: ridni tokens issue case-system
    """
    ready.database()
    from registry.services import tokens

    token = tokens.issue(name)
    out.print(f"Token of {name}, shown once:\n{token}", soft_wrap=True)


@app.command("revoke")
def revoke(name: Annotated[str, typer.Argument(help="Whose token.")]) -> None:
    """End a token's validity.

    Example: ridni tokens revoke case-system
    """
    ready.database()
    from registry.services import tokens

    if not tokens.revoke(name):
        raise UserError(f"there is no valid token named '{name}'")
    out.print(f"The token of {name} is no longer valid.")
