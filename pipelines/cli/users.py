"""`ridni users`: the people who may sign in."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.cli import ready
from pipelines.cli.console import out

app = typer.Typer(help="Accounts of the review app.", no_args_is_help=True)


@app.command("add")
def add(
    username: Annotated[str, typer.Argument(help="Sign-in name.")],
    role: Annotated[str, typer.Option(help="verifier, adjudicator, lead, data, auditor or admin.")] = "verifier",
    language: Annotated[str, typer.Option(help="uk or en.")] = "uk",
    password: Annotated[
        str,
        typer.Option(
            prompt=True,
            confirmation_prompt=True,
            hide_input=True,
            envvar="RIDNI_NEW_PASSWORD",
            help="Asked for if unset.",
        ),
    ] = "",
) -> None:
    """Add a person; the password is asked for, so that it stays out of the shell's history.

    Example: ridni users add olena --role verifier --language uk
    """
    ready.database()
    from registry.services import users

    user = users.add(username, password, role, language)
    out.print(f"{user.username} may now sign in as {user.role}.")
