"""`ridni users`: the people who may sign in."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from pipelines.cli import ready
from pipelines.cli.console import UserError, out

app = typer.Typer(help="Accounts of the review app.", no_args_is_help=True)

Password = Annotated[
    str,
    typer.Option(
        prompt=True, confirmation_prompt=True, hide_input=True, envvar="RIDNI_NEW_PASSWORD", help="Asked for if unset."
    ),
]


@app.command("list")
def list_users() -> None:
    """List the accounts with their roles and last sign-in.

    Example: ridni users list
    """
    ready.database()
    from registry.services import users

    table = Table(box=None, header_style="bold")
    for column in ("name", "role", "language", "open", "last sign-in"):
        table.add_column(column)
    for account in users.listing():
        seen = f"{account.last_login:%d.%m.%Y %H:%M}" if account.last_login else "never"
        table.add_row(account.username, account.role, account.language, "yes" if account.active else "no", seen)
    out.print(table)


@app.command("add")
def add(
    username: Annotated[str, typer.Argument(help="Sign-in name.")],
    role: Annotated[str, typer.Option(help="verifier, adjudicator, lead, data, auditor or admin.")] = "verifier",
    language: Annotated[str, typer.Option(help="uk or en.")] = "uk",
    password: Password = "",
) -> None:
    """Add a person; the password is asked for, so that it stays out of the shell's history.

    Example: ridni users add olena --role verifier --language uk
    """
    ready.database()
    from registry.services import users

    user = users.add(username, password, role, language)
    out.print(f"{user.username} may now sign in as {user.role}.")


@app.command("password")
def password(
    username: Annotated[str, typer.Argument(help="Whose password.")],
    password: Password = "",
) -> None:
    """Give a person a new password; their sessions end.

    Example: ridni users password olena
    """
    ready.database()
    from registry.services import users

    users.set_password(username, password)
    out.print(f"{username} has a new password.")


@app.command("disable")
def disable(username: Annotated[str, typer.Argument(help="Whose account.")]) -> None:
    """Close an account: its sessions end, the pair it holds goes back, its verdicts stay.

    Example: ridni users disable olena
    """
    ready.database()
    from registry.services import users

    if not users.disable(username):
        raise UserError(f"the account of {username} was closed already")
    out.print(f"The account of {username} is closed.")
