"""`ridni users`: the people who may sign in."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from pipelines.cli import startup
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
    startup.database()
    from registry.access import accounts

    table = Table(box=None, header_style="bold")
    for column in ("name", "role", "language", "open", "sees location", "second factor", "last sign-in"):
        table.add_column(column)
    for account in accounts.listing():
        seen = f"{account.last_login:%d.%m.%Y %H:%M}" if account.last_login else "never"
        marks = ("yes" if mark else "no" for mark in (account.active, account.sees_location, account.second_factor))
        table.add_row(account.username, account.role, account.language, *marks, seen)
    out.print(table)


@app.command("add")
def add(
    username: Annotated[str, typer.Argument(help="Sign-in name.")],
    role: Annotated[str, typer.Option(help="verifier, adjudicator, lead, data, auditor or admin.")] = "verifier",
    language: Annotated[str, typer.Option(help="uk or en.")] = "uk",
    sees_location: Annotated[
        bool, typer.Option("--sees-location", help="This person sees where a child is now; no role does by itself.")
    ] = False,
    password: Password = "",
) -> None:
    """Add a person; the password is asked for, so that it stays out of the shell's history.

    Example: ridni users add olena --role verifier --language uk
    """
    startup.database()
    from registry.access import accounts

    user = accounts.add(username, password, role, language, sees_location=sees_location)
    out.print(f"{user.username} may now sign in as {user.role}.")
    _print_code(username)


@app.command("password")
def password(
    username: Annotated[str, typer.Argument(help="Whose password.")],
    password: Password = "",
) -> None:
    """Give a person a new password; their sessions end.

    Example: ridni users password olena
    """
    startup.database()
    from registry.access import accounts

    accounts.set_password(username, password)
    out.print(f"{username} has a new password.")


@app.command("disable")
def disable(username: Annotated[str, typer.Argument(help="Whose account.")]) -> None:
    """Close an account: its sessions end, the pair it holds goes back, its verdicts stay.

    Example: ridni users disable olena
    """
    startup.database()
    from registry.access import accounts

    if not accounts.disable(username):
        raise UserError(f"the account of {username} was closed already")
    out.print(f"The account of {username} is closed.")


@app.command("location")
def location(
    username: Annotated[str, typer.Argument(help="Whose account.")],
    sees: Annotated[bool, typer.Option("--show/--hide", help="Give the right, or take it.")] = True,
) -> None:
    """Give or take the right to see where a child is now.

    Example: ridni users location olena --show
    """
    startup.database()
    from registry.access import accounts

    accounts.set_sees_location(username, sees)
    out.print(f"{username} now {'sees' if sees else 'does not see'} where a child is.")


@app.command("reset-second-factor")
def reset_second_factor(username: Annotated[str, typer.Argument(help="Whose account.")]) -> None:
    """Take away the second factors of a person who has lost them, and print the code with which they set up another.

    Their sessions end. Until another is set up the password alone lets in, where RIDNI_REQUIRE_MFA is not set.

    Example: ridni users reset-second-factor olena
    """
    startup.database()
    from registry.access import accounts

    if not accounts.remove_second_factors(username):
        raise UserError(f"{username} has no second factor")
    out.print(f"The second factors of {username} are taken away, and their sessions have ended.")
    _print_code(username)


@app.command("enrolment-code")
def enrolment_code(username: Annotated[str, typer.Argument(help="Whose account.")]) -> None:
    """Print another code for setting up a first second factor; the earlier one is good no more.

    Example: ridni users enrolment-code olena
    """
    startup.database()
    _print_code(username)


def _print_code(username: str) -> None:
    from review.sign_in import handed_codes

    code = handed_codes.new_code(username)
    out.print(f"Code for setting up a second factor, good for a day, shown once: {code}")
    out.print("Hand it over by another way than the password.")


@app.command("oidc")
def oidc(
    username: Annotated[str, typer.Argument(help="Whose account.")],
    subject: Annotated[str, typer.Argument(help="The subject (`sub`) under which the provider knows the person.")] = "",
    unlink: Annotated[bool, typer.Option("--unlink", help="End the sign-in through the provider.")] = False,
) -> None:
    """Let a person sign in through the team's OpenID Connect provider, or end that.

    Example: ridni users oidc olena 248289761001
    """
    startup.database()
    from registry.access import accounts

    if unlink:
        if not accounts.unlink_provider(username):
            raise UserError(f"{username} is not linked to the provider")
        out.print(f"{username} no longer signs in through the provider.")
    else:
        accounts.link_provider(username, subject)
        out.print(f"{username} may sign in through the provider.")


@app.command("open-queue")
def open_queue(username: Annotated[str, typer.Argument(help="For whom.")]) -> None:
    """Open the queue again for a person who has opened as much as one may, where no other lead can.

    Example: ridni users open-queue olena
    """
    startup.database()
    from review.queue import budget

    budget.reopen_as_operator(username)
    out.print(f"The queue is open for {username} again.")
