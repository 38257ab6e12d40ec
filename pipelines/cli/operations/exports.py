"""`ridni exports`: names leave only when two people want it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from pipelines.cli import options, startup
from pipelines.cli.console import UserError, out, thousands

app = typer.Typer(help="Exports with names: one person asks, another allows, the first fetches.", no_args_is_help=True)

As = options.As
Number = Annotated[int, typer.Argument(help="Number of the request.")]


@app.command("ask")
def ask(
    kind: Annotated[str, typer.Argument(help="candidates or identities.")],
    recipient: Annotated[str, typer.Argument(help="The body that gets it; never the name of a child.")],
    username: As,
    purpose: Annotated[str, typer.Option(help="tracing, legal, family or check.")] = "tracing",
) -> None:
    """Ask for an export; another person has to allow it.

    Example: ridni exports ask identities "Partner organisation" --as olena
    """
    startup.database()
    from registry import exports

    asked = exports.ask(options.account(username), kind, purpose, recipient)
    out.print(f"Request {asked.pk} waits for another person: ridni exports allow {asked.pk} --as NAME")


@app.command("list")
def list_requests(username: As) -> None:
    """List the newest requests: your own, or all if you decide on them.

    Example: ridni exports list --as olena
    """
    startup.database()
    from registry import exports

    table = Table(box=None, header_style="bold")
    for column in ("number", "what", "for", "recipient", "asked by", "state", "decided by", "rows"):
        table.add_column(column)
    for asked in exports.listing(options.account(username)):
        rows = "" if asked.rows is None else thousands(asked.rows)
        names = (asked.kind, asked.purpose, asked.recipient, asked.requested_by, asked.state, asked.decided_by)
        table.add_row(str(asked.id), *names, rows)
    out.print(table)


@app.command("allow")
def allow(number: Number, username: As) -> None:
    """Allow an export that somebody else has asked for; it can be fetched once within a day.

    Example: ridni exports allow 7 --as petro
    """
    _decide(number, username, allowed=True)
    out.print(f"Request {number} is allowed.")


@app.command("refuse")
def refuse(number: Number, username: As) -> None:
    """Refuse an export that somebody else has asked for.

    Example: ridni exports refuse 7 --as petro
    """
    _decide(number, username, allowed=False)
    out.print(f"Request {number} is refused.")


@app.command("fetch")
def fetch(number: Number, file: Annotated[Path, typer.Argument(help="The CSV to write.")], username: As) -> None:
    """Write an allowed export that you have asked for, once; the file is readable for you only.

    Example: ridni exports fetch 7 identities.csv --as olena
    """
    if file.is_dir() or not file.parent.is_dir():
        raise UserError(f"{file}: is no file that can be written; name a file in an existing folder")
    startup.database()
    from registry import exports

    person = options.account(username)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with draft.open("x", newline="", encoding="utf-8") as stream:
            draft.chmod(0o600)
            done = exports.fetch(person, number, stream)
        draft.replace(file)
    except OSError as error:
        raise UserError(f"{file}: cannot be written ({error.strerror}); ask anew and name another file") from None
    finally:
        draft.unlink(missing_ok=True)
    out.print(f"{thousands(done.rows)} rows in {file}, SHA-256 {done.sha256}")


def _decide(number: int, username: str, *, allowed: bool) -> None:
    startup.database()
    from registry import exports

    exports.decide(options.account(username), number, allowed=allowed)
